package approval

import (
	"context"
	"time"
)

// Notice is what those who are asked are sent. It never holds the task token; the link is a secret as well, and stands in
// Link alone. All texts are the workflow's own and may hold anything: a channel quotes them for its format.
type Notice struct {
	RequestID   ID
	Link        string // URL of the page
	Title       string
	Description string
	Fields      []NoticeField
	Decisions   []NoticeDecision
	Requester   string // empty if the workflow does not say
	Approvers   []string
	// OnPage says that an answer takes a comment or a phrase, so that the page alone can take it.
	OnPage    bool
	ExpiresAt time.Time
	Locale    string // "en" or "de"
}

// NoticeField is one thing that is told of what is asked.
type NoticeField struct{ Label, Value string }

// NoticeDecision is one answer that is allowed.
type NoticeDecision struct{ Value, Label string }

// Channel hands notices over. An error means that nobody may have got it; it quotes neither link nor text.
type Channel interface {
	Deliver(ctx context.Context, n Notice) error
}
