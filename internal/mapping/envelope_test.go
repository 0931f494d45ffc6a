package mapping_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

func notification(message string) string {
	return `{"Type":"Notification","MessageId":"m-1","TopicArn":"arn:aws:sns:eu-west-1:123456789012:topic","Subject":"Done",
	"Message":` + quote(message) + `,"Timestamp":"2026-11-23T10:00:00.000Z","SignatureVersion":"1","Signature":"EXAMPLE",
	"SigningCertURL":"https://sns.eu-west-1.amazonaws.com/x.pem","UnsubscribeURL":"https://sns.eu-west-1.amazonaws.com/",
	"MessageAttributes":{"taskToken":{"Type":"String","Value":"from-sns"},"both":{"Type":"String","Value":"sns"}}}`
}

func event(detail string) string {
	return `{"version":"0","id":"e-1","detail-type":"Worker Answer","source":"my.worker","account":"123456789012",
	"time":"2026-11-23T10:00:00Z","region":"eu-west-1","resources":[],"detail":` + detail + `}`
}

func failureRecord(condition, payload string) string {
	return `{"version":"1.0","timestamp":"2026-11-23T10:00:00.000Z","requestContext":{"requestId":"r-1",
	"functionArn":"arn:aws:lambda:eu-west-1:123456789012:function:f:$LATEST","condition":"` + condition + `","approximateInvokeCount":3},
	"requestPayload":` + payload + `,"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},
	"responsePayload":{"errorMessage":"x","errorType":"y"}}`
}

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	const payload = `{"taskToken":"t", "output": {"z": 1.10, "a":2}}`
	const want = `t success {"z": 1.10, "a":2}`
	inDetail := `select(has("detail-type")) | .detail | ` + canonical
	tests := []struct {
		name, program, payload string
		envelopes              []string
		want                   string
	}{
		{"none", canonical, payload, nil, want},
		{"SNS, wrapped", canonical, notification(payload), []string{"sns"}, want},
		{"SNS, raw", canonical, payload, nil, want},
		{"SNS with text", `{taskToken: $meta.messageAttributes.taskToken, output: .}`, notification("done"), []string{"sns"}, `from-sns success "done"`},
		{"EventBridge", inDetail, event(payload), []string{"event-bridge"}, want},
		{"EventBridge through SNS", inDetail, notification(event(payload)), []string{"sns", "event-bridge"}, want},
		{"on-failure record of an event", inDetail, failureRecord("RetriesExhausted", event(payload)), []string{"on-failure", "event-bridge"}, want},
		{"on-failure record of a callback", canonical, failureRecord("EventAgeExceeded", payload), []string{"on-failure"}, want},
		{"on-failure record of a string", canonical, failureRecord("RetriesExhausted", quote(payload)), []string{"on-failure"}, want},
		{"on-failure record of a number", `{taskToken: "t", output: .}`, failureRecord("RetriesExhausted", "42"), []string{"on-failure"}, `t success 42`},
		{"on-failure record of false", `{taskToken: "t", output: .}`, failureRecord("RetriesExhausted", "false"), []string{"on-failure"}, `t success false`},
		{"on-failure record through SNS", canonical, notification(failureRecord("RetriesExhausted", payload)), []string{"sns", "on-failure"}, want},
		{
			"record of a success stays", `select(has("responsePayload")) | {taskToken: .requestPayload.taskToken, output: .requestContext.condition}`,
			failureRecord("Success", payload), nil, `t success "Success"`,
		},
		{"half a notification stays", `{taskToken: "t", output: .Type}`, `{"Type":"Notification","Message":"x"}`, nil, `t success "Notification"`},
		{
			"notification about a subscription stays", `{taskToken: "t", output: .Type}`,
			strings.Replace(notification("x"), `"Notification"`, `"SubscriptionConfirmation"`, 1), nil, `t success "SubscriptionConfirmation"`,
		},
		{"envelopes are in meta", `{taskToken: "t", output: $meta.envelopes}`, notification(event(`{}`)), []string{"sns", "event-bridge"}, `t success ["sns","event-bridge"]`},
		{
			"SNS facts are in meta", `{taskToken: "t", output: [$meta.sns.topicArn, $meta.sns.subject, $meta.sns.messageId]}`, notification("x"),
			[]string{"sns"},
			`t success ["arn:aws:sns:eu-west-1:123456789012:topic","Done","m-1"]`,
		},
		{
			"the message's own attributes win", `{taskToken: "t", output: [$meta.messageAttributes.both, $meta.messageAttributes.own]}`, notification("x"),
			[]string{"sns"},
			`t success ["sqs","sqs"]`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			meta := callback.Facts{"messageAttributes": map[string]any{"both": "sqs", "own": "sqs"}}
			m, err := engine(t, tt.program).Map(t.Context(), tt.payload, meta)
			if err != nil || len(m.Callbacks) != 1 {
				t.Fatalf("Map = %v, %v", m, err)
			}
			if got := summary(m.Callbacks[0]); got != tt.want {
				t.Errorf("callback %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff(tt.envelopes, m.Envelopes); diff != "" {
				t.Errorf("envelopes (-want +got):\n%s", diff)
			}
			if len(meta) != 1 {
				t.Errorf("the caller's meta changed: %v", meta)
			}
		})
	}
}

func TestEnvelopesInEnvelopesEnd(t *testing.T) {
	t.Parallel()
	payload := `{"taskToken":"t","output":1}`
	for range 9 {
		payload = notification(payload)
	}
	m, err := engine(t, canonical).Map(t.Context(), payload, nil)
	if err == nil || len(m.Envelopes) != 8 {
		t.Errorf("%d envelopes opened, %v, want 8 and NoMapping", len(m.Envelopes), err)
	}
}

// FuzzOpen opens whatever comes, of whatever type; a program that takes everything must then get one payload and no
// panic.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		notification(`{"taskToken":"t","output":1}`), notification(notification("x")), event(`{"taskToken":"t","output":1}`),
		failureRecord("RetriesExhausted", `7`), failureRecord("RetriesExhausted", event(`{}`)), `[]`, ``, "\xff", "\ufeff{}",
		`{"Type":"Notification","MessageId":"","TopicArn":"","Message":"","MessageAttributes":[]}`,
	} {
		f.Add(seed, "application/json")
		f.Add("payload="+url.QueryEscape(seed), formType)
	}
	for _, seed := range []string{"a=1&b=2", "a&a", "=", "%", "a=%ff", "&&;", "payload={}", "payload=[]&x", numbered(101)} {
		f.Add(seed, formType+"; charset=utf-8")
	}
	f.Add(notificationOf("a=1", formType), "text/plain")
	e, err := mapping.New(mapping.Program{Name: "all", Source: `{taskToken: "t", output: [type, $meta.envelopes]}`})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, payload, contentType string) {
		m, err := e.Map(t.Context(), payload, posted(contentType))
		if err != nil {
			refused(t, err, "InvalidPayload", "MappingTimeout")
			return
		}
		if len(m.Callbacks) != 1 || len(m.Envelopes) > 10 { // in the eighth may lie a form with a payload
			t.Fatalf("%d callbacks, envelopes %v", len(m.Callbacks), m.Envelopes)
		}
	})
}
