package apigw_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callback-completer/internal/apigw"
)

// view is what must be the same behind every front door.
type view struct {
	Method, Path, EscapedPath, Host string
	Query                           url.Values
	Header                          http.Header
	Cookies                         []string
	Body                            string
	Length                          int64
}

func viewOf(r *http.Request) (view, error) {
	body, err := io.ReadAll(r.Body)
	v := view{
		Method: r.Method, Path: r.URL.Path, EscapedPath: r.URL.EscapedPath(), Host: r.Host,
		Query: r.URL.Query(), Header: r.Header.Clone(), Body: string(body), Length: r.ContentLength,
	}
	for _, c := range r.Cookies() {
		v.Cookies = append(v.Cookies, c.Name+"="+c.Value)
	}
	for _, added := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "Cookie"} {
		v.Header.Del(added)
	}
	return v, err
}

// plain is what net/http makes of the request on the wire: the oracle.
func plain(c client) (view, error) {
	var wire bytes.Buffer
	target := c.path
	if c.query != "" {
		target += "?" + c.query
	}
	fmt.Fprintf(&wire, "%s %s HTTP/1.1\r\n", c.method, target)
	_ = c.header.Write(&wire)
	if len(c.cookies) > 0 {
		fmt.Fprintf(&wire, "Cookie: %s\r\n", strings.Join(c.cookies, "; "))
	}
	if len(c.body) > 0 {
		fmt.Fprintf(&wire, "Content-Length: %d\r\n", len(c.body))
	}
	fmt.Fprintf(&wire, "\r\n%s", c.body)
	r, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		return view{}, err
	}
	return viewOf(r)
}

func drawClient(t *rapid.T) client {
	word := rapid.StringMatching(`[a-zA-Z0-9_.~-]{1,6}`)
	// Encoded slashes and question marks are left to TestPaths: HTTP APIs lose them.
	segment := rapid.OneOf(word, rapid.SampledFrom([]string{"caf%C3%A9", "a%20b", "%40x", "a+b", "100%25", "x:y", "%e2%82%ac", "a;b"}))
	value := rapid.OneOf(word, rapid.SampledFrom([]string{"", "a%2Bb", "a+b", "%26", "x%3Dy", "http%3A%2F%2Fe", "%C3%A9", "a=b", "%25"}))
	c := client{
		method: rapid.SampledFrom([]string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}).Draw(t, "method"),
		path:   "/" + strings.Join(rapid.SliceOfN(segment, 1, 4).Draw(t, "segments"), "/"),
		header: http.Header{"Host": {"hooks.example.com"}},
	}
	var query []string
	for _, name := range rapid.SliceOfNDistinct(rapid.OneOf(word, rapid.SampledFrom([]string{"a%26b", "c%3Dd", "%C3%A9"})), 0, 4, rapid.ID).Draw(t, "query names") {
		for _, v := range rapid.SliceOfN(value, 1, 3).Draw(t, "query values") {
			query = append(query, name+"="+v)
		}
	}
	c.query = strings.Join(query, "&")
	for _, name := range rapid.SliceOfDistinct(rapid.StringMatching(`X-[A-Z][a-z]{1,6}`), rapid.ID).Draw(t, "header names") {
		c.header[name] = rapid.SliceOfN(rapid.StringMatching(`[!-+\--~]([ -+\--~]{0,10}[!-+\--~])?`), 1, 3).Draw(t, "header values")
	}
	c.cookies = rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,5}=[a-zA-Z0-9]{0,8}`), 0, 3).Draw(t, "cookies")
	if c.method != http.MethodGet {
		c.body = rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.String(), func(s string) []byte { return []byte(s) })).Draw(t, "body")
		c.header["Content-Type"] = []string{rapid.SampledFrom([]string{"application/json", "application/binary"}).Draw(t, "content type")}
	}
	return c
}

// TestRequestsArriveAsTheyWereSent: behind every front door the handler sees what it sees behind net/http.
func TestRequestsArriveAsTheyWereSent(t *testing.T) {
	t.Parallel()
	for _, d := range doors() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				c := drawClient(rt)
				want, err := plain(c)
				if err != nil {
					rt.Fatal(err)
				}
				var got view
				invoke(rt, d, c, rapid.SampledFrom([]string{"", "/" + stage}).Draw(rt, "before"), func(_ http.ResponseWriter, r *http.Request) {
					if got, err = viewOf(r); err != nil {
						rt.Error(err)
					}
					if facts, ok := apigw.FromContext(r.Context()); !ok || facts.SourceIP.String() != address || facts.Scheme != "https" || r.RemoteAddr != address+":0" {
						rt.Errorf("facts %+v, remote address %s", facts, r.RemoteAddr)
					}
				})
				if d.decodes {
					want.EscapedPath = (&url.URL{Path: want.Path}).EscapedPath()
				}
				if d.joins {
					for name, values := range want.Header {
						want.Header[name] = []string{strings.Join(values, ",")}
					}
				}
				if d.name == "load balancer, single values" {
					for name, values := range want.Query {
						want.Query[name] = values[len(values)-1:]
					}
				}
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					rt.Errorf("-net/http +%s:\n%s", d.name, diff)
				}
			})
		})
	}
}

// TestResponsesArriveAsTheyWereWritten: through every front door the client gets what a net/http server sends.
func TestResponsesArriveAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	for _, d := range doors() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				c := drawClient(rt)
				status := rapid.SampledFrom([]int{200, 202, 204, 304, 400, 409, 413, 422, 500, 503}).Draw(rt, "status")
				header := http.Header{}
				for _, name := range rapid.SliceOfDistinct(rapid.StringMatching(`X-[A-Z][a-z]{1,6}`), rapid.ID).Draw(rt, "names") {
					header[name] = rapid.SliceOfN(rapid.StringMatching(`[!-~]{1,10}`), 1, 3).Draw(rt, "values")
				}
				if kind := rapid.SampledFrom([]string{"", "application/json", "image/png"}).Draw(rt, "type"); kind != "" {
					header.Set("Content-Type", kind)
				}
				cookies := rapid.SliceOfDistinct(rapid.StringMatching(`[a-z]{1,5}=[a-z]{0,5}; Secure`), rapid.ID).Draw(rt, "cookies")
				body := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.String(), func(s string) []byte { return []byte(s) })).Draw(rt, "body")
				respond := func(w http.ResponseWriter, _ *http.Request) {
					for name, values := range header {
						w.Header()[name] = slices.Clone(values)
					}
					for _, cookie := range cookies {
						w.Header().Add("Set-Cookie", cookie)
					}
					w.WriteHeader(status)
					w.Header().Set("Too-Late", "yes")
					_, _ = w.Write(body)
				}
				want := serve(rt, respond)
				got := d.answer(t, invoke(rt, d, c, "", respond))
				if d.joins {
					for name, values := range want.Header {
						want.Header[name] = []string{strings.Join(values, ", ")}
					}
				}
				if d.name == "load balancer, single values" {
					slices.Sort(want.Cookies)
				}
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					rt.Errorf("-net/http +%s:\n%s", d.name, diff)
				}
			})
		})
	}
}

// serve answers one request by a server of net/http: the oracle.
func serve(t *rapid.T, h http.HandlerFunc) answer {
	t.Helper()
	ours, theirs := net.Pipe()
	listener := &oneConn{conn: make(chan net.Conn, 1)}
	listener.conn <- theirs
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	if _, err := io.WriteString(ours, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(ours), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{Status: response.StatusCode, Header: response.Header, Cookies: response.Header["Set-Cookie"], Body: string(body)}
	for _, name := range []string{"Set-Cookie", "Date", "Content-Length", "Connection"} {
		delete(a.Header, name)
	}
	return a
}

// oneConn is a listener with a single connection in memory.
type oneConn struct{ conn chan net.Conn }

func (l *oneConn) Accept() (net.Conn, error) {
	if c, ok := <-l.conn; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error {
	close(l.conn)
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{} }

func invoke(t *rapid.T, d door, c client, before string, h http.HandlerFunc) []byte {
	t.Helper()
	payload, err := json.Marshal(d.event(c, before))
	if err != nil {
		t.Fatal(err)
	}
	document, err := apigw.New(h, apigw.Options{}).Invoke(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	return document
}
