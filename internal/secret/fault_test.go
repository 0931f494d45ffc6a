package secret_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/secrets"
)

// TestFaults makes each service fail in each way, once and for good.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rule  fault.Rule
		retry bool // one more attempt is made, and helps where the fault struck once
		want  string
	}{
		{fault.Rule{Kind: fault.Throttle}, true, "ThrottlingException"},
		{fault.Rule{Kind: fault.ServerError}, true, "InternalFailure"},
		{fault.Rule{Kind: fault.HTMLError}, true, "HTTP status 503 without an error code"},
		{fault.Rule{Kind: fault.Reset}, true, "the connection broke"},
		{fault.Rule{Kind: fault.AccessDenied}, false, "AccessDeniedException"},
		{fault.Rule{Kind: fault.Slow, Delay: time.Minute}, true, "no answer within 2s"},
		{fault.Rule{Kind: fault.Slow, Delay: time.Minute, Applied: true}, true, "no answer within 2s"},
	} {
		for _, operation := range []string{"GetSecretValue", "GetParameter"} {
			t.Run(operation+" "+string(tt.rule.Kind), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					b := newBench()
					arn := b.put(t, "acme", canary)
					if operation == "GetParameter" {
						arn = b.putParameter(t, "/acme", secrets.SecureString, canary)
					}
					once, always, attempts := tt.rule, tt.rule, 1
					once.Next, always.Rate = 1, 1
					if tt.retry {
						attempts = 2
						b.faults.Add(once)
						if got, err := b.store.Fetch(t.Context(), reference(t, arn)); err != nil || got != canary {
							t.Errorf("struck once: %q, %v", got, err)
						}
						b.seen()
					}
					b.faults.Add(always)
					began := time.Now()
					b.wantRefused(t, reference(t, arn), operation+" of "+arn+": "+tt.want)
					if calls, took := b.seen(), time.Since(began); len(calls) != attempts || took > 4200*time.Millisecond {
						t.Errorf("%d attempts in %v", len(calls), took)
					}
				})
			})
		}
	}
}

// TestTheCallersTime: a caller that gives up waits no longer, and is told that it was itself.
func TestTheCallersTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		arn := b.put(t, "acme", canary)
		b.faults.Add(fault.Rule{Kind: fault.Slow, Delay: time.Minute, Rate: 1})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := b.store.Fetch(ctx, reference(t, arn))
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took != time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// TestBrokenAnswers come from a proxy, or from a service that is not the one it should be.
func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ body, secret, parameter string }{
		{`{"SecretString":"` + canary, "the answer cannot be read", "the answer cannot be read"},
		{`"` + canary + `"`, "the answer cannot be read", "the answer cannot be read"},
		{`{"SecretString":{"` + canary + `":1},"Parameter":"` + canary + `"}`, "the answer cannot be read", "the answer cannot be read"},
		{`{}`, "the answer holds no secret", "the answer holds no parameter"},
		{`{"Parameter":{"Type":"SecureString"}}`, "the answer holds no secret", "the answer holds no parameter"},
		{
			`{"Parameter":{"Value":"` + canary + `"}}`, "the answer holds no secret",
			"the parameter is no SecureString, so it is kept without encryption; create it anew as one",
		},
	} {
		t.Run(tt.body, func(t *testing.T) {
			t.Parallel()
			b := newBench()
			b.answerWith(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tt.body) }))
			arn := "arn:aws:secretsmanager:eu-west-1:" + account + ":secret:a"
			b.wantRefused(t, reference(t, arn), "GetSecretValue of "+arn+": "+tt.secret)
			arn = "arn:aws:ssm:eu-west-1:" + account + ":parameter/a"
			b.wantRefused(t, reference(t, arn), "GetParameter of "+arn+": "+tt.parameter)
		})
	}
}
