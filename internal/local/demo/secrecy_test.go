package demo

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/sqs"
)

func TestSecrecyFacts(t *testing.T) {
	t.Parallel()
	token, key := secret{tokenKind, "a-token"}, secret{keyKind, "a-key"}
	link, comment := secret{linkKind, "a-link"}, secret{commentKind, "a-comment"}
	clean := []string{"no secret in the logs", "none in a dead letter's attributes", "none in an answer"}
	for name, test := range map[string]struct {
		spoil func(*told)
		want  []string
	}{
		"none": {func(*told) {}, clean},
		"in a log": {
			func(d *told) { _, _ = d.logs[httpFunction].Write([]byte(`{"header":"a-key"}`)) },
			[]string{"the log of functions/http holds " + key.String(), clean[1], clean[2]},
		},
		"in an attribute": {
			func(d *told) { d.letters[0].Attributes["ErrorMessage"] = sqs.Attribute{String: "for a-token"} },
			[]string{clean[0], "a dead letter's ErrorMessage holds " + token.String(), clean[2]},
		},
		"in a binary attribute": {
			func(d *told) { d.letters[0].Attributes["Other"] = sqs.Attribute{Binary: []byte("a-token")} },
			[]string{clean[0], "a dead letter's Other holds " + token.String(), clean[2]},
		},
		"in an answer's body": {
			func(d *told) { d.answers = append(d.answers, reply{body: "not a-token"}) },
			[]string{clean[0], clean[1], "an answer of the API holds " + token.String()},
		},
		"in an answer's header": {
			func(d *told) { d.answers = append(d.answers, reply{header: http.Header{"X": {"a-key"}}}) },
			[]string{clean[0], clean[1], "an answer of the API holds " + key.String()},
		},
		"in what a function said to Lambda": {
			func(d *told) { d.records = append(d.records, `{"responsePayload":{"errorMessage":"a-token"}}`) },
			[]string{clean[0], clean[1], "an answer of functions/eventbridge holds " + token.String()},
		},
		"in a record of another form": {
			func(d *told) { d.records = append(d.records, `a-token`) },
			[]string{clean[0], clean[1], "an answer of functions/eventbridge holds " + token.String()},
		},
		"a link in a log": {
			func(d *told) { _, _ = d.logs[approvalFunction].Write([]byte(`{"link":"a-link"}`)) },
			[]string{"the log of functions/approval holds " + link.String(), clean[1], clean[2]},
		},
		"a comment in an attribute": {
			func(d *told) { d.letters[0].Attributes["ErrorMessage"] = sqs.Attribute{String: "a-comment"} },
			[]string{clean[0], "a dead letter's ErrorMessage holds " + comment.String(), clean[2]},
		},
		"a page that shows a comment": {
			func(d *told) {
				d.answers = append(d.answers, reply{header: http.Header{"Location": {"a-link"}}, body: "a-comment"})
			},
			clean,
		},
		"no request to see": {
			func(d *told) { d.logs[approvalFunction] = newJournal() },
			[]string{"functions/approval logged nothing"},
		},
		"nothing to see": {
			func(d *told) { d.logs[eventBridgeFunction] = newJournal() },
			[]string{"functions/eventbridge logged nothing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := told{
				logs: newJournals(), answers: []reply{{status: 200, body: "{}"}},
				letters: []sqs.Held{{Received: sqs.Received{Body: "a-token", Attributes: map[string]sqs.Attribute{"ErrorMessage": {String: "text"}}}}},
				records: []string{`{"requestPayload":"a-token","responsePayload":{"errorMessage":"no"}}`},
			}
			for _, log := range d.logs {
				_, _ = log.Write([]byte(`{"verdict":"delivered","approvalId":"a"}`))
			}
			test.spoil(&d)
			if diff := cmp.Diff(test.want, secrecyFacts([]secret{{tokenKind, "other"}, token, key, link, comment}, d)); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}
