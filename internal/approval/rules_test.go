package approval_test

import (
	"testing"

	"callback-completer/internal/approval"
)

// TestWhoMayDecide goes through [approval.May] by way of the page, which asks it like every other way to an answer.
func TestWhoMayDecide(t *testing.T) {
	t.Parallel()
	const (
		audience = `,"approvers":["bob@example.com","slack:U042"]`
		verified = `,"identity":"verified"`
		own      = `,"approvers":["ann@example.com","bob@example.com"],"requester":"ann@example.com","noSelfApproval":true`
	)
	nobody := approval.Actor{}
	for _, tt := range []struct {
		name, more string
		actor      approval.Actor
		want       approval.Reason
	}{
		{"whoever holds the link", ``, nobody, ""},
		{"somebody known", ``, known("bob@example.com"), ""},
		{"the link of those asked", audience, nobody, ""},
		{"one of those asked", audience, known("bob@example.com"), ""},
		{"one of those asked, written otherwise", audience, known("BOB@Example.com"), ""},
		{"one of those asked, by another name of his", audience, known("9f3c", "slack:U042"), ""},
		{"somebody else with the link", audience, known("mallory@example.com"), "not-asked"},
		{"the requester is not asked", audience + `,"requester":"ann@example.com"`, known("ann@example.com"), "not-asked"},
		{"a name that folds to another's", audience, known("bob@eｘample.com"), "not-asked"},
		{"a Kelvin sign for a k", `,"approvers":["kim@example.com"]`, known("\u212aim@example.com"), "not-asked"},
		{"a part of a name", audience, known("bob@example.co"), "not-asked"},
		{"a name that was not verified", audience + verified, approval.Actor{ID: "bob@example.com", Method: "jwt"}, "identity-needed"},
		{"verified as nobody", audience + verified, approval.Actor{Verified: true, Method: "jwt"}, "identity-needed"},
		{"verified as nobody, with other names", audience + verified, approval.Actor{Verified: true, Aliases: []string{"bob@example.com"}}, "identity-needed"},
		{"a name without end", verified, known(string(make([]byte, 300))), "identity-needed"},
		{"names without end", verified, known("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"), "identity-needed"},
		{"the link alone", verified, nobody, "identity-needed"},
		{"anybody who is known", verified, known("x"), ""},
		{"one's own request", own, known("ann@example.com"), "own-request"},
		{"one's own request, by another name", own, known("7", "ANN@example.com"), "own-request"},
		{"one's own request, as nobody", own, nobody, "identity-needed"},
		{"another's request", own, known("bob@example.com"), ""},
		{"one's own, where that is allowed", `,"requester":"ann@example.com"`, known("ann@example.com"), ""},
		{"several, as nobody", `,"approvals":2` + team, nobody, "identity-needed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			link := r.ask(t, tt.more)
			hidden := tt.want == "not-asked" || tt.want == "identity-needed"
			v := r.Show(t.Context(), link, tt.actor)
			if v.Reason != tt.want || (v.Status == 403) != hidden || (v.Request == nil) != hidden {
				t.Errorf("reason %q, status %d, want %q", v.Reason, v.Status, tt.want)
			}
			v = r.Decide(t.Context(), link, tt.actor, form("approve"))
			if tt.want == "" {
				if v.Status != 303 {
					t.Errorf("the answer ends with %d", v.Status)
				}
			} else if told(t, v, approval.OutcomeRefused, 403); r.tasks.calls > 0 || r.store.updates > 0 {
				t.Error("something was done all the same")
			}
		})
	}
}

// TestWhoCannotBeToldFromTheRequester is refused, also where a request was kept that would not be taken today.
func TestWhoCannotBeToldFromTheRequester(t *testing.T) {
	t.Parallel()
	slack := approval.Actor{ID: "UANN", Aliases: []string{"slack:UANN"}, Method: "slack", Verified: true, Channel: "slack"}
	for name, tt := range map[string]struct {
		requester string
		approvers []string
		actor     approval.Actor
		want      approval.Reason
	}{
		"in Slack, and anybody is asked":     {"ann@example.com", nil, slack, "not-asked"},
		"in Slack, and listed":               {"ann@example.com", []string{"bob@example.com", "UANN"}, slack, "not-asked"},
		"by a subject, and anybody is asked": {"ann@example.com", nil, known("u-ann"), "not-asked"},
		"by an ARN":                          {"ann@example.com", nil, known("arn:aws:iam::1:user/ann@example.com"), "not-asked"},
		"a mail address, of a subject":       {"u-ann", nil, known("ann@example.com"), "not-asked"},
		"a session of the role":              {"arn:aws:sts::1:assumed-role/Dev/ann", nil, known("arn:aws:sts::1:assumed-role/Dev"), "own-request"},
		"the role itself":                    {"arn:aws:iam::1:role/team/Dev", nil, known("arn:aws:sts::1:assumed-role/Dev"), "own-request"},
		"a role that he may assume":          {"arn:aws:iam::1:user/ann", []string{"arn:aws:iam::1:role/Dev"}, known("arn:aws:sts::1:assumed-role/Dev"), "not-asked"},
		"a user who may assume the role":     {"arn:aws:iam::1:role/Dev", []string{"arn:aws:iam::1:user/ann"}, known("arn:aws:iam::1:user/ann"), "not-asked"},
		"another role":                       {"arn:aws:iam::1:role/Dev", []string{"arn:aws:iam::1:role/Ops"}, known("arn:aws:sts::1:assumed-role/Ops"), ""},
		"another user of Identity Center": {
			"arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_1/ann", nil, known("arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_1/bob"), "",
		},
		"by the address":   {"ann@example.com", nil, known("bob@example.com", "u-bob"), ""},
		"by the subject":   {"u-ann", nil, known("bob@example.com", "u-bob"), ""},
		"another of Slack": {"slack:UBOB", nil, slack, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			request := asking(t, "")
			request.Requester, request.Approvers, request.NoSelfApproval, request.Identity = tt.requester, tt.approvers, true, approval.ByVerified
			m, err := r.Mint(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			v := r.Decide(t.Context(), m.Link.Expose(), tt.actor, form("approve"))
			if tt.want == "" {
				told(t, v, approval.OutcomeAnswered, 303)
			} else if v.Reason != tt.want || r.taken() != nil {
				t.Errorf("reason %q, want %q; the workflow has %v", v.Reason, tt.want, r.taken())
			}
		})
	}
}

func TestPrincipal(t *testing.T) {
	t.Parallel()
	const sso = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ann@example.com"
	for arn, want := range map[string]string{
		"arn:aws:sts::123456789012:assumed-role/Dev/any": "arn:aws:sts::123456789012:assumed-role/Dev",
		"arn:aws:sts::123456789012:assumed-role/Dev/a/b": "arn:aws:sts::123456789012:assumed-role/Dev",
		"arn:aws:sts::123456789012:assumed-role/Dev":     "arn:aws:sts::123456789012:assumed-role/Dev",
		"arn:aws-cn:iam::123456789012:role/a/team/Dev":   "arn:aws-cn:sts::123456789012:assumed-role/Dev",
		"arn:aws:sts::123456789012:federated-user/ann":   "arn:aws:sts::123456789012:federated-user",
		sso: sso,
		"arn:aws:iam::123456789012:user/team/ann": "arn:aws:iam::123456789012:user/team/ann",
		"arn:aws:iam::123456789012:root":          "arn:aws:iam::123456789012:root",
		"arn:aws:sts::123456789012:assumed-role":  "arn:aws:sts::123456789012:assumed-role",
		"arn:aws:iam":                             "arn:aws:iam", "assumed-role/Dev/any": "assumed-role/Dev/any", "": "",
	} {
		if got := approval.Principal(arn); got != want {
			t.Errorf("%s is %s, want %s", arn, got, want)
		}
	}
}

// TestAClosedRequestIsNotShownToOthers: who is not asked learns nothing by waiting.
func TestAClosedRequestIsNotShownToOthers(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, everything)
	told(t, r.Decide(t.Context(), link, known("bob@example.com"), form("approve", "", "deploy 7")), approval.OutcomeAnswered, 303)
	if v := r.Show(t.Context(), link, known("mallory")); v.Status != 403 || v.Request != nil || v.Standing != nil {
		t.Errorf("%+v", v)
	}
	told(t, r.Decide(t.Context(), link, known("mallory"), form("approve", "", "deploy 7")), approval.OutcomeRefused, 403)
}

// TestOnePersonIsOneVote, whatever he signs in with.
func TestOnePersonIsOneVote(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, `,"approvals":3,"approvers":["bob@example.com","8","slack:U1","eve"]`)
	told(t, r.Decide(t.Context(), link, known("bob@example.com", "8"), form("approve")), approval.OutcomeVoted, 303)
	for _, again := range []approval.Actor{
		known("BOB@example.com"), known("8"), known("slack:U1", "8"),
		{ID: "bob@example.com", Verified: true, Method: "slack", Channel: "slack"},
	} {
		if v := r.Show(t.Context(), link, again); v.Reason != approval.VotedAlready {
			t.Errorf("%s: %q", again.ID, v.Reason)
		}
		r.Decide(t.Context(), link, again, form("approve"))
	}
	if v := r.Show(t.Context(), link, known("eve")); len(v.Standing.Votes) != 1 || v.Reason != "" {
		t.Errorf("%d votes, %q", len(v.Standing.Votes), v.Reason)
	}
}
