package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/local/link"
)

// linkMint prints the address alone to stdout, so that a shell can take it.
func linkMint(ctx context.Context, d *link.Desk, f *linkFlags, _ []string, stdout, stderr io.Writer) error {
	m, err := d.Mint(ctx, &f.mint)
	if err != nil {
		return err
	}
	if m.Before {
		_, _ = fmt.Fprintln(stderr, "People were asked before: this is the link they have, and what was asked stays.")
	}
	_, _ = fmt.Fprintf(stderr, "request %s of %s, until %s\n", m.ID, m.Execution, stamp(m.ExpiresAt))
	_, err = fmt.Fprintln(stdout, m.Page)
	return err
}

func linkList(ctx context.Context, d *link.Desk, f *linkFlags, _ []string, stdout, stderr io.Writer) error {
	all, err := d.List(ctx)
	if err != nil {
		return err
	}
	if len(all) == link.MaxList {
		_, _ = fmt.Fprintf(stderr, "callback link list: these are the first %d\n", link.MaxList)
	}
	if f.json {
		return printJSON(stdout, all)
	}
	if len(all) == 0 {
		_, err = fmt.Fprintln(stdout, "No request is open.")
		return err
	}
	const columns = "%-32s  %-20s  %-20s  %-8s  %s\n"
	_, _ = fmt.Fprintf(stdout, columns, "REQUEST", "CREATED", "EXPIRES", "STAGE", "EXECUTION")
	for _, r := range all {
		_, err = fmt.Fprintf(stdout, columns, r.ID, stamp(r.CreatedAt), stamp(r.ExpiresAt), r.Stage, shown(r.Execution))
	}
	return err
}

func linkShow(ctx context.Context, d *link.Desk, f *linkFlags, args []string, stdout, _ io.Writer) error {
	s, err := d.Show(ctx, args[0])
	if err != nil {
		return inWords(err)
	}
	if f.json {
		return printJSON(stdout, s)
	}
	p := facts{w: stdout}
	p.line("request", string(s.ID))
	p.line("stage", string(s.Stage))
	p.line("created", stamp(s.CreatedAt))
	p.line("delivered", stamp(s.DeliveredAt))
	p.line("expires", stamp(s.ExpiresAt))
	p.line("execution", s.Execution)
	if c := s.Content; c != nil {
		p.content(c, s.Votes)
	}
	if a := s.Answer; a != nil {
		p.answer(a)
	}
	return p.err
}

func linkRevoke(ctx context.Context, d *link.Desk, _ *linkFlags, args []string, stdout, _ io.Writer) error {
	id, err := d.Revoke(ctx, args[0])
	if err != nil {
		return inWords(err)
	}
	_, err = fmt.Fprintf(stdout, "%s is revoked: its page says so and takes no answer. The execution waits on.\n", id)
	return err
}

// inWords leaves out what was done, which the subcommand's name says.
func inWords(err error) error {
	for _, known := range []error{approval.ErrNotFound, approval.ErrNotOpen} {
		if errors.Is(err, known) {
			return known
		}
	}
	return err
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// facts prints a fact a line and keeps the last error.
type facts struct {
	w   io.Writer
	err error
}

// line prints a text of a workflow as it is safe to show. What is empty is left out.
func (p *facts) line(name, text string) {
	if text != "" {
		_, p.err = fmt.Fprintf(p.w, "%-11s  %s\n", name, shown(text))
	}
}

func (p *facts) content(c *link.Content, votes int) {
	p.line("title", c.Title)
	p.line("description", c.Description)
	for _, f := range c.Fields {
		p.line("field", f.Label+": "+f.Value)
	}
	p.line("asked by", c.Requester)
	p.line("asked of", strings.Join(c.Approvers, ", "))
	var decisions []string
	for _, o := range c.Decisions {
		decisions = append(decisions, o.Value)
	}
	p.line("decisions", strings.Join(decisions, ", "))
	if c.Approvals > 1 {
		p.line("approvals", fmt.Sprintf("%d of %d", votes, c.Approvals))
	}
}

func (p *facts) answer(a *link.Answer) {
	by, verified := a.By, "not verified"
	if by == "" {
		by = "somebody"
	}
	if a.Verified {
		verified = "verified"
	}
	p.line("answer", fmt.Sprintf("%s at %s by %s (%s, %s)", a.Decision, stamp(a.At), by, a.Method, verified))
	if !a.Certain {
		p.line("", "most likely: the task is closed, and its answer was lost")
	}
}

// shown is a text on one line with its hidden characters visible.
func shown(text string) string {
	visible, _ := approval.Visible(text, false, math.MaxInt)
	return visible
}

// stamp is a time in UTC, empty if there is none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
