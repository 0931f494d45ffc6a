package link

import (
	"context"
	"errors"
	"path"
	"regexp"
	"time"

	"callback-completer/internal/approval"
)

// MaxList is how many requests List returns.
const MaxList = 1000

// List returns the open requests, the oldest first.
func (d *Desk) List(ctx context.Context) ([]approval.Description, error) {
	return d.service.Pending(ctx, MaxList)
}

// Revoke ends a request, which is given by its ID, its link or its address. The error is [approval.ErrNotFound],
// [approval.ErrNotOpen] or the store's.
func (d *Desk) Revoke(ctx context.Context, ref string) (approval.ID, error) {
	id, _, err := parse(ref)
	if err != nil {
		return "", err
	}
	return id, d.service.Revoke(ctx, id)
}

// Shown is what is known of a request. What the page shows is there for those who have its link; comments are on the page
// alone.
type Shown struct {
	approval.Description

	Content *Content `json:"content,omitempty"`
	Answer  *Answer  `json:"answer,omitempty"`
	Votes   int      `json:"votes,omitempty"` // approvals so far, where several are needed
}

// Content is what is asked.
type Content struct {
	Title       string            `json:"title"`
	Description string            `json:"description,omitempty"`
	Fields      []approval.Field  `json:"fields,omitempty"`
	Decisions   []approval.Option `json:"decisions"`
	Requester   string            `json:"requester,omitempty"`
	Approvers   []string          `json:"approvers,omitempty"`
	Approvals   int               `json:"approvals"`
}

// Answer is what was decided.
type Answer struct {
	Decision string    `json:"decision"`
	By       string    `json:"by,omitempty"` // empty if nobody knows
	Method   string    `json:"method"`
	Verified bool      `json:"verified"`
	At       time.Time `json:"at"`
	Certain  bool      `json:"certain"` // Step Functions confirmed it
}

// Show returns what is known of a request, which is given by its ID, its link or its address. The error is
// [approval.ErrNotFound] or the store's.
func (d *Desk) Show(ctx context.Context, ref string) (Shown, error) {
	id, link, err := parse(ref)
	if err != nil {
		return Shown{}, err
	}
	described, err := d.service.Describe(ctx, id)
	if err != nil {
		return Shown{}, err
	}
	s := Shown{Description: described}
	if link == "" {
		return s, nil
	}
	v := d.service.Show(ctx, link, approval.Actor{})
	switch v.Screen {
	case approval.ScreenMissing: // a record that the link does not open
		return Shown{}, approval.ErrNotFound
	case approval.ScreenUnavailable:
		return Shown{}, errors.New("the request cannot be read at the moment")
	case approval.ScreenRequest, approval.ScreenRefused, approval.ScreenAnswered, approval.ScreenEnded:
	}
	s.read(&v)
	return s, nil
}

// read takes over what a page shows. A request that is for others is not shown.
func (s *Shown) read(v *approval.View) {
	if v.Request == nil || v.Standing == nil {
		return
	}
	r, st := v.Request, v.Standing
	s.Stage, s.Votes = st.Stage, len(st.Votes)
	s.Content = &Content{r.Title, r.Description, r.Fields, r.Decisions, r.Requester, r.Approvers, r.Approvals}
	if a := st.Answer; a != nil {
		s.Answer = &Answer{a.Option.Value, a.By.ID, a.By.Method, a.By.Verified, a.At, st.Certain}
	}
}

var idPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// parse reads what a request is called. An ID could be read as a link; a link that could be read as an ID is drawn once in
// 2^64 times.
func parse(ref string) (id approval.ID, link string, err error) {
	if idPattern.MatchString(ref) {
		return approval.ID(ref), "", nil
	}
	link = path.Base(ref)
	parsed, err := approval.ParseLink(link)
	switch {
	case err != nil:
		return "", "", errors.New("a request is called by its id, its link or the address of its page; this is neither")
	case parsed.Sealed():
		return "", "", errors.New("this is a sealed link, of which nothing is kept")
	}
	return parsed.ID(), link, nil
}
