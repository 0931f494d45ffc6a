package main

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/config"
)

// failed returns the name by which Step Functions knows an error.
func failed(err error) string {
	if err == nil {
		return ""
	}
	return reflect.TypeOf(err).Elem().Name() // as Lambda's runtime does
}

func TestEveryProblemOfARequestIsNamed(t *testing.T) {
	t.Parallel()
	const there = "; there are sns, email, slack, eventBus"
	for _, tt := range []struct {
		event string
		want  []string
	}{
		{event(canaryToken, ""), []string{"delivery is missing"}},
		{event(canaryToken, `, "delivery": {}`), []string{"delivery asks for no channel" + there}},
		{event(canaryToken, `, "delivery": {"sns": false, "slack": false}`), []string{"delivery asks for no channel" + there}},
		{event(canaryToken, `, "delivery": null`), []string{"delivery is no JSON object"}},
		{event(canaryToken, `, "delivery": "sns"`), []string{"delivery is no JSON object"}},
		{event(canaryToken, `, "delivery": {"sns": "true"}`), []string{"delivery.sns is neither true nor false"}},
		{event(canaryToken, `, "delivery": {"slack": null, "eventBus": 1}`), []string{
			"delivery.slack is neither true nor false", "delivery.eventBus is neither true nor false",
		}},
		{event(canaryToken, `, "delivery": {"sns": true, "`+canaryToken+`": 1}`), []string{"a member of delivery is unknown" + there}},
		{event(canaryToken, `, "delivery": {"SNS": true}`), []string{"a member of delivery is unknown" + there}},
		{event(canaryToken, `, "delivery": {"sns": true, "sns": true}`), []string{"delivery.sns stands there twice"}},
		{event(canaryToken, `, "delivery": {"email": "`+canaryMail+`"}`), []string{"delivery.email is no list"}},
		{event(canaryToken, `, "delivery": {"email": null}`), []string{"delivery.email is no list"}},
		{event(canaryToken, `, "delivery": {"email": ["a@example.com", 7]}`), []string{"delivery.email[1] is no text"}},
		{event(canaryToken, `, "delivery": {"email": []}`), []string{"delivery.email: there are 0 recipients; 1 to 50 can be"}},
		{event(canaryToken, `, "delivery": {"email": ["a@example.com", "`+canaryTitle+`"]}`), []string{"delivery.email: recipient 2 is no mail address"}},
		{event(canaryToken, `, "titel": 1, "delivery": {"sns": 1}`), []string{
			"titel is unknown; there are taskToken, title, description, fields, decisions, approvers, requester, expires, comment, " +
				"confirmPhrase, rejectAs, approvals, identity, noSelfApproval, locale, execution, delivery",
			"delivery.sns is neither true nor false",
		}},
		{`{"delivery": {"sns": true}}`, []string{"taskToken is missing", "title is missing", "expires is missing"}},
		{`{"taskToken": "` + canaryToken + `", "title": "x", "expires": 0, "delivery": {"slack": 2}}`, []string{
			"expires must be a time as in RFC 3339 or a whole number of seconds from 1 to 31536000", "delivery.slack is neither true nor false",
		}},
		{`null`, []string{"the request is no JSON object"}},
		{`["` + canaryToken + `"]`, []string{"the request is no JSON object"}},
		{`{`, []string{"1: the text ends too early"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFunction(t)
			answer, err := f.ask(tt.event)
			if failed(err) != "InvalidApprovalRequest" || answer != nil {
				t.Fatalf("%s: %v, %v", tt.event, answer, err)
			}
			problems, ok := strings.CutPrefix(err.Error(), "the approval request is not valid: ")
			if tt.event == "{" { // in jsonspan's words
				if !ok || problems == "" {
					t.Errorf("%s: %v", tt.event, err)
				}
			} else if diff := cmp.Diff(strings.Join(tt.want, "; "), problems); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.event, diff)
			}
			if len(f.network.sent("")) > 0 || !strings.Contains(f.Out.String(), `"ApprovalsUndelivered":1`) {
				t.Errorf("%s: messages %q, output %s", tt.event, f.network.sent(""), f.Out.String())
			}
		})
	}
}

// TestWhatIsNotSetUp: the workflow's author learns which setting of the function is missing.
func TestWhatIsNotSetUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		f.settings = config.Approval{Table: table, BaseURL: baseURL, MetricsNamespace: "N"}
		f.restart()
		_, err := f.ask(event(canaryToken, `, "delivery": {"sns": true, "email": ["`+canaryMail+`"], "slack": true, "eventBus": true}`))
		const want = "the approval request is not valid: " +
			"delivery.sns cannot be used: the function's setting APPROVAL_TOPIC_ARN is missing; " +
			"delivery.email cannot be used: the function's setting APPROVAL_MAIL_FROM is missing; " +
			"delivery.slack cannot be used: the function's setting APPROVAL_SLACK_WEBHOOK is missing; " +
			"delivery.eventBus cannot be used: the function's setting APPROVAL_EVENT_BUS is missing"
		var invalid *InvalidApprovalRequest
		if !errors.As(err, &invalid) || err.Error() != want {
			t.Errorf("%v", err)
		}
	})
}

// TestWrongSettingsStopTheStart: all that are wrong are named.
func TestWrongSettingsStopTheStart(t *testing.T) {
	t.Parallel()
	settings := config.Approval{TopicARN: "asked", MailFrom: "nobody", EventBus: "a bus"}
	_, err := assemble(&settings, aws.Config{Region: "us-east-1"}, http.DefaultClient, slog.New(slog.DiscardHandler), io.Discard)
	const want = "settings: APPROVAL_TOPIC_ARN: the topic must be given by its ARN, arn:aws:sns:REGION:ACCOUNT:NAME\n" +
		"APPROVAL_MAIL_FROM: the sender is no mail address\n" +
		"APPROVAL_EVENT_BUS: the event bus must be given by its name or ARN"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}
