package callback

// Kind is the instruction that an error carries.
type Kind int

const (
	// Transient is worth another try. It is the zero Kind: what nobody marked is tried again.
	Transient Kind = iota
	// Permanent fails the same way however often it is tried.
	Permanent
	// TaskClosed means that the task takes no answer any more: answered, timed out or aborted.
	TaskClosed
)

// Error is why a callback was not delivered. Code and Message are fixed: they hold nothing of the payload and can
// go to logs and dead letters.
type Error struct {
	Kind    Kind
	Code    Code
	Message string
	// AnswerLost says that an earlier attempt of the same call was sent but its answer never read, or was a
	// server error: the attempt may have been carried out.
	AnswerLost bool
	// Detail is the SDK's own text, for the log; empty where it might quote the payload.
	Detail string
	// RequestID is the AWS request id of the last answer, if there was one.
	RequestID string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Reject returns a Permanent error.
func Reject(code Code, message string) *Error {
	return &Error{Kind: Permanent, Code: code, Message: message}
}
