package notice

import (
	"errors"
	"net/url"
	"path"

	"callback-completer/internal/approval"
)

// What a pressed button is known by. An action that is SlackActionOpen only opened the page; Slack tells of it, and nothing is to
// be done. Otherwise the rest of the action_id after SlackActionPrefix is the decision, and the action's value the link.
const (
	SlackActionPrefix = "callback-completer:"
	SlackActionOpen   = "callback-completer.open"
)

// storedLink is the length of a link that a button may carry. Sealed links are longer.
const storedLink = 32

var errLongLink = errors.New("the link is too long for a button of Slack")

// slackMessage is what a webhook takes. Text is what notifications show.
type slackMessage struct {
	Text            string       `json:"text"`
	Blocks          []slackBlock `json:"blocks"`
	UnfurlLinks     bool         `json:"unfurl_links"`
	UnfurlMedia     bool         `json:"unfurl_media"`
	ReplaceOriginal bool         `json:"replace_original,omitempty"`
}

func slackNotice(n *approval.Notice, buttons bool) ([]byte, error) {
	m, err := compose(n)
	if err != nil {
		return nil, err
	}
	if len(m.Link) > maxSlackURL {
		return nil, errLongLink
	}
	title := plain(m.Title, maxSlackHeader).Text
	message := slackMessage{Text: m.Heading + ": " + escape(title), Blocks: []slackBlock{slackHeader(m.Title)}}
	if m.Description != "" {
		message.Blocks = append(message.Blocks, slackSection(m.Description))
	}
	message.Blocks = append(message.Blocks, slackFacts(m.slackFields())...)
	m.Shortened = m.Shortened || tooLong(m.Title, maxSlackHeader) || tooLong(m.Description, maxSlackSection)
	link, stored := m.capability()
	buttons = buttons && stored && !m.Shortened && !n.OnPage
	notes := []string{m.Care}
	if m.Shortened {
		notes = append(notes, m.Partly)
	}
	if buttons {
		notes = append(notes, m.Comment)
	}
	var facts []string
	for _, f := range m.Facts() {
		facts = append(facts, f.Label+": "+f.Value)
	}
	if len(facts) > 0 {
		message.Blocks = append(message.Blocks, slackContext(facts...))
	}
	message.Blocks = append(message.Blocks, slackContext(notes...), m.slackActions(link, buttons))
	return encode(message)
}

func tooLong(text string, limit int) bool { return width(text) > limit }

// slackFields returns the fields, as many as there is room for.
func (m *message) slackFields() []slackText {
	var texts []slackText
	room := maxSlackText - maxSlackSection - maxSlackHeader
	for _, f := range m.Fields {
		whole := f.Label + ":\n" + f.Value
		limit := min(maxSlackField, room)
		if tooLong(whole, limit) {
			m.Shortened = true
		}
		if limit < leastTitle {
			break
		}
		t := plain(whole, limit)
		texts, room = append(texts, t), room-width(t.Text)
	}
	return texts
}

// capability returns the link without the address of its page, if it is a stored one.
func (m *message) capability() (string, bool) {
	u, err := url.Parse(m.Link)
	if err != nil {
		return "", false
	}
	link, err := approval.ParseLink(path.Base(u.Path))
	if err != nil || link.Sealed() || len(link.Expose()) != storedLink {
		return "", false
	}
	return link.Expose(), true
}

// slackActions returns the buttons. They look alike: nobody is led to one of them.
func (m *message) slackActions(link string, decisions bool) slackBlock {
	b := slackBlock{Type: "actions"}
	if decisions {
		for _, d := range m.Decisions {
			b.Elements = append(b.Elements, slackButton{
				Type: "button", ActionID: SlackActionPrefix + d.Value, Value: link, Text: plain(d.Label, maxSlackButton),
				Confirm: &slackConfirm{
					Title: plain(m.Sure, maxSlackConfirmTitle), Text: plain(d.Label+"\n"+m.Final, maxSlackConfirmText),
					Confirm: plain(d.Label, maxSlackConfirmLabel), Deny: plain(m.Back, maxSlackConfirmLabel),
				},
			})
		}
	}
	b.Elements = append(b.Elements, slackButton{
		Type: "button", ActionID: SlackActionOpen, URL: m.Link, Text: plain(m.Open, maxSlackButton),
	})
	return b
}
