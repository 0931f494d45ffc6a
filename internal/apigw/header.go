package apigw

import (
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// header returns the headers of the event and the bytes in them; ok is false if one could not have come over HTTP.
func (e *event) header() (header http.Header, size int, ok bool) {
	header = make(http.Header, max(len(e.MultiValueHeaders), len(e.Headers)))
	ok = true
	add := func(name, value string) {
		size += len(name) + len(value)
		ok = ok && isToken(name) && isFieldValue(value)
		header.Add(name, value)
	}
	// In order, since two names may differ by case only.
	for _, name := range slices.Sorted(maps.Keys(e.MultiValueHeaders)) {
		for _, value := range e.MultiValueHeaders[name] {
			add(name, value)
		}
	}
	listed := maps.Clone(header)
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		if _, again := listed[textproto.CanonicalMIMEHeaderKey(name)]; !again {
			add(name, e.Headers[name])
		}
	}
	if e.format2() && len(e.Cookies) > 0 {
		header.Del("Cookie") // function URLs list cookies here and there
		add("Cookie", strings.Join(e.Cookies, "; "))
	}
	return header, size, ok
}

// host takes the Host header out, as net/http does. Without one it is the name of the API.
func (e *event) host(header http.Header) (string, bool) {
	hosts := header.Values("Host")
	header.Del("Host")
	switch len(hosts) {
	case 0:
		return e.RequestContext.DomainName, true
	case 1:
		return hosts[0], !strings.ContainsFunc(hosts[0], func(c rune) bool {
			return c <= ' ' || c >= 0x7f || strings.ContainsRune(`/\?#@"<>^{|}`, c)
		})
	default:
		return "", false
	}
}

// isToken reports whether s is a token of RFC 9110: a method or the name of a header.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			return false
		default:
			return !strings.ContainsRune("!#$%&'*+-.^_`|~", c)
		}
	})
}

// isFieldValue reports whether s holds no control characters but tabs.
func isFieldValue(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}
