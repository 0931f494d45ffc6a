package trial

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"callback-completer/internal/api"
	"callback-completer/internal/apigw"
	"callback-completer/internal/callback"
	"callback-completer/internal/webhook"
)

const webhookPath = "/webhooks/" // and the name of a source

// exchange is an HTTP request and what the function's own handler makes of it, short of all that it stands on: everybody
// is authorised, every signature is good, and what is handed on ends as it is told to.
type exchange struct {
	event    []byte // of a front door
	bare     bool   // the event was made around a body
	method   string // empty: the handler does not get to see the request
	path     string
	source   string // of a webhook
	facts    apigw.Facts
	greeting string             // scheme of the sources that greet like this
	delivery *callback.Delivery // what the mappings get; nil if the request is answered before
	first    answer             // if it is
}

// answer is an answer of the function.
type answer struct {
	status     int
	retryAfter string
	body       string
}

// receive hands the event of a front door to the handler. The error is apigw.ErrNotHTTP for an event that is none.
func receive(ctx context.Context, event []byte) (*exchange, error) {
	x := &exchange{event: event}
	var err error
	x.first, err = x.send(ctx, callback.Report{Decision: callback.Decision{Verdict: callback.Delivered}})
	return x, err
}

// post hands a body to POST /callbacks.
func post(ctx context.Context, body []byte) (*exchange, error) {
	text, encoded := string(body), false
	if !utf8.Valid(body) {
		text, encoded = base64.StdEncoding.EncodeToString(body), true
	}
	event, err := json.Marshal(map[string]any{
		"version": "2.0", "rawPath": "/callbacks", "body": text, "isBase64Encoded": encoded,
		"headers":        map[string]string{"content-type": "application/json", "host": "localhost"},
		"requestContext": map[string]any{"stage": "$default", "http": map[string]string{"method": http.MethodPost}},
	})
	if err != nil {
		return nil, fmt.Errorf("make an HTTP event of the body: %w", err)
	}
	x, err := receive(ctx, event)
	if err != nil {
		return nil, err
	}
	x.bare = true
	return x, nil
}

// send returns the answer if what the request holds ends as in the report.
func (x *exchange) send(ctx context.Context, report callback.Report) (answer, error) {
	d := &desk{exchange: x, report: report}
	text, err := apigw.New(d, apigw.Options{MaxBodyBytes: api.MaxBodyBytes}).Invoke(ctx, x.event)
	if err != nil {
		return answer{}, err
	}
	var document struct {
		StatusCode        int
		Headers           map[string]string
		MultiValueHeaders map[string][]string
		Body              string
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return answer{}, fmt.Errorf("read the function's answer: %w", err)
	}
	a := answer{status: document.StatusCode, retryAfter: document.Headers["Retry-After"], body: strings.TrimSpace(document.Body)}
	if values := document.MultiValueHeaders["Retry-After"]; len(values) > 0 {
		a.retryAfter = values[0]
	}
	return a, nil
}

// desk stands behind the handler, and before it to see the request.
type desk struct {
	exchange *exchange
	report   callback.Report
}

var (
	_ http.Handler = (*desk)(nil)
	_ api.Runner   = (*desk)(nil)
	_ api.Refusals = (*desk)(nil)
	_ api.Sender   = (*desk)(nil)
)

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.exchange.method, d.exchange.path = r.Method, r.URL.Path
	d.exchange.facts, _ = apigw.FromContext(r.Context())
	senders := map[string]api.Sender{}
	if source, ok := strings.CutPrefix(r.URL.Path, webhookPath); ok && canBeSource(source) {
		senders[source], d.exchange.source = d, source
	}
	h := &api.API{
		Callbacks: d, Webhooks: d, Senders: senders, Refusals: d,
		RequestID: func(context.Context) string { return "" }, Now: time.Now,
	}
	h.ServeHTTP(w, r)
}

// Run takes what the handler hands on.
func (d *desk) Run(_ context.Context, deliveries []callback.Delivery) []callback.Report {
	d.exchange.delivery = &deliveries[0]
	return []callback.Report{d.report}
}

// Refused is told of sources that cannot be.
func (*desk) Refused(context.Context, string, string) {}

// Verify believes everybody.
func (*desk) Verify(context.Context, http.Header, []byte) (webhook.Delivery, error) {
	return webhook.Delivery{}, nil
}

// Greeting takes a greeting of any scheme for one.
func (d *desk) Greeting(h http.Header, body []byte) (string, bool) {
	for _, name := range []string{webhook.GitHub, webhook.Slack} {
		scheme, err := webhook.ParseScheme(name, webhook.Options{})
		if err != nil { // neither needs options
			continue
		}
		if answer, ok := scheme.Greeting(h, body); ok {
			d.exchange.greeting = name
			return answer, true
		}
	}
	return "", false
}

// canBeSource reports whether a source can have this name.
func canBeSource(name string) bool {
	list, err := json.Marshal([]map[string]string{{ //nolint:gosec // not a secret: where one could be kept
		"name": name, "scheme": webhook.GitHub, "secret": "arn:aws:ssm:eu-west-1:123456789012:parameter/name",
	}})
	if err != nil {
		return false
	}
	_, err = webhook.ParseSources(string(list))
	return err == nil
}

// isHTTP reports whether the event is one of a front door.
func isHTTP(ctx context.Context, event []byte) bool {
	nobody := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	_, err := apigw.New(nobody, apigw.Options{}).Invoke(ctx, event)
	return !errors.Is(err, apigw.ErrNotHTTP)
}
