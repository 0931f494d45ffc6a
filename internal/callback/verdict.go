package callback

import "errors"

// Verdict is what becomes of a callback. Each trigger has one small table from verdict to its own protocol.
type Verdict int

const (
	// Retry gives the payload back: throttled, unavailable, unknown or out of time. It is the zero Verdict:
	// what nobody decided is tried again.
	Retry Verdict = iota
	// Delivered means that Step Functions took it.
	Delivered
	// Duplicate means that the task is closed and this same result was seen to close it.
	Duplicate
	// Ignored means that there is nothing to deliver: a job still runs, a heartbeat came too late.
	Ignored
	// Unconfirmed means that the task is closed after an attempt of this call whose answer was lost: most likely
	// delivered, not certainly.
	Unconfirmed
	// Closed means that the task is closed and nothing is known of why.
	Closed
	// Rejected means that no further try can succeed.
	Rejected
)

// Verdicts lists every verdict, in the order in which the README and the metrics name them.
func Verdicts() []Verdict {
	return []Verdict{Delivered, Duplicate, Unconfirmed, Ignored, Closed, Rejected, Retry}
}

// String returns the word that logs and metrics use.
func (v Verdict) String() string {
	switch v {
	case Retry:
		return "retry"
	case Delivered:
		return "delivered"
	case Duplicate:
		return "duplicate"
	case Ignored:
		return "ignored"
	case Unconfirmed:
		return "unconfirmed"
	case Closed:
		return "closed"
	case Rejected:
		return "rejected"
	default:
		return "unknown"
	}
}

// DeadLettered reports whether the payload goes to the dead-letter queue.
func (v Verdict) DeadLettered() bool { return v == Unconfirmed || v == Closed || v == Rejected }

// outranks reports whether v decides over u where one payload gave several callbacks: what must be tried again
// comes before what must be looked at, and that before what is done.
func (v Verdict) outranks(u Verdict) bool { return v.rank() < u.rank() }

func (v Verdict) rank() int {
	for i, u := range []Verdict{Retry, Rejected, Closed, Unconfirmed, Delivered, Duplicate} {
		if u == v {
			return i
		}
	}
	return len(Verdicts())
}

// Evidence is what is known of earlier deliveries to a task.
type Evidence int

// What the ledger knows of a task. Only results that Step Functions was seen to take count.
const (
	NoEvidence      Evidence = iota // nothing delivered to this task, as far as we know
	SameResult                      // this same result was delivered
	DifferentResult                 // another result was delivered
)

// Decision is a verdict and its reason. Code and Message are empty where there is nothing to explain.
type Decision struct {
	Verdict Verdict
	Code    Code
	Message string
}

// Decide turns the end of one call into a verdict. err is what [Completer.Complete] returned; an error that is no
// *Error is tried again. A heartbeat is never given back: it carries no result that could be lost.
func Decide(o Outcome, err error, known Evidence) Decision {
	if err == nil {
		return Decision{Verdict: Delivered}
	}
	e := instruction(err)
	switch {
	case e.Kind == Permanent:
		return Decision{Rejected, e.Code, e.Message}
	case e.Kind == TaskClosed:
		return decideClosed(o, e, known)
	case o == Heartbeat:
		return Decision{Ignored, e.Code, "The heartbeat could not be sent; the next one takes its place."}
	default:
		return Decision{Retry, e.Code, e.Message}
	}
}

// instruction returns the *Error in err. What nobody marked is tried again.
func instruction(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Transient, Code: CodeUnknown, Message: "An unexpected error; it is tried again."}
}

func decideClosed(o Outcome, e *Error, known Evidence) Decision {
	switch {
	case o == Heartbeat:
		return Decision{Ignored, CodeHeartbeatObsolete, "The task of this heartbeat is closed; a heartbeat carries no result."}
	case known == SameResult:
		return Decision{Duplicate, CodeTaskTimedOut, "This same result was delivered before."}
	case known == DifferentResult:
		return Decision{Closed, CodeConflict, "Another result was delivered to this task before."}
	case e.AnswerLost:
		return Decision{
			Unconfirmed, CodeUnconfirmed,
			"Most likely delivered: the answer to an earlier attempt of this call was lost, and then the task was closed. " +
				"Look at the execution before you send this again.",
		}
	default:
		return Decision{
			Closed, CodeTaskTimedOut,
			"The task is closed: it timed out, was aborted or was answered by somebody else.",
		}
	}
}
