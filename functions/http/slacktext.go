package main

import (
	"callback-completer/internal/approval"
	"callback-completer/internal/notice"
)

// whispered returns what only the person hears who pressed a button; silence if the message itself says what became of the
// press.
func whispered(v approval.View, by approval.Actor) notice.Whisper {
	switch v.Outcome {
	case approval.OutcomeAnswered, approval.OutcomeProbable:
		return notice.Silence
	case approval.OutcomeLate:
		if a := late(v); a != nil && a.By.ID == by.ID && a.By.Method == by.Method {
			return notice.Silence // he pressed twice
		}
		return notice.WhisperLate
	case approval.OutcomeVoted:
		return notice.WhisperKept
	case approval.OutcomeRefused:
		return forbidden(v.Reason)
	case approval.OutcomeInvalid:
		return notice.WhisperPage
	case approval.OutcomeMissing:
		return notice.WhisperMissing
	case approval.OutcomeRetry:
		return notice.WhisperAgain
	case approval.OutcomeFailed:
		return notice.WhisperFailed
	default:
		return notice.Silence
	}
}

func forbidden(why approval.Reason) notice.Whisper {
	switch why {
	case approval.OwnRequest:
		return notice.WhisperOwn
	case approval.VotedAlready:
		return notice.WhisperVoted
	default:
		return notice.WhisperNotAsked
	}
}

// late returns the answer that was there before, nil if none is known.
func late(v approval.View) *approval.Answer {
	if v.Standing == nil {
		return nil
	}
	return v.Standing.Answer
}
