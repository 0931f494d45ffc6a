package approval_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

func TestParseRequest(t *testing.T) {
	t.Parallel()
	token, err := callback.NewToken("T")
	if err != nil {
		t.Fatal(err)
	}
	standard := []approval.Option{{Value: "approve"}, {Value: "reject", Rejects: true}}
	smallest := approval.Request{
		Token: token, Title: "x", Expires: start().Add(time.Minute), Decisions: standard,
		Comment: "optional", RejectAs: "failure", Approvals: 1, Identity: "link",
	}
	with := func(change func(*approval.Request)) approval.Request {
		r := smallest
		change(&r)
		return r
	}
	const arn = "arn:aws-cn:states:cn-north-1:123456789012:express:release:run:7"
	for _, tt := range []struct {
		name, more string
		want       approval.Request
	}{
		{"the smallest", ``, smallest},
		{"everything", `,"description":"a\nb","fields":[{"label":"L","value":"V"},{"label":"n","value":-1.50},{"label":"b","value":true},{"label":"e","value":""}],
			"decisions":[{"value":"approve"},{"value":"reject","rejects":true,"label":"No!"},{"value":"a-2","label":"Two"},{"value":"w","label":"W","rejects":true}],
			"approvers":["bob","eve"],"requester":"ann","comment":"required","confirmPhrase":"yes, 2 Ä","rejectAs":"success","locale":"de","identity":"verified",
			"execution":"` + arn + `","delivery":{"sns": [1.0]}`, with(func(r *approval.Request) {
			r.Description = "a\nb"
			r.Fields = []approval.Field{{Label: "L", Value: "V"}, {Label: "n", Value: "-1.50"}, {Label: "b", Value: "true"}, {Label: "e", Value: ""}}
			r.Decisions = []approval.Option{{Value: "approve"}, {Value: "reject", Rejects: true, Label: "No!"}, {Value: "a-2", Label: "Two"}, {Value: "w", Label: "W", Rejects: true}}
			r.Approvers, r.Requester, r.Comment, r.ConfirmPhrase = []string{"bob", "eve"}, "ann", "required", "yes, 2 Ä"
			r.RejectAs, r.Locale, r.Identity, r.Execution, r.Delivery = "success", "de", "verified", arn, json.RawMessage(`{"sns": [1.0]}`)
		})},
		{"several need identities", `,"approvals":2,"approvers":["ann","slack:U1B"]`, with(func(r *approval.Request) {
			r.Approvals, r.Identity, r.Approvers = 2, "verified", []string{"ann", "slack:U1B"}
		})},
		{"not oneself needs identities", `,"noSelfApproval":true,"requester":"ann","approvers":["ann","bob"]`, with(func(r *approval.Request) {
			r.NoSelfApproval, r.Requester, r.Identity, r.Approvers = true, "ann", "verified", []string{"ann", "bob"}
		})},
		{"nobody in particular", `,"approvers":[],"fields":[]`, smallest},
		{"limits", `,"requester":"` + strings.Repeat("ä", 256) + `","confirmPhrase":"` + strings.Repeat("ä", 80) + `","description":"` + strings.Repeat("x", 10240) + `"`, with(func(r *approval.Request) {
			r.Requester, r.ConfirmPhrase, r.Description = strings.Repeat("ä", 256), strings.Repeat("ä", 80), strings.Repeat("x", 10240)
		})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := approval.ParseRequest([]byte(`{"taskToken":"T","title":"x","expires":60`+tt.more+`}`), start())
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestExpires(t *testing.T) {
	t.Parallel()
	const form, past, far = "expires must be a time as in RFC 3339 or a whole number of seconds from 1 to 31536000", "expires is in the past", "expires is more than a year from now"
	for value, want := range map[string]any{
		`1`:                                start().Add(time.Second),
		`31536000`:                         start().Add(365 * 24 * time.Hour),
		`"2026-11-23T16:04:05.0009+01:00"`: past,
		`"2026-11-23T16:05:05.0019+01:00"`: start().Add(time.Minute + time.Millisecond),
		`"2026-11-23T15:04:05Z"`:           past,
		`"2026-11-23T15:04:06Z"`:           start().Add(time.Second),
		`"2027-11-23T15:04:05Z"`:           start().Add(365 * 24 * time.Hour),
		`"2027-11-23T15:04:06Z"`:           far,
		`"2026-11-24"`:                     form,
		`"60"`:                             form,
		`0`:                                form,
		`-1`:                               form,
		`31536001`:                         form,
		`60.5`:                             form,
		`6e1`:                              form,
		`null`:                             form,
		`true`:                             form,
		`99999999999999999999`:             form,
	} {
		got, err := approval.ParseRequest([]byte(`{"taskToken":"T","title":"x","expires":`+value+`}`), start())
		if at, good := want.(time.Time); good && (err != nil || !got.Expires.Equal(at)) {
			t.Errorf("%s: %v, %v, want %v", value, got.Expires, err, at)
		} else if !good && fmt.Sprint(err) != fmt.Sprint("the approval request is not valid: ", want) {
			t.Errorf("%s: %v, want %v", value, err, want)
		}
	}
}

func TestWrongRequests(t *testing.T) {
	t.Parallel()
	const members = " is unknown; there are taskToken, title, description, fields, decisions, approvers, requester, expires, comment, " +
		"confirmPhrase, rejectAs, approvals, identity, noSelfApproval, locale, execution, delivery"
	minimal := func(more string) string { return `{"taskToken":"T","title":"x","expires":60` + more + `}` }
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"no JSON", `CANARY`, []string{"not valid JSON at offset 0: want a value"}},
		{"deep", minimal(`,"fields":[{"label":"l","value":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}]`), []string{"nested deeper than 1000 levels at offset 1070"}},
		{"capitals", `{"TASKTOKEN":"T","title":"x","Title":"CANARY","expires":60}`, []string{"TASKTOKEN" + members, "Title" + members, "taskToken is missing"}},
		{"a list", `["CANARY"]`, []string{"the request is no JSON object"}},
		{"nothing", `{}`, []string{"taskToken is missing", "title is missing", "expires is missing"}},
		{"null", `{"taskToken":null,"title":null,"expires":60}`, []string{"taskToken is no text", "title is no text"}},
		{"no token", `{"taskToken":"CAN ARY","title":"x","expires":60}`, []string{"taskToken is no task token"}},
		{"empty title", `{"taskToken":"T","title":" \n","expires":60}`, []string{"title is empty"}},
		{"long title", `{"taskToken":"T","title":"` + strings.Repeat("ä", 10_000) + `","expires":60}`, []string{"title is longer than 200 characters"}},
		{"title by a character", `{"taskToken":"T","title":"` + strings.Repeat("ä", 201) + `","expires":60}`, []string{"title is longer than 200 characters"}},
		{"unknown", minimal(`,"subject":"CANARY"`), []string{"subject" + members}},
		{"another case", minimal(`,"Title":"CANARY"`), []string{"Title" + members}},
		{"a token as a name", minimal(`,"CANARYCANARYCANARYCANARYCANARY":1`), []string{"a member of the request" + members}},
		{"twice", minimal(`,"title":"CANARY"`), []string{"title stands there twice"}},
		{"description", minimal(`,"description":"` + strings.Repeat("x", 10241) + `"`), []string{"description is longer than 10240 bytes"}},
		{"empty texts", minimal(`,"description":"","requester":" ","confirmPhrase":""`), []string{"confirmPhrase is empty", "description is empty", "requester is empty"}},
		{"fields", minimal(`,"fields":[1,{},{"label":"","value":null},{"label":"` + strings.Repeat("x", 81) + `","value":"` + strings.Repeat("x", 2049) + `"},{"label":"l","value":[],"x":1},{"label":"l","value":{}}]`), []string{
			"fields[0] is no JSON object", "fields[1].label is missing", "fields[1].value is missing", "fields[2].label is empty",
			"fields[2].value is no text, number or truth value", "fields[3].label is longer than 80 characters", "fields[3].value is longer than 2048 bytes",
			"fields[4].x is unknown; there are label, value", "fields[4].value is no text, number or truth value", "fields[5].value is no text, number or truth value",
		}},
		{"too many fields", minimal(`,"fields":[` + strings.Repeat(`1,`, 30) + `1]`), []string{"fields has 31 entries, at most 30 can be"}},
		{"no lists", minimal(`,"fields":{},"decisions":"CANARY","approvers":null`), []string{"fields is no list", "approvers is no list", "decisions is no list", "decisions is empty"}},
		{"no decision", minimal(`,"decisions":[]`), []string{"decisions is empty"}},
		{"wrong decisions", minimal(`,"decisions":[{"value":"Approve"},{"value":"other"},{"value":"a","label":"A"},{"value":"a","label":"A"},{"value":"reject","rejects":false},{"value":"approve","rejects":true}]`), []string{
			"decisions[0].value must be a small letter and then at most 31 of small letters, digits and hyphens", "decisions[1].label is missing",
			"decisions[4].rejects contradicts the value", "decisions[5].rejects contradicts the value", "decisions[3].value stands there twice",
		}},
		{"wrong values", minimal(`,"decisions":[{"value":"1a"},{"value":"a b"},{"value":"` + strings.Repeat("a", 33) + `"},{"value":7},{"label":"x"},{"value":"b","label":"x","rejects":"yes"}]`), []string{
			"decisions[0].value must be a small letter and then at most 31 of small letters, digits and hyphens",
			"decisions[1].value must be a small letter and then at most 31 of small letters, digits and hyphens",
			"decisions[2].value must be a small letter and then at most 31 of small letters, digits and hyphens",
			"decisions[3].value is no text", "decisions[4].value is missing", "decisions[5].rejects is neither true nor false",
		}},
		{"too many decisions", minimal(`,"decisions":[1,1,1,1,1,1,1]`), []string{"decisions has 7 entries, at most 6 can be", "decisions is empty"}},
		{"approvers", minimal(`,"approvers":["bob","Bob","",1,"` + strings.Repeat("x", 257) + `"]`), []string{
			"approvers[2] is empty", "approvers[3] is no text", "approvers[4] is longer than 256 characters", "approvers[1] stands there twice",
		}},
		{"words", minimal(`,"comment":"maybe","rejectAs":"","locale":"fr","identity":1`), []string{
			"comment must be one of optional, none, required-on-reject, required", "rejectAs must be one of failure, success",
			"identity must be one of link, verified", "locale must be one of en, de",
		}},
		{"approvals", minimal(`,"approvals":11`), []string{"approvals must be a whole number from 1 to 10"}},
		{"no approvals", minimal(`,"approvals":0`), []string{"approvals must be a whole number from 1 to 10"}},
		{"half an approval", minimal(`,"approvals":1.5`), []string{"approvals must be a whole number from 1 to 10"}},
		{"more approvals than people", minimal(`,"approvals":3,"approvers":["a","b"]`), []string{"approvals is more than the approvers that may approve"}},
		{"nobody but oneself", minimal(`,"noSelfApproval":true,"requester":"A","approvers":["a"]`), []string{"approvals is more than the approvers that may approve"}},
		{"nobody to be told from", minimal(`,"noSelfApproval":true,"approvers":["a"]`), []string{"noSelfApproval needs a requester"}},
		{"nobody to be told from, among anybody", minimal(`,"noSelfApproval":true`), []string{
			"noSelfApproval needs a requester", "noSelfApproval needs approvers: nobody knows the other names of the requester",
		}},
		{"not oneself, and anybody else", minimal(`,"noSelfApproval":true,"requester":"a","approvers":[]`), []string{"noSelfApproval needs approvers: nobody knows the other names of the requester"}},
		{"several of anybody", minimal(`,"approvals":2`), []string{"approvals above 1 needs approvers: nobody knows who has several names"}},
		{"nobody but oneself, in Slack", minimal(`,"noSelfApproval":true,"requester":"U1A","approvers":["slack:u1a"]`), []string{"approvals is more than the approvers that may approve"}},
		{"one twice, in Slack", minimal(`,"approvers":["U1A","slack:U1A"]`), []string{"approvers[1] stands there twice"}},
		{"one twice, a role", minimal(`,"approvers":["arn:aws:iam::1:role/team/Dev","arn:aws:sts::1:assumed-role/dev"]`), []string{"approvers[1] stands there twice"}},
		{"names of several kinds", minimal(`,"noSelfApproval":true,"requester":"ann@example.com","approvers":["bob@example.com","UANN","slack:U2","arn:aws:iam::1:user/ann","u-1"]`), []string{
			"noSelfApproval compares names of one kind, and the requester is a mail address, approvers[1] a user of Slack",
			"noSelfApproval compares names of one kind, and the requester is a mail address, approvers[2] a user of Slack",
			"noSelfApproval compares names of one kind, and the requester is a mail address, approvers[3] an ARN",
			"noSelfApproval compares names of one kind, and the requester is a mail address, approvers[4] a name of a login",
		}},
		{"a session", minimal(`,"approvers":["arn:aws:sts::1:assumed-role/Dev/ann","arn:aws:sts::1:federated-user/ann","arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_1/ann"]`), []string{
			"approvers[0] is a session, whose name its holder chooses; give the ARN of the role",
			"approvers[1] is a session, whose name its holder chooses; give the ARN of the role",
		}},
		{"a role and a user", minimal(`,"noSelfApproval":true,"requester":"arn:aws:iam::1:user/ann","approvers":["arn:aws:iam::1:user/bob","arn:aws:iam::1:role/Dev"]`), []string{
			"noSelfApproval compares names of one kind, and the requester is an ARN, approvers[1] the ARN of a role",
		}},
		{"one's own session", minimal(`,"noSelfApproval":true,"requester":"arn:aws:sts::1:assumed-role/Dev/ann","approvers":["arn:aws:iam::1:role/Dev"]`), []string{"approvals is more than the approvers that may approve"}},
		{"several ways to approve", minimal(`,"approvals":2,"approvers":["a","b"],"decisions":[{"value":"a","label":"A"},{"value":"b","label":"B"}]`), []string{"approvals above 1 needs exactly one decision that does not reject"}},
		{"no way to approve", minimal(`,"approvals":2,"approvers":["a","b"],"decisions":[{"value":"reject"}]`), []string{"approvals above 1 needs exactly one decision that does not reject"}},
		{"truth", minimal(`,"noSelfApproval":"true"`), []string{"noSelfApproval is neither true nor false"}},
		{"phrase with spaces", minimal(`,"confirmPhrase":" CANARY"`), []string{"confirmPhrase has white space around it or characters that nobody can type"}},
		{"phrase of two lines", minimal(`,"confirmPhrase":"a\nb"`), []string{"confirmPhrase has white space around it or characters that nobody can type"}},
		{"phrase that is not what it seems", minimal(`,"confirmPhrase":"a\u200bb"`), []string{"confirmPhrase has white space around it or characters that nobody can type"}},
		{"long phrase", minimal(`,"confirmPhrase":"` + strings.Repeat("x", 81) + `"`), []string{"confirmPhrase is longer than 80 characters"}},
		{"a state machine", minimal(`,"execution":"arn:aws:states:eu-west-1:1:stateMachine:CANARY"`), []string{"execution is no ARN of an execution"}},
		{"execution of another type", minimal(`,"execution":7`), []string{"execution is no text"}},
		{"long in all", minimal(`,"fields":[` + strings.TrimSuffix(strings.Repeat(`{"label":"l","value":"`+strings.Repeat(`\u0001`, 2048)+`"},`, 11), ",") + `]`), []string{"the request is longer than 128 KB in all"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := approval.ParseRequest([]byte(tt.text), start())
			var problems *approval.RequestError
			if !errors.As(err, &problems) {
				t.Fatalf("%v", err)
			}
			if diff := cmp.Diff(tt.want, problems.Problems); diff != "" {
				t.Error(diff)
			}
			if !reflect.DeepEqual(got, approval.Request{}) {
				t.Error("there is a request beside the error")
			}
			if strings.Contains(err.Error(), "CAN") || !strings.HasPrefix(err.Error(), "the approval request is not valid: ") {
				t.Error(err)
			}
		})
	}
}

func TestWorkflow(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]string{
		"": "", "arn:aws:states:eu-west-1:123456789012:execution:release:run-7": "release",
		"arn:aws:states:eu-west-1:123456789012:express:release:run-7:uuid": "release",
	} {
		r := approval.Request{Execution: arn}
		if got := r.Workflow(); got != want {
			t.Errorf("%q: %q", arn, got)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	for _, seed := range []string{
		`{"taskToken":"T","title":"x","expires":60}`, `{"taskToken":"T","title":"x","expires":60` + everything + `}`,
		`{"taskToken":"T","title":"x","expires":"2026-11-24T00:00:00Z","approvals":2,"approvers":["a","b"],"decisions":[{"value":"approve"},{"value":"no","label":"N","rejects":true}]}`,
		`{"fields":[{}],"decisions":[[]],"approvers":[null]}`, `[]`, ``,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := approval.ParseRequest([]byte(text), start())
		if err != nil {
			var problems *approval.RequestError
			if !errors.As(err, &problems) || len(problems.Problems) == 0 {
				t.Fatalf("%v", err)
			}
			return
		}
		if r.Token.IsZero() || r.Title == "" || len(r.Decisions) == 0 || r.Approvals < 1 || !r.Expires.After(start().Add(-time.Millisecond)) {
			t.Fatalf("taken, and not usable: %s", text)
		}
		rig := newRig()
		m, err := rig.Mint(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := rig.Mint(t.Context(), r)
		if diff := cmp.Diff(m.Request, again.Request); err != nil || diff != "" {
			t.Fatalf("it is kept as another one: %v\n%s", err, diff)
		}
		if v := rig.Show(t.Context(), m.Link.Expose(), approval.Actor{}); v.Status == 404 {
			t.Fatal("its page is missing")
		} else if page := render(t, v, approval.English); strings.Contains(page, "<script") {
			t.Fatal(page)
		}
	})
}
