package main

import (
	"maps"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// forged is what somebody says of himself: a login of a load balancer, signed by nobody, and other headers that are believed
// elsewhere.
func forged() map[string]string {
	return map[string]string{
		"x-amzn-oidc-data":        "eyJhbGciOiJub25lIiwic2lnbmVyIjoiYXJuOmF3czplbGFzdGljbG9hZGJhbGFuY2luZyJ9.eyJlbWFpbCI6ImJvYkBleGFtcGxlLmNvbSJ9.",
		"x-amzn-oidc-identity":    "bob@example.com",
		"x-amzn-oidc-accesstoken": "x", "x-forwarded-user": "bob@example.com", "x-remote-user": "bob@example.com",
		"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2JAZXhhbXBsZS5jb20ifQ.",
	}
}

// TestNobodyIsSomebodyByHisOwnWord: a field or a header that claims an identity changes nothing, at any front door.
func TestNobodyIsSomebodyByHisOwnWord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		claims := []string{
			"decision", "approve", "approver", "bob@example.com", "approver.id", "bob@example.com", "id", "bob@example.com", "method", "jwt",
			"verified", "true", "identity", "bob@example.com", "channel", "slack",
		}
		for _, d := range doors() {
			open := r.ask("")
			request := form(open.path(), claims...)
			maps.Copy(request.header, header(forged()))
			if got := r.visit(d.event(request)); got.Status != 303 {
				t.Errorf("%s: %+v", d.name, got)
			}
			want := said{Decision: "approve", Approved: true, Channel: "web"}
			want.Approver.Method = "link"
			if diff := cmp.Diff(want, told(t, r.closing(open))); diff != "" {
				t.Errorf("%s: workflow was told (-want +got):\n%s", d.name, diff)
			}
			closed := r.ask(`, "identity": "verified", "approvers": ["bob@example.com"]`)
			request.path = closed.path()
			if got := r.visit(d.event(request)); got.Status != 403 || strings.Contains(got.Body, "<form") || strings.Contains(got.Body, "Deploy version 7") {
				t.Errorf("%s, verified people only: %+v", d.name, got)
			}
			if got := r.closing(closed); got != "" {
				t.Errorf("%s, verified people only: %s", d.name, got)
			}
		}
		r.quiet()
	})
}

// jwt is how API Gateway writes the claims of a token that it verified.
func jwt(claims map[string]any) map[string]any {
	return map[string]any{"jwt": map[string]any{"claims": claims, "scopes": nil}}
}

// TestWhoMayDecide by the front door's word.
func TestWhoMayDecide(t *testing.T) {
	t.Parallel()
	bob := map[string]any{"sub": "u-1", "email": "Bob@example.com", "email_verified": "true"}
	const forBob = `, "identity": "verified", "approvers": ["bob@example.com", "carol@example.com"], "requester": "carol@example.com", "noSelfApproval": true`
	tests := []struct {
		name       string
		more       string
		authorizer map[string]any
		status     int
		id, method string
	}{
		{"who is asked", forBob, jwt(bob), 303, "Bob@example.com", "jwt"},
		{"by his subject", `, "identity": "verified", "approvers": ["u-1"]`, jwt(bob), 303, "Bob@example.com", "jwt"},
		{"anybody who is known", `, "identity": "verified"`, jwt(bob), 303, "Bob@example.com", "jwt"},
		{"a claim that is no string", forBob, jwt(map[string]any{"sub": "u-1", "email": "bob@example.com", "email_verified": true}), 303, "bob@example.com", "jwt"},
		{"signed with AWS credentials", `, "identity": "verified"`, caller(), 303, "arn:aws:iam::123456789012:user/worker", "iam"},
		{"a forwarded link", forBob, jwt(map[string]any{"sub": "u-2", "email": "dave@example.com", "email_verified": "true"}), 403, "", ""},
		{"who asked", forBob, jwt(map[string]any{"sub": "u-3", "email": "carol@example.com", "email_verified": "true"}), 403, "", ""},
		{"an address that nobody verified", forBob, jwt(map[string]any{"sub": "u-2", "email": "bob@example.com", "email_verified": "false"}), 403, "", ""},
		{"an address of which nothing is said", forBob, jwt(map[string]any{"sub": "u-2", "email": "bob@example.com"}), 403, "", ""},
		{"a token of nobody", forBob, jwt(map[string]any{"email": "bob@example.com", "email_verified": "true"}), 403, "", ""},
		{"a Lambda authorizer", forBob, map[string]any{"lambda": map[string]any{"principalId": "bob@example.com", "email": "bob@example.com"}}, 403, "", ""},
		{"nobody is known", forBob, nil, 403, "", ""},
		{"not asked, though the link is enough", `, "approvers": ["carol@example.com"]`, jwt(bob), 403, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newAsked(t)
				a := r.ask(tt.more)
				request := form(a.path(), "decision", "approve")
				maps.Copy(request.header, header(forged()))
				got := r.visit(by(doors()[0].event(request), tt.authorizer))
				if got.Status != tt.status || got.Status == 403 && (strings.Contains(got.Body, "<form") || !strings.Contains(got.Body, "</html>")) {
					t.Fatalf("answer %+v", got)
				}
				if tt.status == 403 {
					r.open(a)
					r.quiet()
					return
				}
				who := told(t, r.closing(a)).Approver
				if who.ID != tt.id || who.Method != tt.method || !who.Verified {
					t.Errorf("approver %+v", who)
				}
				if !strings.Contains(r.Out.String(), `"method":"`+tt.method+`"`) {
					t.Error("the log does not say how he was known")
				}
				r.quiet()
			})
		})
	}
}

// TestClaimsOfARESTAPI are claims as well.
func TestClaimsOfARESTAPI(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		a := r.ask(`, "identity": "verified", "approvers": ["bob@example.com"]`)
		rest := doors()[2]
		claims := map[string]any{"claims": map[string]any{"sub": "u-1", "email": "bob@example.com", "email_verified": "true"}}
		if got := r.visit(by(rest.event(form(a.path(), "decision", "reject")), claims)); got.Status != 303 {
			t.Fatalf("answer %+v", got)
		}
		if who := told(t, r.closing(a)).Approver; who.ID != "bob@example.com" || who.Method != "jwt" || !who.Verified {
			t.Errorf("approver %+v", who)
		}
		balanced := r.ask(`, "identity": "verified"`)
		if got := r.visit(by(doors()[3].event(form(balanced.path(), "decision", "reject")), claims)); got.Status != 403 {
			t.Errorf("a load balancer has no claims: %+v", got)
		}
		r.quiet()
	})
}

// TestOneselfByAnotherName: who asked cannot answer by coming another way.
func TestOneselfByAnotherName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newPress(t)
		a := r.ask(`, "requester": "ann@example.com", "noSelfApproval": true, "approvers": ["ann@example.com", "bob@example.com"]`)
		r.press(pressing("UANN", "callback-completer:approve", a.link))
		r.tells("whisper: You may not decide on this: somebody else is asked.")
		for name, who := range map[string]map[string]any{
			"an address that nobody verified": jwt(map[string]any{"sub": "u-ann", "email": "ann@example.com"}),
			"another's, that nobody verified": jwt(map[string]any{"sub": "u-ann", "email": "bob@example.com", "email_verified": "false"}),
			"AWS credentials":                 signedBy("arn:aws:sts::123456789012:assumed-role/Dev/bob@example.com"),
			"the address":                     jwt(map[string]any{"sub": "u-ann", "email": "ann@example.com", "email_verified": "true"}),
		} {
			if got := r.visit(by(doors()[0].event(form(a.path(), "decision", "approve")), who)); got.Status != 403 {
				t.Errorf("%s: %+v", name, got)
			}
		}
		r.open(a)
		r.quiet()
	})
}

// signedBy is how API Gateway writes who signed a request.
func signedBy(arn string) map[string]any {
	return map[string]any{"iam": map[string]any{"userArn": arn, "accountId": "123456789012"}}
}

// TestSessionsOfARole are one approver: whoever assumes it names his session as he likes. Those of Identity Center are persons.
func TestSessionsOfARole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		answer := func(a asked, arn string) int {
			return r.visit(by(doors()[0].event(form(a.path(), "decision", "approve")), signedBy(arn))).Status
		}
		const dev = "arn:aws:sts::123456789012:assumed-role/Dev"
		a := r.ask(`, "approvals": 2, "approvers": ["arn:aws:iam::123456789012:role/team/Dev", "bob@example.com"]`)
		if got := answer(a, dev+"/any0"); got != 303 {
			t.Errorf("the first session: %d", got)
		}
		for _, arn := range []string{dev + "/any1", dev + "/bob@example.com", "arn:aws:sts::123456789012:assumed-role/Other/any0"} {
			answer(a, arn)
		}
		r.open(a)
		const sso = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/"
		b := r.ask(`, "approvals": 2, "approvers": ["` + sso + `ann@example.com", "` + sso + `bob@example.com"]`)
		for _, who := range []string{"ann@example.com", "eve@example.com", "bob@example.com"} {
			if got, want := answer(b, sso+who), map[bool]int{true: 403, false: 303}[who == "eve@example.com"]; got != want {
				t.Errorf("%s: %d, want %d", who, got, want)
			}
		}
		if got := r.closing(b); !strings.Contains(got, sso+"ann@example.com") || !strings.Contains(got, sso+"bob@example.com") {
			t.Errorf("closed by %q", got)
		}
		c := r.ask(`, "identity": "verified"`)
		answer(c, dev+"/any")
		if who := told(t, r.closing(c)).Approver; who.ID != dev || who.Method != "iam" {
			t.Errorf("approver %+v", who)
		}
	})
}
