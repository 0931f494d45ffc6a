// Package api is the HTTP side of callbacks: one [net/http.Handler] for every front door.
//
//	POST /callbacks          a callback in canonical form, or a payload that a mapping takes; the caller is authorised before
//	POST /webhooks/{source}  a payload of somebody else, signed by him
//	GET  /approvals/{link}   the page of an approval request; reads, whoever or whatever asks. HEAD as well
//	POST /approvals/{link}   the form of that page
//	GET  /healthz            answers as long as the process does, touches nothing
//
// A caller of /callbacks waits for the verdict and is told it, so nothing that he can act on is dead-lettered. The
// sender of a webhook can act on nothing: once its signature is good, he hears 200 whatever becomes of it, 202 if it
// waits on the callback queue, and 503 only if he must send it again. A bad signature and an unknown source are the same 401.
//
// An approval page is for people: what it has to say, it says as a page, and after an answer that was taken it sends the
// browser to the same address by GET. A form is read from the body alone, and refused if another site sent it.
//
// Errors are problem details (RFC 9457) with a stable type; no answer echoes anything of the request, but for the
// challenge with which Slack greets.
package api
