package notice_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/notice"
)

// reply is an answer, or a way not to answer.
type reply struct {
	status int
	header http.Header
	body   string
	ends   func(r *http.Request) // instead of an answer
}

func (p reply) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.ends != nil {
		p.ends(r)
		return
	}
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.WriteHeader(p.status)
	_, _ = io.WriteString(w, p.body)
}

func hang(r *http.Request) { <-r.Context().Done() }

func reset(*http.Request) { panic(http.ErrAbortHandler) }

// snsError and the others are errors as the services write them.
func snsError(status int, code string) reply {
	return reply{status: status, body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>` + code +
		`</Code><Message>` + canaryText + `</Message></Error><RequestId>1</RequestId></ErrorResponse>`}
}

func sesError(status int, code string) reply {
	return reply{status: status, header: http.Header{"X-Amzn-Errortype": {code}}, body: `{"message":"` + canaryText + " " + canaryMail + `"}`}
}

func eventsError(status int, code string) reply {
	return reply{status: status, body: `{"__type":"` + code + `","message":"` + canaryText + `"}`}
}

func failedEntry(code string) reply {
	return reply{status: 200, body: `{"FailedEntryCount":1,"Entries":[{"ErrorCode":"` + code + `","ErrorMessage":"` + canaryText + `"}]}`}
}

func slackAnswer(status int, body string) reply { return reply{status: status, body: body} }

func wait(seconds string) reply {
	return reply{status: 429, header: http.Header{"Retry-After": {seconds}}, body: "ratelimited"}
}

func channels(t *testing.T, s *server) map[string]approval.Channel {
	t.Helper()
	responder := notice.NewSlackResponder(s.slack())
	return map[string]approval.Channel{
		"topic": s.topic(t, topicARN), "mail": s.mail(t, canaryMail), "bus": s.bus(t), "slack": s.webhook(t, true),
		"update": channel(func(ctx context.Context, n approval.Notice) error {
			return responder.Update(ctx, canaryWebhook, notice.Closing{Title: n.Title, Decision: "approve"})
		}),
		"whisper": channel(func(ctx context.Context, n approval.Notice) error {
			return responder.Whisper(ctx, canaryWebhook, n.Title)
		}),
	}
}

// prefixes is what each channel's errors begin with.
func prefixes() map[string]string {
	return map[string]string{
		"topic": "publish to the topic " + topicARN + ": ", "mail": "send the mail by SES: ", "bus": "put the event on the bus default: ",
		"slack": "post to the Slack webhook: ", "update": "update the Slack message: ", "whisper": "answer in Slack: ",
	}
}

// TestFaults makes each channel fail in each way, for good and, where another attempt is worth it, once.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		channel  string
		reply    reply
		attempts int
		want     string
	}{
		{"topic", snsError(403, "AuthorizationError"), 1, "AuthorizationError"},
		{"topic", snsError(404, "NotFound"), 1, "NotFound"},
		{"topic", snsError(400, "Throttling"), 3, "Throttling"},
		{"topic", snsError(500, "InternalError"), 3, "InternalError"},
		{"topic", reply{status: 200, body: `<PublishResponse><PublishResult></PublishResult></PublishResponse>`}, 1, "the answer does not confirm the message"},
		{"topic", reply{status: 200, body: "<" + canaryText}, 1, "the answer cannot be read"},
		{"mail", sesError(400, "MessageRejected"), 1, "MessageRejected"},
		{"mail", sesError(400, "MailFromDomainNotVerifiedException"), 1, "MailFromDomainNotVerifiedException"},
		{"mail", sesError(403, "AccessDeniedException"), 1, "AccessDeniedException"},
		{"mail", sesError(429, "TooManyRequestsException"), 3, "TooManyRequestsException"},
		{"mail", reply{status: 200, body: `{}`}, 1, "the answer does not confirm the message"},
		{"mail", reply{status: 200, body: `{"MessageId":"` + canaryText}, 1, "the answer cannot be read"},
		{"bus", eventsError(400, "AccessDeniedException"), 1, "AccessDeniedException"},
		{"bus", eventsError(400, "ThrottlingException"), 3, "ThrottlingException"},
		{"bus", eventsError(500, "InternalException"), 3, "InternalException"},
		{"bus", failedEntry("NotAuthorizedForSourceException"), 1, "NotAuthorizedForSourceException"},
		{"bus", failedEntry("a " + canaryText), 1, "the call could not be made, or its answer not be used"},
		{"bus", reply{status: 200, body: `{"FailedEntryCount":1,"Entries":[]}`}, 1, "the answer does not confirm the message"},
		{"bus", reply{status: 200, body: `{"FailedEntryCount":0,"Entries":[{}]}`}, 1, "the answer does not confirm the message"},
		{"bus", reply{status: 200, body: `{}`}, 1, "the answer does not confirm the message"},
		{"slack", slackAnswer(400, "invalid_payload"), 1, "HTTP status 400, invalid_payload"},
		{"slack", slackAnswer(404, "no_service\n"), 1, "HTTP status 404, no_service"},
		{"slack", slackAnswer(410, "channel_is_archived"), 1, "HTTP status 410, channel_is_archived"},
		{"slack", slackAnswer(403, canaryText), 1, "HTTP status 403"},
		{"slack", slackAnswer(404, strings.Repeat(canaryText, 1000)), 1, "HTTP status 404"},
		{"slack", slackAnswer(500, "rollup_error"), 3, "HTTP status 500, rollup_error"},
		{"slack", slackAnswer(200, `{"ok":false,"error":"invalid_blocks"}`), 1, "HTTP status 200, invalid_blocks"},
		{"slack", slackAnswer(200, `{"ok":false,"error":"`+canaryText+`"}`), 1, "the answer does not confirm the message"},
		{"slack", slackAnswer(200, "<html>"+canaryText), 1, "the answer does not confirm the message"},
		{"slack", slackAnswer(200, ""), 1, "the answer does not confirm the message"},
		{"slack", slackAnswer(202, "ok"), 1, "HTTP status 202"},
		{"slack", wait("2"), 3, "HTTP status 429, ratelimited"},
		{"slack", wait("60"), 1, "HTTP status 429, ratelimited"},
		{"slack", wait("99999999999999999999"), 1, "HTTP status 429, ratelimited"},
		{"slack", wait("soon"), 3, "HTTP status 429, ratelimited"},
		{"slack", wait("-1"), 3, "HTTP status 429, ratelimited"},
		{"slack", wait("5"), 3, "HTTP status 429, ratelimited"},
		{"update", slackAnswer(404, `{"ok":false,"error":"used_url"}`), 1, "HTTP status 404, used_url"},
		{"update", slackAnswer(404, `{"ok":false,"error":"expired_url"}`), 1, "HTTP status 404, expired_url"},
		{"whisper", slackAnswer(503, ""), 3, "HTTP status 503"},
	} {
		t.Run(tt.channel+" "+tt.want, func(t *testing.T) {
			t.Parallel()
			checkFault(t, tt.channel, tt.reply, tt.attempts, tt.want)
		})
	}
	for name := range prefixes() {
		t.Run(name+" network", func(t *testing.T) {
			t.Parallel()
			checkFault(t, name, reply{ends: hang}, 3, "no answer within 3s")
			checkFault(t, name, reply{ends: reset}, 3, map[bool]string{true: "the connection broke", false: "the call could not be made, or its answer not be used"}[name == "topic" || name == "mail" || name == "bus"])
			redirect := reply{status: 307, header: http.Header{"Location": {"https://example.com/" + canaryText}}, body: canaryText}
			checkFault(t, name, redirect, 1, "HTTP status 307"+map[bool]string{true: " without an error code"}[name == "topic" || name == "mail" || name == "bus"])
		})
	}
}

func checkFault(t *testing.T, name string, fault reply, attempts int, want string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: fault.ServeHTTP}
		to := channels(t, s)[name]
		began := time.Now()
		err := to.Deliver(t.Context(), sample())
		if err == nil || err.Error() != prefixes()[name]+want || len(s.sent()) != attempts || time.Since(began) > 16*time.Second {
			t.Errorf("%v after %d attempts and %v, want %q after %d", err, len(s.sent()), time.Since(began), want, attempts)
		}
		if attempts == 1 {
			return
		}
		s = &server{}
		s.answer = func(w http.ResponseWriter, r *http.Request) {
			if len(s.sent()) == 1 {
				fault.ServeHTTP(w, r)
				return
			}
			_, _ = io.WriteString(w, accepted(r))
		}
		if err := channels(t, s)[name].Deliver(t.Context(), sample()); err != nil || len(s.sent()) != 2 {
			t.Errorf("struck once: %v after %d attempts", err, len(s.sent()))
		}
	})
}

// TestTheCallersTime: a caller that gives up waits no longer, whether for an answer or between two attempts.
func TestTheCallersTime(t *testing.T) {
	t.Parallel()
	for name := range prefixes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, fault := range []reply{{ends: hang}, wait("3")} { // the second is waited for by Slack alone
				if fault.ends == nil && name != "slack" {
					continue
				}
				synctest.Test(t, func(t *testing.T) {
					s := &server{answer: fault.ServeHTTP}
					ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
					defer cancel()
					began := time.Now()
					err := channels(t, s)[name].Deliver(ctx, sample())
					if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || len(s.sent()) != 1 || took != 2*time.Second {
						t.Errorf("%v after %d attempts and %v", err, len(s.sent()), took)
					}
				})
			}
		})
	}
}
