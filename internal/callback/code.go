package callback

// Code is the stable name of a reason, as ErrorCode of a dead letter and in logs. Names that Step Functions
// itself uses are kept. The README lists them all; a code is never renamed.
type Code string

// Reasons of our own for refusing a payload.
const (
	CodeNoMapping        Code = "NoMapping"        // no mapping takes the payload
	CodeMappingFailed    Code = "MappingFailed"    // the jq program ended in an error
	CodeMappingTimeout   Code = "MappingTimeout"   // the jq program took too long
	CodeTooManyCallbacks Code = "TooManyCallbacks" // more than 100 results
	CodeInvalidPayload   Code = "InvalidPayload"   // not UTF-8, or nested too deep
	CodeInvalidCallback  Code = "InvalidCallback"  // not the canonical form
	CodeInvalidTaskToken Code = "InvalidTaskToken" // no token, or one that cannot be one
	CodeOutputTooLarge   Code = "OutputTooLarge"   // more than 262,144 bytes
)

// Permanent answers of Step Functions, under its own names.
const (
	CodeInvalidToken      Code = "InvalidToken"
	CodeInvalidOutput     Code = "InvalidOutput"
	CodeTaskDoesNotExist  Code = "TaskDoesNotExist"
	CodeValidation        Code = "ValidationException"
	CodeTaskTimedOut      Code = "TaskTimedOut" // closed, and nobody knows by whom
	CodeConflict          Code = "Conflict"     // closed by us, with another result
	CodeUnconfirmed       Code = "Unconfirmed"  // closed, most likely by this very call
	CodeHeartbeatObsolete Code = "HeartbeatObsolete"
)

// Reasons for another try that are not an AWS error code.
const (
	CodeOutOfTime         Code = "OutOfTime"         // the invocation ends
	CodeGroupBlocked      Code = "GroupBlocked"      // an earlier message of the FIFO group must go first
	CodeDeadLetterRefused Code = "DeadLetterRefused" // the dead-letter queue did not take it
	CodePanic             Code = "Panic"             // a bug of ours or of a mapping, contained
	CodeLedgerUnavailable Code = "LedgerUnavailable"
	CodeNetwork           Code = "NetworkError"
	CodeUnknown           Code = "UnknownError"
)
