//go:build browser

package browsertest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/local"
)

// noon is what the clock says on pages that are rendered here.
func noon() time.Time { return time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC) }

// release is a request as they are.
func release() *approval.Request {
	return &approval.Request{
		Title: "Deploy version 2.14.0 to production",
		Description: "Rolls out to all regions, Frankfurt first. The database is migrated, which takes about ten minutes; orders are taken " +
			"meanwhile.\n\nRolling back needs the backup of last night.",
		Fields: []approval.Field{
			{Label: "Service", Value: "checkout"},
			{Label: "Version", Value: "2.14.0, built from 9f3c1e7"},
			{Label: "Changes", Value: "Pay by invoice\nNew address form\n12 fixes"},
			{Label: "Tests", Value: "1,482 passed, 0 failed"},
		},
		Decisions: []approval.Option{{Value: approval.Approve}, {Value: approval.Reject, Rejects: true}},
		Approvers: []string{"bob@example.com", "eve@example.com"}, Requester: "carol@example.com",
		Expires: noon().Add(5*time.Hour + 30*time.Minute), Comment: approval.CommentRequiredOnReject, RejectAs: approval.RejectAsFailure,
		Approvals: 1, Identity: approval.ByLink,
		Execution: "arn:aws:states:eu-central-1:123456789012:execution:release-checkout:7c1d",
	}
}

// changed is the request with a change.
func changed(change func(*approval.Request)) *approval.Request {
	r := release()
	change(r)
	return r
}

// crowded is a request that fills every limit, with words that no line is long enough for and letters of all kinds.
func crowded() *approval.Request {
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaft", 6)
	return changed(func(r *approval.Request) {
		r.Title = long[:approval.MaxTitle]
		r.Description = strings.Repeat(long[:100]+" and then some words that are short. ", approval.MaxDescription/138)
		r.Fields = nil
		for range approval.MaxFields {
			r.Fields = append(r.Fields, approval.Field{Label: long[:approval.MaxLabel], Value: "https://example.com/" + strings.Repeat("a", 300)})
		}
		r.Fields[0].Value = strings.Repeat("e\u0301\u0301\u0301", 30) + strings.Repeat("\u202e", 40) + strings.Repeat("日本語", 60)
		r.Decisions = []approval.Option{{Value: approval.Approve, Label: long[:approval.MaxLabel]}, {Value: approval.Reject, Rejects: true}}
		r.Approvers, r.Requester, r.ConfirmPhrase = []string{long + "@example.com"}, long, long[:approval.MaxConfirmPhrase]
		r.Execution = "arn:aws:states:eu-central-1:123456789012:execution:" + long[:80] + ":7c1d"
	})
}

func answer(decision, comment string, by approval.Approver) approval.Answer {
	option, _ := release().Option(decision)
	return approval.Answer{Option: option, Comment: approval.NewComment(comment), By: by, At: noon().Add(-20 * time.Minute)}
}

// states are what the page can show, at noon.
func states() map[string]approval.View {
	bob := approval.Approver{ID: "bob@example.com", Method: "jwt", Verified: true}
	eve := approval.Approver{ID: "eve@example.com", Method: "slack", Verified: true}
	holder := approval.Approver{Method: approval.MethodLink}
	approved, rejected := answer(approval.Approve, "Good to go.", bob), answer(approval.Reject, "Not on a Friday.\nAsk me on Monday.", holder)
	form := func(r *approval.Request, problems ...approval.Problem) approval.View {
		return approval.View{
			Screen: approval.ScreenRequest, Status: http.StatusOK, Request: r, Problems: problems,
			Standing: &approval.Standing{Stage: approval.StageOpen},
		}
	}
	stands := func(screen approval.Screen, s approval.Standing) approval.View {
		return approval.View{Screen: screen, Status: http.StatusOK, Request: release(), Standing: &s}
	}
	guarded := changed(func(r *approval.Request) { r.ConfirmPhrase = "deploy 2.14.0" })
	shared := changed(func(r *approval.Request) { r.Approvals, r.Identity = 2, approval.ByVerified })
	all := map[string]approval.View{
		"request": form(release()),
		"bare": form(&approval.Request{
			Title: "Go on?", Decisions: release().Decisions, Expires: noon().Add(time.Minute), Comment: approval.CommentOptional, Approvals: 1,
		}),
		"decisions": form(changed(func(r *approval.Request) {
			r.Comment, r.RejectAs = approval.CommentNone, approval.RejectAsSuccess
			r.Decisions = []approval.Option{
				{Value: "all", Label: "All regions"},
				{Value: "some", Label: "Frankfurt only"},
				{Value: "later", Label: "Ask me tomorrow"},
				{Value: "no", Label: "Never", Rejects: true},
				{Value: "legal", Label: "Ask legal", Rejects: true},
				{Value: "x", Label: "None of these", Rejects: true},
			}
		})),
		"crowded":           form(crowded()),
		"phrase":            form(guarded),
		"problems":          form(guarded, approval.ProblemCommentOnReject, approval.ProblemPhraseDifferent),
		"no decision":       form(release(), approval.ProblemDecision),
		"comment too long":  form(release(), approval.ProblemCommentTooLong),
		"comment lost":      form(release(), approval.ProblemCommentLost),
		"unreachable":       form(release(), approval.ProblemUnavailable),
		"refused by AWS":    form(release(), approval.ProblemCannotBeAnswered),
		"too many attempts": form(release(), approval.ProblemTooManyAttempts),
		"unconfirmed":       stands(approval.ScreenRequest, approval.Standing{Stage: approval.StageOpen, Unconfirmed: []approval.Answer{approved}}),
		"answered":          stands(approval.ScreenAnswered, approval.Standing{Stage: approval.StageAnswered, Answer: &rejected, Certain: true}),
		"answered by votes": stands(approval.ScreenAnswered, approval.Standing{
			Stage: approval.StageAnswered, Answer: &approved, Certain: true, Votes: []approval.Answer{answer(approval.Approve, "", eve)},
		}),
		"probable":            stands(approval.ScreenAnswered, approval.Standing{Stage: approval.StageAnswered, Answer: &rejected}),
		"expired":             stands(approval.ScreenEnded, approval.Standing{Stage: approval.StageExpired}),
		"expired unconfirmed": stands(approval.ScreenEnded, approval.Standing{Stage: approval.StageExpired, Unconfirmed: []approval.Answer{approved, rejected}}),
		"closed":              stands(approval.ScreenEnded, approval.Standing{Stage: approval.StageClosed}),
		"revoked":             stands(approval.ScreenEnded, approval.Standing{Stage: approval.StageRevoked}),
		"not asked":           {Screen: approval.ScreenRefused, Status: http.StatusForbidden, Reason: approval.NotAsked, Asked: release().Approvers},
		"identity needed":     {Screen: approval.ScreenRefused, Status: http.StatusForbidden, Reason: approval.IdentityNeeded, Asked: release().Approvers},
		"login refused":       {Screen: approval.ScreenRefused, Status: http.StatusForbidden, Reason: approval.LoginRefused},
		"missing":             {Screen: approval.ScreenMissing, Status: http.StatusNotFound},
		"unavailable":         {Screen: approval.ScreenUnavailable, Status: http.StatusServiceUnavailable, Kept: approval.Submission{Comment: approval.NewComment("keep this")}},
	}
	votes, voted, own := form(shared), form(shared), form(shared)
	votes.Standing = &approval.Standing{Stage: approval.StageOpen, Votes: []approval.Answer{approved}}
	voted.Standing, voted.Reason = votes.Standing, approval.VotedAlready
	own.Reason = approval.OwnRequest
	all["votes"], all["voted"], all["own request"] = votes, voted, own
	for name, v := range all {
		v.Now = noon()
		all[name] = v
	}
	return all
}

// gallery serves the states as functions/http serves the page, at their names.
func gallery(t *testing.T) *local.Server {
	t.Helper()
	pages, err := approval.NewPages()
	if err != nil {
		t.Fatal(err)
	}
	all := states()
	s, err := local.Serve("", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, there := all[strings.TrimPrefix(r.URL.Path, "/")]
		if !there {
			http.NotFound(w, r)
			return
		}
		for name, values := range approval.Headers() {
			w.Header()[name] = values
		}
		w.WriteHeader(v.Status)
		if err := pages.Render(w, v, approval.Negotiate(r.Header.Get("Accept-Language"))); err != nil {
			t.Error(err)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
