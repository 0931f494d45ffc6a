package notice

import (
	"errors"
	"net/url"
	"strings"

	"callback-completer/internal/approval"
)

// bytesPerCharacter is the most that UTF-8 takes for one: what a request may hold always fits.
const bytesPerCharacter = 4

// message is a notice as people read it: in their language, with nothing hidden, and no longer than a request may be. Only
// Description and the values of Fields have more than one line. The members that a template reads are exported.
type message struct {
	texts

	ID          string
	Link        string
	Title       string
	Description string
	Fields      []approval.NoticeField
	Decisions   []approval.NoticeDecision // each with its label
	Requester   string
	Approvers   string // separated by commas
	Deadline    string // empty if there is none
	Shortened   bool   // not everything that is asked is in here
}

var errLink = errors.New("the notice has no address to open: it must be an absolute URL of http or https in ASCII")

// compose fails without a link that can be opened: a message without one would look delivered.
func compose(n *approval.Notice) (*message, error) {
	if !usable(n.Link) {
		return nil, errLink
	}
	words, err := readTexts(n.Locale)
	if err != nil {
		return nil, err
	}
	m := &message{texts: words, ID: string(n.RequestID), Link: n.Link}
	m.Title = m.line(n.Title, approval.MaxTitle)
	if m.Title == "" {
		m.Title = words.Heading
	}
	m.Description = m.lines(n.Description, approval.MaxDescription)
	for i, f := range n.Fields {
		if i == approval.MaxFields {
			m.Shortened = true
			break
		}
		m.Fields = append(m.Fields, approval.NoticeField{
			Label: m.line(f.Label, approval.MaxLabel), Value: m.lines(f.Value, approval.MaxValue),
		})
	}
	for _, d := range n.Decisions[:min(len(n.Decisions), approval.MaxDecisions)] {
		m.Decisions = append(m.Decisions, approval.NoticeDecision{
			Value: d.Value, Label: m.line(words.label(d), approval.MaxLabel),
		})
	}
	m.Requester = m.line(n.Requester, approval.MaxIdentity)
	var asked []string
	for _, a := range n.Approvers[:min(len(n.Approvers), approval.MaxApprovers)] {
		asked = append(asked, m.line(a, approval.MaxIdentity))
	}
	m.Approvers = strings.Join(asked, ", ")
	if !n.ExpiresAt.IsZero() {
		m.Deadline = words.date(n.ExpiresAt)
	}
	return m, nil
}

func (m *message) line(text string, characters int) string {
	return m.show(text, false, characters*bytesPerCharacter)
}

func (m *message) lines(text string, bytes int) string { return m.show(text, true, bytes) }

func (m *message) show(text string, lines bool, limit int) string {
	shown, left := approval.Visible(strings.TrimSpace(text), lines, limit)
	m.Shortened = m.Shortened || left
	return shown
}

// Answers returns the labels of the decisions, separated by commas.
func (m *message) Answers() string {
	labels := make([]string, len(m.Decisions))
	for i, d := range m.Decisions {
		labels[i] = d.Label
	}
	return strings.Join(labels, ", ")
}

// usable reports whether a link can be opened, and is as it stands free of what a format could take for its own.
func usable(link string) bool {
	unfit := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"<>\\^`{|}", r) }
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		!strings.ContainsFunc(link, unfit)
}
