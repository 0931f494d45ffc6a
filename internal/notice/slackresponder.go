package notice

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"callback-completer/internal/approval"
)

// SlackResponder answers people who pressed a button, at the response_url that Slack sent with it. Slack takes five answers
// there within thirty minutes. The address is from outside and a secret: it is posted to only if it is Slack's, and never
// quoted. It is safe for concurrent use.
type SlackResponder struct{ poster poster }

// NewSlackResponder uses the client's transport and timeout.
func NewSlackResponder(client *http.Client) *SlackResponder {
	return &SlackResponder{newPoster(client)}
}

// Closing is what a message says once its request is not open any more.
type Closing struct {
	Title    string // of the request
	Decision string // value or label of the decision; empty if the request ended without one, or with one that is not known
	By       string // who decided: the id of a user of Slack, U0123ABCD, or a name; may be empty
	At       time.Time
	Locale   string // "en" or "de"
}

// Update takes the place of the message whose button was pressed: without buttons, and with what became of the request.
func (r *SlackResponder) Update(ctx context.Context, responseURL string, c Closing) error {
	body, err := slackClosing(&c)
	if err == nil {
		err = r.post(ctx, responseURL, body)
	}
	if err != nil {
		return fmt.Errorf("update the Slack message: %w", err)
	}
	return nil
}

// Whisper shows a text, at most 3,000 characters of it, to the person who pressed and nobody else. The message stays.
func (r *SlackResponder) Whisper(ctx context.Context, responseURL, text string) error {
	shown, _ := approval.Visible(text, true, maxSlackSection*bytesPerCharacter)
	section := slackSection(shown)
	body, err := encode(struct {
		slackMessage

		ResponseType    string `json:"response_type"`
		ReplaceOriginal bool   `json:"replace_original"`
	}{slackMessage{Text: escape(section.Text.Text), Blocks: []slackBlock{section}}, "ephemeral", false})
	if err == nil {
		err = r.post(ctx, responseURL, body)
	}
	if err != nil {
		return fmt.Errorf("answer in Slack: %w", err)
	}
	return nil
}

func (r *SlackResponder) post(ctx context.Context, responseURL string, body []byte) error {
	address, err := slackAddress(responseURL)
	if err != nil {
		return fmt.Errorf("the response_url %w", err)
	}
	return r.poster.post(ctx, address, body)
}

func slackClosing(c *Closing) ([]byte, error) {
	words, err := readTexts(c.Locale)
	if err != nil {
		return nil, err
	}
	m := &message{texts: words}
	title := m.line(c.Title, approval.MaxTitle)
	if strings.TrimSpace(title) == "" {
		title = words.Heading
	}
	message := slackMessage{ReplaceOriginal: true, Blocks: []slackBlock{slackHeader(title)}}
	if c.Decision == "" {
		message.Text = words.Closed
		message.Blocks = append(message.Blocks, slackSection(words.Closed))
		return encode(message)
	}
	message.Text = words.Answered + ": " + escape(plain(title, maxSlackHeader).Text)
	label := m.line(words.label(approval.NoticeDecision{Value: c.Decision}), approval.MaxLabel)
	facts := []slackText{plain(words.Decision+":\n"+label, maxSlackField)}
	if c.By != "" {
		facts = append(facts, m.person(c.By))
	}
	if !c.At.IsZero() {
		facts = append(facts, plain(words.At+":\n"+words.date(c.At), maxSlackField))
	}
	message.Blocks = append(message.Blocks, slackSection(words.Answered+"."))
	message.Blocks = append(message.Blocks, slackFacts(facts)...)
	return encode(message)
}

// person shows a user of Slack by name, which only Slack knows, and everybody else as he is called.
func (m *message) person(by string) slackText {
	if ok, err := regexp.MatchString(`^[UW][A-Z0-9]{2,20}$`, by); ok && err == nil {
		return markup(m.By + ":\n<@" + by + ">")
	}
	return plain(m.By+":\n"+m.line(by, approval.MaxIdentity), maxSlackField)
}
