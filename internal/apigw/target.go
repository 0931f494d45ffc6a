package apigw

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// target returns path and query of the request; ok is false if the path is malformed.
func (e *event) target() (target *url.URL, ok bool) {
	path, route := e.Path, e.Resource
	if e.format2() {
		path = e.RawPath
		_, route, _ = strings.Cut(e.RequestContext.RouteKey, " ")
	}
	switch e.door {
	case HTTPAPI:
		if unmounted, ok := unmount(path, route, e.PathParameters); ok {
			path = unmounted
		} else {
			path = withoutStage(path, e.RequestContext.Stage)
		}
	case RESTAPI:
		if unmounted, ok := unmount(path, route, e.PathParameters); ok {
			path = unmounted
		}
	case FunctionURL, LoadBalancer: // nothing stands before the path
	}
	if path == "" {
		path = "/"
	}
	if path[0] != '/' {
		return nil, false
	}
	target = &url.URL{Path: path, RawQuery: e.query()}
	if e.door == HTTPAPI {
		return target, true // decoded already
	}
	var err error
	if target.Path, err = url.PathUnescape(path); err != nil {
		return nil, false
	}
	if target.EscapedPath() != path {
		target.RawPath = path
	}
	return target, true
}

// unmount cuts off what stands before the route: the stage, and the base path of a custom domain. A path that ends in
// the route with its parameters filled in begins with nothing else. ok is false if route is none ("$default", a test
// event's) or does not fit.
func unmount(path, route string, parameters map[string]string) (unmounted string, ok bool) {
	if route == "/" {
		return "/", true
	}
	if !strings.HasPrefix(route, "/") {
		return "", false
	}
	var filled strings.Builder
	for segment := range strings.SplitSeq(strings.Trim(route, "/"), "/") {
		name, isParameter := strings.CutPrefix(segment, "{")
		if isParameter {
			name = strings.TrimSuffix(strings.TrimSuffix(name, "}"), "+")
			if segment = strings.Trim(parameters[name], "/"); segment == "" {
				return "", false
			}
		}
		filled.WriteString("/" + segment)
	}
	bare := strings.TrimRight(path, "/")
	if !strings.HasSuffix(bare, filled.String()) {
		return "", false
	}
	return path[len(bare)-filled.Len():], true
}

// withoutStage cuts off the stage, which HTTP APIs leave in the path unless it is the default one.
func withoutStage(path, stage string) string {
	rest, ok := strings.CutPrefix(path, "/"+stage)
	if ok && (rest == "" || rest[0] == '/') {
		return rest
	}
	return path
}

// query returns the query as it was sent, or as near as the event allows: parameters that are given in pieces come
// in the order of their names.
func (e *event) query() string {
	if e.format2() {
		return e.RawQueryString
	}
	values := url.Values{}
	for name, value := range e.QueryStringParameters {
		values.Set(name, value)
	}
	for name, list := range e.MultiValueQueryStringParameters {
		if len(list) > 0 {
			values[name] = list
		}
	}
	if e.door != LoadBalancer {
		return values.Encode()
	}
	var query []string // of pieces that are still encoded
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			query = append(query, encoded(name, "=&")+"="+encoded(value, "&"))
		}
	}
	return strings.Join(query, "&")
}

// encoded keeps what is encoded, and encodes only what cannot stand in this place of a query.
func encoded(s, separators string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"#<>`+separators, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
