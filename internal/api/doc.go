// Package api is the HTTP side of callbacks: one [net/http.Handler] for every front door.
//
//	POST /callbacks   a callback in canonical form, or a payload that a mapping takes; the caller is authorised before
//	GET  /healthz     answers as long as the process does, touches nothing
//
// A caller of /callbacks waits for the verdict and is told it, so nothing that he can act on is dead-lettered. Errors
// are problem details (RFC 9457) with a stable type; no answer echoes anything of the request.
package api
