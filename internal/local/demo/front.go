package demo

import (
	"net/http"
	"strings"

	"callback-completer/internal/local"
	"callback-completer/internal/local/gateway"
)

// openAPI puts an HTTP API before functions/http. Requests wait until everything is deployed.
func (a *application) openAPI(address string, h hooks) error {
	fn := a.watched(httpFunction, h)
	api, err := gateway.New(gateway.Config{Kind: gateway.HTTPAPI, Routes: []gateway.Route{
		{Key: "POST /callbacks", Function: fn, IAM: true},
		{Key: "POST /webhooks/{source}", Function: fn},
		{Key: "GET /healthz", Function: fn},
		{Key: "GET /approvals/{link}", Function: fn},
		{Key: "HEAD /approvals/{link}", Function: fn},
		{Key: "POST /approvals/{link}", Function: fn},
	}})
	if err != nil {
		return err
	}
	a.api, err = local.Serve(address, a.whenDeployed(accessLog(api, h)))
	return err
}

// whenDeployed holds requests back that come before there is a function, as a browser's may that reloads a page.
func (a *application) whenDeployed(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-a.deployed:
			api.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// accessLog tells h of every answer of the API, its own included.
func accessLog(api http.Handler, h hooks) http.Handler {
	if h.answered == nil {
		return api
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &seenAnswer{ResponseWriter: w, status: http.StatusOK}
		api.ServeHTTP(seen, r)
		h.answered(r.Method, r.URL.Path, reply{status: seen.status, header: w.Header(), body: seen.body.String()})
	})
}

// seenAnswer keeps an answer that passes through it.
type seenAnswer struct {
	http.ResponseWriter

	status int
	body   strings.Builder
}

func (s *seenAnswer) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

func (s *seenAnswer) Write(p []byte) (int, error) {
	_, _ = s.body.Write(p) // never fails
	return s.ResponseWriter.Write(p)
}
