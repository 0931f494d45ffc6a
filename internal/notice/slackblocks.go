package notice

import "strings"

// The limits of Block Kit, in characters. A message has at most 50 blocks; ours has fewer than ten.
const (
	maxSlackHeader       = 150
	maxSlackSection      = 3000
	maxSlackFields       = 10 // in a section
	maxSlackField        = 2000
	maxSlackContext      = 400 // our own, of a line of small print
	maxSlackURL          = 3000
	maxSlackButton       = 75
	maxSlackConfirmTitle = 100
	maxSlackConfirmText  = 300
	maxSlackConfirmLabel = 30
	// maxSlackText is for title, description and fields together. It is our own, as Slack does not tell the limit of a
	// message (msg_blocks_too_long); some 11,000 characters in all have been refused.
	maxSlackText = 6000
)

// slackText is a text object. A plain text shows what it holds, but an empty one is refused.
type slackText struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji,omitempty"`
	Verbatim bool   `json:"verbatim,omitempty"`
}

type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Fields   []slackText `json:"fields,omitempty"`
	Elements []any       `json:"elements,omitempty"` // texts of a context, buttons of an action block
}

type slackButton struct {
	Type     string        `json:"type"`
	ActionID string        `json:"action_id"`
	Text     slackText     `json:"text"`
	Value    string        `json:"value,omitempty"`
	URL      string        `json:"url,omitempty"`
	Confirm  *slackConfirm `json:"confirm,omitempty"`
}

type slackConfirm struct {
	Title   slackText `json:"title"`
	Text    slackText `json:"text"`
	Confirm slackText `json:"confirm"`
	Deny    slackText `json:"deny"`
}

// plain returns a text that Slack shows as it is: neither markup nor :emoji: nor <!channel> means anything in it. It is cut
// to limit characters.
func plain(text string, limit int) slackText {
	if strings.TrimSpace(text) == "" {
		text = "–"
	}
	text, _ = cut(text, limit, ellipsis)
	return slackText{Type: "plain_text", Text: text, Emoji: new(bool)}
}

func markup(text string) slackText { return slackText{Type: "mrkdwn", Text: text, Verbatim: true} }

// escape keeps a text from mentioning anybody where Slack reads markup.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func slackHeader(title string) slackBlock {
	t := plain(title, maxSlackHeader)
	return slackBlock{Type: "header", Text: &t}
}

func slackSection(text string) slackBlock {
	t := plain(text, maxSlackSection)
	return slackBlock{Type: "section", Text: &t}
}

// slackFacts returns sections of at most ten texts.
func slackFacts(texts []slackText) []slackBlock {
	var blocks []slackBlock
	for len(texts) > 0 {
		n := min(len(texts), maxSlackFields)
		blocks = append(blocks, slackBlock{Type: "section", Fields: texts[:n]})
		texts = texts[n:]
	}
	return blocks
}

// slackContext returns lines of small print; there is at least one.
func slackContext(lines ...string) slackBlock {
	for i, l := range lines {
		lines[i], _ = cut(l, maxSlackContext, ellipsis)
	}
	return slackBlock{Type: "context", Elements: []any{plain(strings.Join(lines, "\n"), maxSlackSection)}}
}
