package approval

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"callback-completer/internal/callback"
)

// The limits of a request. Characters are Unicode code points, KB are 1,024 bytes of UTF-8.
const (
	MaxTitle         = 200       // characters
	MaxDescription   = 10 * 1024 // bytes
	MaxFields        = 30
	MaxLabel         = 80       // characters, of fields and decisions
	MaxValue         = 2 * 1024 // bytes, of a field
	MaxDecisions     = 6
	MaxApprovers     = 50
	MaxIdentity      = 256 // characters, of an approver or the requester
	MaxConfirmPhrase = 80  // characters
	MaxApprovals     = 10
	MaxLifetime      = 365 * 24 * time.Hour // as long as a standard workflow runs
	MaxRequestBytes  = 128 * 1024           // as it is stored, so that a record stays below the 400 KB of an item of DynamoDB
)

// Request is what a workflow asks of people.
type Request struct {
	Token       callback.Token `json:"-"` // what the answer completes
	Title       string         `json:"title"`
	Description string         `json:"description,omitempty"`
	Fields      []Field        `json:"fields,omitempty"`
	Decisions   []Option       `json:"decisions,omitempty"`
	// Approvers are the identities that are asked; empty if it is whoever holds the link.
	Approvers []string `json:"approvers,omitempty"`
	Requester string   `json:"requester,omitempty"`
	// Expires is when the link ends, to the millisecond. The state's own timeout should not come before.
	Expires       time.Time   `json:"expires"`
	Comment       CommentRule `json:"comment,omitempty"`
	ConfirmPhrase string      `json:"confirmPhrase,omitempty"` // to be typed before any decision
	RejectAs      RejectAs    `json:"rejectAs,omitempty"`
	// Approvals is how many different people must approve, 1 or more. One of them can reject.
	Approvals      int      `json:"approvals,omitempty"`
	Identity       Identity `json:"identity,omitempty"`
	NoSelfApproval bool     `json:"noSelfApproval,omitempty"`
	Locale         Locale   `json:"locale,omitempty"`    // empty: as the browser asks
	Execution      string   `json:"execution,omitempty"` // ARN of the execution that asks
	// Delivery says how the link is handed over. It is for whoever does that, and is not kept.
	Delivery json.RawMessage `json:"-"`
}

// Field is one thing to know before deciding.
type Field struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Option is one possible decision.
type Option struct {
	Value string `json:"value"` // a small letter, then at most 31 of small letters, digits and hyphens
	// Label is on the button. Empty only for the values "approve" and "reject", which each language has a word for.
	Label   string `json:"label,omitempty"`
	Rejects bool   `json:"rejects,omitempty"`
}

// CommentRule says whether a comment is wanted.
type CommentRule string

// The rules for comments; CommentOptional unless the request says another.
const (
	CommentNone             CommentRule = "none"
	CommentOptional         CommentRule = "optional"
	CommentRequiredOnReject CommentRule = "required-on-reject"
	CommentRequired         CommentRule = "required"
)

// RejectAs says what the workflow sees of a rejection.
type RejectAs string

// A rejection fails the state, which a workflow cannot overlook, unless the request says that it succeeds.
const (
	RejectAsFailure RejectAs = "failure"
	RejectAsSuccess RejectAs = "success"
)

// Identity says what a person must show beside the link.
type Identity string

// With ByLink the link is enough, and nobody knows who really holds it. ByVerified demands an identity that was
// verified. Several approvals and the ban on approving one's own request cannot do without and imply it.
const (
	ByLink     Identity = "link"
	ByVerified Identity = "verified"
)

// The values of the decisions that a request allows unless it names its own.
const (
	Approve = "approve"
	Reject  = "reject"
)

// Option returns the decision of this value, if the request allows it.
func (r *Request) Option(value string) (Option, bool) {
	for _, o := range r.Decisions {
		if o.Value == value {
			return o, true
		}
	}
	return Option{}, false
}

// Workflow returns the name of the state machine that asks, or nothing if the request does not tell.
func (r *Request) Workflow() string {
	parts := strings.Split(r.Execution, ":")
	if len(parts) < executionParts {
		return ""
	}
	return parts[executionParts-2]
}

// MaxComment returns how long a comment may be, in bytes. Where several approve, all their comments are kept together.
func (r *Request) MaxComment() int {
	if r.Approvals > 1 {
		return 4 * 1024
	}
	return 16 * 1024
}

const redactedRequest = "[approval request]"

// Format writes a fixed text, whatever the verb: what is asked is not for logs.
func (Request) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redactedRequest) }

// LogValue returns a fixed text.
func (Request) LogValue() slog.Value { return slog.StringValue(redactedRequest) }
