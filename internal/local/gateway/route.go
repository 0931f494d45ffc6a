package gateway

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// defaultKey is the route of an HTTP API that takes what no other takes.
const defaultKey = "$default"

// route is a Route taken apart.
type route struct {
	Route
	method   string // "" is any
	path     string // as in the key; "" is the default route
	segments []segment
}

// segment is one segment of a route's path: a text or a parameter, which matches one segment or, greedy, all that is left.
type segment struct {
	text, parameter string
	greedy          bool
}

func parseRoute(r Route, kind Kind) (route, error) {
	refused := func(why string) (route, error) { return route{}, fmt.Errorf("the route %q %s", r.Key, why) }
	if r.Function == nil {
		return refused("has no function")
	}
	if r.Key == defaultKey && kind == HTTPAPI {
		return route{Route: r}, nil
	}
	method, path, ok := strings.Cut(r.Key, " ")
	if !ok || method == "" || method != strings.ToUpper(method) || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " ?#") {
		return refused("is not a method and a path")
	}
	if method == "ANY" {
		method = ""
	}
	parsed := route{Route: r, method: method, path: path}
	texts := strings.Split(path[1:], "/")
	for i, text := range texts {
		s := segment{text: text}
		if name, ok := strings.CutPrefix(text, "{"); ok {
			name, ok = strings.CutSuffix(name, "}")
			s.parameter, s.greedy = strings.CutSuffix(name, "+")
			if !ok || s.parameter == "" || s.greedy && i < len(texts)-1 {
				return refused("has a malformed parameter")
			}
		}
		if strings.ContainsAny(s.text, "{}") && s.parameter == "" || strings.ContainsAny(s.parameter, "{}+") {
			return refused("has a malformed parameter")
		}
		parsed.segments = append(parsed.segments, s)
	}
	return parsed, nil
}

// match returns the parameters of a path that has the route's form. How specific the form is tells the second result: the
// route with the greatest one wins.
func (r *route) match(method, path string) (parameters map[string]string, rank []int, ok bool) {
	if r.method != "" && r.method != method {
		return nil, nil, false
	}
	texts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	parameters = map[string]string{}
	for i, s := range r.segments {
		switch {
		case i >= len(texts):
			return nil, nil, false
		case s.greedy:
			texts = append(texts[:i:i], strings.Join(texts[i:], "/"))
			rank = append(rank, 0)
		case s.parameter != "":
			rank = append(rank, 1)
		case s.text != texts[i]:
			return nil, nil, false
		default:
			rank = append(rank, 2)
		}
		if s.parameter != "" {
			value, err := url.PathUnescape(texts[i])
			if err != nil || value == "" {
				return nil, nil, false
			}
			parameters[s.parameter] = value
		}
	}
	if r.path != "" && len(texts) != len(r.segments) {
		return nil, nil, false
	}
	if r.method != "" {
		rank = append(rank, 1)
	}
	return parameters, rank, true
}

// find returns the route for a request, nil if there is none.
func find(routes []*route, method, path string) (best *route, parameters map[string]string) {
	var highest []int
	for _, r := range routes {
		found, rank, ok := r.match(method, path)
		if ok && (best == nil || slices.Compare(rank, highest) > 0) {
			best, parameters, highest = r, found, rank
		}
	}
	return best, parameters
}
