package trial

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"callback-completer/internal/api"
	"callback-completer/internal/apigw"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
)

// request tells of an HTTP request before anything is done with it.
func (s *screen) request(x *exchange) {
	if x.method == "" {
		s.line("request     the function refuses it before it looks at the path")
		return
	}
	s.line("request     %s %s", x.method, shorten(x.path))
	switch {
	case x.source != "":
		s.line("            from the webhook source %s; its signature is not checked here: there are no secrets", x.source)
		s.line("            an unknown source and a bad signature are answered %d, and nothing is kept", http.StatusUnauthorized)
		s.line("            a mapping that WebhookSources gives the source is tried alone; without one all are")
	case x.delivery != nil && !x.bare:
		s.line("            passes if CALLBACKS_AUTHORIZER is %s; otherwise the answer is %d", admitted(x.facts.Identity), http.StatusForbidden)
	}
	if x.greeting != "" {
		s.line("            a source with the scheme %s only wants an answer to this", x.greeting)
	}
}

// admitted says with which settings a caller gets in.
func admitted(id apigw.Identity) string {
	var settings []string
	switch id.Authorizer {
	case apigw.IAMAuthorizer:
		settings = append(settings, string(config.IAMAuthorizer))
	case apigw.JWTAuthorizer:
		settings = append(settings, string(config.JWTAuthorizer))
	case apigw.LambdaAuthorizer, apigw.NoAuthorizer:
	}
	if id.APIKeyID != "" {
		settings = append(settings, string(config.APIKeyAuthorizer))
	}
	return strings.Join(append(settings, string(config.NoAuthorizer)), " or ")
}

// ending is one way in which a callback can end, and what is kept of it then.
type ending struct {
	name   string
	report callback.Report
	kept   string
}

// endings are the ways in which valid callbacks can end, the likely ones first.
func endings(callbacks []callback.Callback, webhook bool) []ending {
	end := func(v callback.Verdict, code callback.Code) ending {
		e := ending{name: v.String(), report: callback.Report{Decision: callback.Decision{Verdict: v, Code: code, Message: "…"}}}
		if v == callback.Closed || v == callback.Rejected {
			e.name += ", " + string(code)
		}
		e.kept = kept(v, webhook)
		return e
	}
	delivered, rejected := end(callback.Delivered, ""), end(callback.Rejected, callback.CodeInvalidToken)
	result := func(c callback.Callback) bool { return c.Outcome != callback.Heartbeat }
	if !slices.ContainsFunc(callbacks, result) { // nobody tries a heartbeat again
		return []ending{delivered, end(callback.Ignored, callback.CodeHeartbeatObsolete), rejected}
	}
	list := []ending{
		delivered, end(callback.Duplicate, callback.CodeTaskTimedOut), end(callback.Unconfirmed, callback.CodeUnconfirmed),
		end(callback.Closed, callback.CodeTaskTimedOut), end(callback.Closed, callback.CodeConflict), rejected,
	}
	retry := end(callback.Retry, "ThrottlingException")
	if webhook {
		queued := retry
		queued.report.Queued, queued.kept = true, "; the callback queue gets the callback"
		retry.kept = "; if there is no such queue, or it refuses"
		list = append(list, queued)
	}
	return append(list, retry)
}

// kept says what else happens with the payload.
func kept(v callback.Verdict, webhook bool) string {
	if v == callback.Unconfirmed || v.DeadLettered() && webhook {
		return "; the dead-letter queue gets the body"
	}
	return ""
}

// answers tells what the caller or the sender hears: of valid callbacks for each way in which they can end, of anything
// else what the decision says.
func (s *screen) answers(ctx context.Context, x *exchange, decision callback.Decision, callbacks []callback.Callback) {
	name := api.TriggerCallbacks
	if strings.HasPrefix(x.path, webhookPath) {
		name = api.TriggerWebhooks
	}
	switch {
	case x.delivery == nil:
		s.line("%-11s %s", name, x.first)
	case decision.Verdict == callback.Delivered && len(callbacks) > 0:
		s.line("%-11s depends on Step Functions:", name)
		for _, e := range endings(callbacks, x.source != "") {
			s.line("            %-22s %s%s", e.name, x.answer(ctx, e.report), e.kept)
		}
	default:
		s.line("%-11s %s%s", name, x.answer(ctx, callback.Report{Decision: decision}), kept(decision.Verdict, x.source != ""))
	}
}

// answer returns the answer if what the request holds ends as in the report. The handler took the request before.
func (x *exchange) answer(ctx context.Context, report callback.Report) string {
	a, err := x.send(ctx, report)
	if err != nil {
		return err.Error()
	}
	return a.String()
}

func (a answer) String() string {
	retry := ""
	if a.retryAfter != "" {
		retry = ", Retry-After " + a.retryAfter + ","
	}
	return fmt.Sprintf("%d%s %s", a.status, retry, shorten(a.body))
}
