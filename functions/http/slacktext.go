package main

import "callback-completer/internal/approval"

// whispered returns what only the person hears who pressed a button, in the language of the request; nothing if the message
// itself says what became of the press.
func whispered(v approval.View, by approval.Actor) string {
	say := func(english, german string) string {
		if v.Request != nil && v.Request.Locale == approval.German {
			return german
		}
		return english
	}
	switch v.Outcome {
	case approval.OutcomeAnswered, approval.OutcomeProbable:
		return ""
	case approval.OutcomeLate:
		if a := late(v); a != nil && a.By.ID == by.ID && a.By.Method == by.Method {
			return "" // he pressed twice
		}
		return say("Too late: this request is not open any more.", "Zu spät: Diese Anfrage ist nicht mehr offen.")
	case approval.OutcomeVoted:
		return say("Your approval is kept. Others must approve as well.",
			"Ihre Genehmigung ist festgehalten. Auch andere müssen genehmigen.")
	case approval.OutcomeRefused:
		return forbidden(v.Reason, say)
	case approval.OutcomeInvalid:
		return say("This request needs more than a button. Open the page to answer.",
			"Diese Anfrage braucht mehr als einen Knopf. Öffnen Sie die Seite, um zu antworten.")
	case approval.OutcomeMissing:
		return say("There is no such request.", "Diese Anfrage gibt es nicht.")
	case approval.OutcomeRetry:
		return say("Your answer may not have arrived. Try again in a moment; pressing twice does no harm.",
			"Ihre Antwort ist vielleicht nicht angekommen. Versuchen Sie es gleich noch einmal; doppelt zu drücken schadet nicht.")
	case approval.OutcomeFailed:
		return say("The workflow refuses answers to this request. Trying again will not help: tell whoever asked you.",
			"Der Workflow nimmt auf diese Anfrage keine Antwort an. Ein weiterer Versuch hilft nicht: Wenden Sie sich an den, der Sie gefragt hat.")
	default:
		return ""
	}
}

func forbidden(why approval.Reason, say func(english, german string) string) string {
	switch why {
	case approval.OwnRequest:
		return say("You asked for this yourself, so somebody else must decide.",
			"Sie haben selbst darum gebeten, also muss jemand anders entscheiden.")
	case approval.VotedAlready:
		return say("You have approved already. Others must approve as well.",
			"Sie haben bereits genehmigt. Auch andere müssen genehmigen.")
	default:
		return say("You may not decide on this: somebody else is asked.", "Sie dürfen das nicht entscheiden: Jemand anders ist gefragt.")
	}
}

// late returns the answer that was there before, nil if none is known.
func late(v approval.View) *approval.Answer {
	if v.Standing == nil {
		return nil
	}
	return v.Standing.Answer
}
