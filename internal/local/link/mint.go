package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

// Request is what is asked. Its members are those of docs/approvals.md, as far as they make sense on one machine; empty ones
// are left out.
type Request struct {
	Execution     string           `json:"-"` // ARN or name; empty: the only one that waits
	Title         string           `json:"title"`
	Description   string           `json:"description,omitempty"`
	Fields        []approval.Field `json:"fields,omitempty"`
	Approvers     []string         `json:"approvers,omitempty"`
	Requester     string           `json:"requester,omitempty"`
	Comment       string           `json:"comment,omitempty"`
	ConfirmPhrase string           `json:"confirmPhrase,omitempty"`
	RejectAs      string           `json:"rejectAs,omitempty"`
	Locale        string           `json:"locale,omitempty"`
	Expires       time.Duration    `json:"-"`
	Patience      time.Duration    `json:"-"` // an execution that was just started may take that long to wait for its task token
}

// Minted is a link to an execution that waits.
type Minted struct {
	Page      string // the address, link included: a secret
	Execution string // ARN
	ID        approval.ID
	ExpiresAt time.Time
	Before    bool // it was asked for before, by a function or here: what is asked is what was asked then
}

// Mint keeps a request for an execution that waits and returns the link to it, the one that it has already if it was asked
// before.
//
// The error says which executions wait if it is not clear which is meant, or is an [approval.RequestError].
func (d *Desk) Mint(ctx context.Context, r *Request) (Minted, error) {
	task, err := d.await(ctx, r.Execution, r.Patience)
	if err != nil {
		return Minted{}, err
	}
	asked, err := r.parse(task)
	if err != nil {
		return Minted{}, err
	}
	minted, err := d.service.Mint(ctx, asked)
	if err != nil {
		return Minted{}, err
	}
	if err := d.service.Delivered(ctx, minted.Link); err != nil { // whoever called has it now
		return Minted{}, err
	}
	return Minted{d.place.Pages + minted.Link.Expose(), task.Execution, minted.ID(), minted.Request.Expires, minted.Before}, nil
}

// parse makes a request of it by the rules that the function has.
func (r *Request) parse(task waiting) (approval.Request, error) {
	asked := *r
	if asked.Title == "" {
		asked.Title = "Decide how " + nameOf(task.Execution) + " goes on"
	}
	text, err := json.Marshal(struct {
		Request

		TaskToken string `json:"taskToken"`
		Execution string `json:"execution"`
		Expires   string `json:"expires"`
	}{asked, task.Token, task.Execution, time.Now().Add(r.Expires).UTC().Format(time.RFC3339Nano)})
	if err != nil {
		return approval.Request{}, fmt.Errorf("encode the request: %w", err)
	}
	return approval.ParseRequest(text, time.Now())
}

// notWaitingError says that nothing waits of what is meant.
type notWaitingError string

func (e notWaitingError) Error() string { return string(e) }

// await finds the execution that is meant as soon as it waits, or gives up after so long.
func (d *Desk) await(ctx context.Context, ref string, patience time.Duration) (waiting, error) {
	for until := time.Now().Add(patience); ; {
		task, err := d.find(ctx, ref)
		var notYet notWaitingError
		if !errors.As(err, &notYet) || time.Now().After(until) {
			return task, err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return waiting{}, context.Cause(ctx)
		}
	}
}

// find finds the execution that is meant among those that wait.
func (d *Desk) find(ctx context.Context, ref string) (waiting, error) {
	var all whatWaits
	if err := d.ask(ctx, "ListWaiting", &all); err != nil {
		return waiting{}, err
	}
	meant := slices.DeleteFunc(slices.Clone(all.Waiting), func(w waiting) bool {
		return ref != "" && ref != w.Execution && ref != nameOf(w.Execution)
	})
	switch {
	case len(meant) == 1:
		if _, err := callback.NewToken(meant[0].Token); err != nil {
			return waiting{}, fmt.Errorf("%s: %w", d.endpoint, ErrNotServe)
		}
		return meant[0], nil
	case len(all.Waiting) == 0:
		return waiting{}, notWaitingError("no execution waits for its task token")
	case len(meant) == 0:
		return waiting{}, notWaitingError(fmt.Sprintf("%q does not wait for its task token%s", ref, list(all.Waiting)))
	case ref == "":
		return waiting{}, fmt.Errorf("several executions wait, --execution says which is meant%s", list(all.Waiting))
	default:
		return waiting{}, fmt.Errorf("%q is the name of several executions, use the ARN of one%s", ref, list(meant))
	}
}

// list shows executions a line each.
func list(all []waiting) string {
	var b strings.Builder
	b.WriteString("; these wait:")
	for _, w := range all {
		fmt.Fprintf(&b, "\n    %s  %s since %s", w.Execution, w.Resource, w.Since.UTC().Format(time.RFC3339))
	}
	return b.String()
}

// nameOf is the name of an execution.
func nameOf(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }
