package approval_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

func TestAnAnswer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, more string
		actor      approval.Actor
		form       url.Values
		want       map[string]any
	}{
		{"approved by link", ``, approval.Actor{}, form("approve", "fine"), map[string]any{
			"decision": "approve", "approved": true, "comment": "fine", "decidedAt": "2026-11-23T15:04:05Z", "channel": "web",
			"approver": map[string]any{"id": "", "method": "link", "verified": false},
		}},
		{"approved by somebody's link", `,"approvers":["bob@example.com"]`, approval.Actor{ID: "mallory", Method: "jwt"}, form("approve"), map[string]any{
			"decision": "approve", "approved": true, "comment": "", "decidedAt": "2026-11-23T15:04:05Z", "channel": "web",
			"approver": map[string]any{"id": "bob@example.com", "method": "link", "verified": false},
		}},
		{
			"rejected from Slack", `,"approvers":["bob@example.com","eve@example.com"]`,
			approval.Actor{ID: "U042", Aliases: []string{"EVE@example.com"}, Method: "slack", Verified: true, Channel: "slack"},
			form("reject", "no\r\nway\x00 <>"),
			map[string]any{
				"error": "ApprovalRejected", "decision": "reject", "approved": false, "comment": "no\nway <>",
				"decidedAt": "2026-11-23T15:04:05Z", "channel": "slack", "approver": map[string]any{"id": "U042", "method": "slack", "verified": true},
			},
		},
		{"rejected as a success", `,"rejectAs":"success"`, known("bob"), form("reject"), map[string]any{
			"decision": "reject", "approved": false, "comment": "", "decidedAt": "2026-11-23T15:04:05Z", "channel": "web",
			"approver": map[string]any{"id": "bob", "method": "jwt", "verified": true},
		}},
		{"a decision of the workflow's own", `,"decisions":[{"value":"later","label":"Later","rejects":true},{"value":"now","label":"Now"}]`, known("bob"), form("later"), map[string]any{
			"error": "ApprovalRejected", "decision": "later", "approved": false, "comment": "", "decidedAt": "2026-11-23T15:04:05Z", "channel": "web",
			"approver": map[string]any{"id": "bob", "method": "jwt", "verified": true},
		}},
		{"fields that are none of ours", ``, approval.Actor{}, url.Values{
			"decision": {"approve"}, "approver": {"root"}, "id": {"root"}, "verified": {"true"}, "approved": {"false"},
		}, map[string]any{
			"decision": "approve", "approved": true, "comment": "", "decidedAt": "2026-11-23T15:04:05Z", "channel": "web",
			"approver": map[string]any{"id": "", "method": "link", "verified": false},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			link := r.ask(t, tt.more)
			told(t, r.Decide(t.Context(), link, tt.actor, tt.form), approval.OutcomeAnswered, http.StatusSeeOther)
			tt.want["requestId"] = string(r.store.only(t).ID)
			if diff := cmp.Diff(tt.want, r.taken()); diff != "" {
				t.Errorf("the workflow was told (-want +got):\n%s", diff)
			}
			if got := r.store.only(t).State; got != approval.Answered {
				t.Errorf("the record is %s", got)
			}
			r.stage(t, link, approval.StageAnswered, true)
		})
	}
}

func TestTheOutputToTheByte(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, `,"approvals":2`+team)
	r.Decide(t.Context(), link, known("bob"), form("approve", "a < b"))
	r.wait(time.Minute + 120*time.Millisecond + 345*time.Microsecond)
	r.Decide(t.Context(), link, known("eve"), form("approve"))
	want := `{"decision":"approve","approved":true,"comment":"","approver":{"id":"eve","method":"jwt","verified":true},` +
		`"approvers":[{"id":"bob","method":"jwt","verified":true,"comment":"a < b","decidedAt":"2026-11-23T15:04:05Z"},` +
		`{"id":"eve","method":"jwt","verified":true,"comment":"","decidedAt":"2026-11-23T15:05:05.12Z"}],` +
		`"decidedAt":"2026-11-23T15:05:05.12Z","requestId":"` + string(r.store.id()) + `","channel":"web"}`
	for _, c := range r.tasks.taken {
		if string(c.Output) != want || c.Outcome != callback.Success {
			t.Errorf("%s\n%s, want\n%s", c.Outcome, c.Output, want)
		}
	}
}

func TestAVeto(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, `,"approvals":3,"approvers":["ann","bob","eve"]`)
	told(t, r.Decide(t.Context(), link, known("ann"), form("approve", "ok")), approval.OutcomeVoted, 303)
	told(t, r.Decide(t.Context(), link, known("mallory"), form("reject")), approval.OutcomeRefused, 403)
	told(t, r.Decide(t.Context(), link, approval.Actor{}, form("reject")), approval.OutcomeRefused, 403)
	told(t, r.Decide(t.Context(), link, known("bob"), form("reject", "no")), approval.OutcomeAnswered, 303)
	told(t, r.Decide(t.Context(), link, known("eve"), form("approve")), approval.OutcomeLate, 303)
	want := map[string]any{
		"error": "ApprovalRejected", "decision": "reject", "approved": false, "comment": "no", "decidedAt": "2026-11-23T15:04:05Z", "channel": "web",
		"approver": map[string]any{"id": "bob", "method": "jwt", "verified": true}, "requestId": string(r.store.id()),
		"approvers": []any{map[string]any{"id": "ann", "method": "jwt", "verified": true, "comment": "ok", "decidedAt": "2026-11-23T15:04:05Z"}},
	}
	if diff := cmp.Diff(want, r.taken()); diff != "" {
		t.Error(diff)
	}
}

// TestWhoApprovedCanReject: his approval ends with that, also where the rejection does not arrive.
func TestWhoApprovedCanReject(t *testing.T) {
	t.Parallel()
	bob, also := known("bob@example.com", "8"), known("8")
	const two = `,"approvals":2,"approvers":["bob@example.com","8","eve"]`
	t.Run("it arrives", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		link := r.ask(t, two)
		told(t, r.Decide(t.Context(), link, bob, form("approve", "ok")), approval.OutcomeVoted, 303)
		page := render(t, r.Show(t.Context(), link, also), approval.English)
		if !strings.Contains(page, `value="reject"`) || strings.Contains(page, `value="approve"`) || !strings.Contains(page, "You can still reject.") {
			t.Errorf("the page is %s", page)
		}
		told(t, r.Decide(t.Context(), link, also, form("reject", "no")), approval.OutcomeAnswered, 303)
		said := r.taken()
		if by, _ := said["approver"].(map[string]any); said["error"] != "ApprovalRejected" || by["id"] != "8" || said["approvers"] != nil {
			t.Errorf("the workflow is told %v", said)
		}
	})
	t.Run("it does not arrive", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		link := r.ask(t, two)
		told(t, r.Decide(t.Context(), link, bob, form("approve")), approval.OutcomeVoted, 303)
		r.tasks.before = threw(throttled)
		v := r.Decide(t.Context(), link, bob, form("reject", "no"))
		if told(t, v, approval.OutcomeRetry, 503); v.Reason != approval.MayDecide || len(v.Standing.Votes) > 0 || v.Kept.Comment.Text() != "no" {
			t.Errorf("reason %q, %d votes, kept %q", v.Reason, len(v.Standing.Votes), v.Kept.Comment.Text())
		}
		r.tasks.before = nil
		told(t, r.Decide(t.Context(), link, known("eve"), form("approve")), approval.OutcomeVoted, 303)
		if r.taken() != nil {
			t.Error("an approval counts that was taken back")
		}
		told(t, r.Decide(t.Context(), link, bob, form("reject", "no")), approval.OutcomeAnswered, 303)
	})
	t.Run("it needs a comment", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		link := r.ask(t, two+`,"comment":"required-on-reject"`)
		told(t, r.Decide(t.Context(), link, bob, form("approve")), approval.OutcomeVoted, 303)
		told(t, r.Decide(t.Context(), link, bob, form("reject")), approval.OutcomeInvalid, 400)
		told(t, r.Decide(t.Context(), link, bob, form("maybe")), approval.OutcomeRefused, 403)
		if votes := r.Show(t.Context(), link, bob).Standing.Votes; len(votes) != 1 {
			t.Errorf("%d votes", len(votes))
		}
	})
}

func TestACauseFits(t *testing.T) {
	t.Parallel()
	for name, approvals := range map[string]int{"one": 1, "ten": 10} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			asked := []string{"last"}
			for i := range 9 {
				asked = append(asked, fmt.Sprint("person ", i))
			}
			list, _ := json.Marshal(asked)
			link := r.ask(t, fmt.Sprintf(`,"approvals":%d,"approvers":%s`, approvals, list))
			comment := strings.Repeat(`"`, map[int]int{1: 16*1024 - 2, 10: 4*1024 - 2}[approvals]) + "é"
			for i := range approvals - 1 {
				told(t, r.Decide(t.Context(), link, known(fmt.Sprint("person ", i)), form("approve", comment)), approval.OutcomeVoted, 303)
			}
			told(t, r.Decide(t.Context(), link, known("last"), form("reject", comment)), approval.OutcomeAnswered, 303)
			for _, c := range r.tasks.taken {
				if len(c.Cause) > callback.MaxCauseBytes || len(c.Cause) < 30_000 {
					t.Errorf("the cause has %d bytes", len(c.Cause))
				}
			}
			said := r.taken()
			if own, _ := said["comment"].(string); said["decision"] != "reject" || approvals == 1 && !strings.HasSuffix(own, `"…`) || approvals > 1 && own != comment {
				t.Errorf("decision %v, comment ends with %q", said["decision"], own[max(0, len(own)-9):])
			}
			if all, _ := said["approvers"].([]any); approvals > 1 && len(all) != approvals-1 {
				t.Errorf("%d approvers", len(all))
			}
		})
	}
}
