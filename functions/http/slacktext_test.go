package main

import (
	"testing"

	"callback-completer/internal/approval"
	"callback-completer/internal/notice"
)

// TestWhispers: what end-to-end tests do not hear, and that every outcome without an update of the message has words in each
// language.
func TestWhispers(t *testing.T) {
	t.Parallel()
	by := approval.Actor{ID: "U1A", Method: "slack"}
	say := func(v approval.View, locale approval.Locale) string {
		w := whispered(v, by)
		if w == notice.Silence {
			return ""
		}
		text, err := w.Text(string(locale))
		if err != nil {
			t.Error(err)
		}
		return text
	}
	tests := []struct {
		outcome       approval.Outcome
		reason        approval.Reason
		english, also string
	}{
		{approval.OutcomeAnswered, "", "", ""},
		{approval.OutcomeProbable, "", "", ""},
		{approval.OutcomeLate, "", "Too late: this request is not open any more.", "Zu spät: Diese Anfrage ist nicht mehr offen."},
		{
			approval.OutcomeVoted, "",
			"Your approval is kept. Others must approve as well.", "Ihre Genehmigung ist festgehalten. Auch andere müssen genehmigen.",
		},
		{
			approval.OutcomeRefused, approval.VotedAlready,
			"You have approved already. Others must approve as well.", "Sie haben bereits genehmigt. Auch andere müssen genehmigen.",
		},
		{
			approval.OutcomeRefused, approval.OwnRequest,
			"You asked for this yourself, so somebody else must decide.", "Sie haben selbst darum gebeten, also muss jemand anders entscheiden.",
		},
		{
			approval.OutcomeRefused, approval.NotAsked,
			"You may not decide on this: somebody else is asked.", "Sie dürfen das nicht entscheiden: Jemand anders ist gefragt.",
		},
		{
			approval.OutcomeInvalid, "",
			"This request needs more than a button. Open the page to answer.",
			"Diese Anfrage braucht mehr als einen Knopf. Öffnen Sie die Seite, um zu antworten.",
		},
		{approval.OutcomeMissing, "", "There is no such request.", "Diese Anfrage gibt es nicht."},
		{
			approval.OutcomeRetry, "",
			"Your answer may not have arrived. Try again in a moment; pressing twice does no harm.",
			"Ihre Antwort ist vielleicht nicht angekommen. Versuchen Sie es gleich noch einmal; doppelt zu drücken schadet nicht.",
		},
		{
			approval.OutcomeFailed, "",
			"The workflow refuses answers to this request. Trying again will not help: tell whoever asked you.",
			"Der Workflow nimmt auf diese Anfrage keine Antwort an. Ein weiterer Versuch hilft nicht: Wenden Sie sich an den, der Sie gefragt hat.",
		},
	}
	for _, tt := range tests {
		v := approval.View{Outcome: tt.outcome, Reason: tt.reason}
		if got := say(v, ""); got != tt.english {
			t.Errorf("%s %s: %q, want %q", tt.outcome, tt.reason, got, tt.english)
		}
		if got := say(v, approval.German); got != tt.also {
			t.Errorf("%s %s in German: %q, want %q", tt.outcome, tt.reason, got, tt.also)
		}
	}
}
