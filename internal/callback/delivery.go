package callback

import (
	"context"
	"time"
)

// Delivery is one payload as a trigger handed it over.
type Delivery struct {
	Trigger    string               // "sqs", "eventbridge", "http" or "webhook"
	SourceID   string               // the trigger's own id: of the message, event, request or webhook
	RequestID  string               // of the invocation
	Payload    string               // byte for byte
	Meta       Meta                 // nil: nothing is known
	Attributes map[string]Attribute // the SQS message's own, kept on its dead letter
	GroupID    string               // the FIFO message group; empty where there is no order to keep
	SentAt     time.Time            // when the payload came to be; zero if unknown
	// Answered means that somebody waits for the verdict and can act on it: only what he cannot decide either,
	// an unconfirmed delivery, is dead-lettered.
	Answered bool
	// Deferred means that nobody keeps the payload for another try: callbacks to be tried again go to the callback
	// queue, where there is one.
	Deferred bool
}

// Mapped is what the mappings made of a payload: no callback means that there is nothing to complete yet.
type Mapped struct {
	Mapping   string // the name of the one that took it
	Envelopes []string
	Callbacks []Callback
}

// Mapper turns a payload into callbacks. An error that is an *Error of Kind Permanent refuses the payload, every
// other one makes it a retry; Mapping is then the name of the mapping that failed, if one did. meta may be nil.
type Mapper interface {
	Map(ctx context.Context, payload string, meta Meta) (Mapped, error)
}

// Completer completes waiting tasks. It returns nil if Step Functions took the callback, and an *Error otherwise.
// It must not retry past the end of ctx.
type Completer interface {
	Complete(ctx context.Context, c Callback) error
}

// DeadLetters takes what cannot be delivered.
type DeadLetters interface {
	// Send returns one error for each letter, nil where the queue took it.
	Send(ctx context.Context, letters []DeadLetter) []error
}

// Queue is the callback queue, on which callbacks wait for another try.
type Queue interface {
	// Put sends a callback in canonical form. Callbacks with the same task, which is an opaque text of up to 64
	// hexadecimal digits, keep their order where the queue has one. The body holds a task token: an error must not
	// quote it.
	Put(ctx context.Context, body, task string) error
}

// DeadLetter is a payload that cannot be delivered, as it came, with its reason.
type DeadLetter struct {
	Delivery    Delivery
	Decision    Decision
	Mapping     string
	Fingerprint string // of the task token, if one was found
	FailedAt    time.Time
}

// Report is what became of a delivery.
type Report struct {
	Decision
	Mapping     string
	Envelopes   []string
	Fingerprint string // of the token of the callback that decided
	Callbacks   int
	Cuts        []Cut
	Failure     *Error        // how the deciding call ended; nil if it was taken or there was none
	Latency     time.Duration // from SentAt to the verdict; 0 if SentAt is unknown
	FailedAt    time.Time     // when a dead letter's verdict was reached
	// Queued means that every callback to be tried again is on the callback queue. The verdict is Retry then, or that
	// of another callback of the payload which is to be dead-lettered.
	Queued bool

	postponed *postponed
}

// Unsettled reports whether [Service.Settle] has something to do.
func (r *Report) Unsettled() bool { return r.Verdict.DeadLettered() || r.postponed != nil }
