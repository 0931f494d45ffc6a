package notice_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

func units(text string) int { return len(utf16.Encode([]rune(text))) }

// checkSlack holds a message to Block Kit.
func checkSlack(t *testing.T, body string) {
	t.Helper()
	m := decode(t, body)
	if text, _ := m["text"].(string); text == "" || strings.ContainsAny(text, "<>") || units(text) > 3200 {
		t.Errorf("text for notifications: %q", text)
	} else {
		checkVisible(t, text)
	}
	blocks, _ := m["blocks"].([]any)
	if len(blocks) == 0 || len(blocks) > 50 {
		t.Errorf("%d blocks", len(blocks))
	}
	c := slackCheck{t: t}
	for _, b := range blocks {
		c.block(b.(map[string]any))
	}
	if c.total > 10_000 {
		t.Errorf("%d characters in all", c.total)
	}
}

type slackCheck struct {
	t     *testing.T
	total int
}

func (c *slackCheck) text(v any, limit int) {
	c.t.Helper()
	text, _ := v.(map[string]any)
	checkVisible(c.t, fmt.Sprint(text["text"]))
	n := units(fmt.Sprint(text["text"]))
	c.total += n
	mention := text["type"] == "mrkdwn" && text["verbatim"] == true && strings.Count(text["text"].(string), "<") == 1
	if n == 0 || n > limit || strings.TrimSpace(text["text"].(string)) == "" || !mention && (text["type"] != "plain_text" || text["emoji"] != false) {
		c.t.Errorf("text of %d characters, at most %d: %.100v", n, limit, text)
	}
}

func (c *slackCheck) block(b map[string]any) {
	c.t.Helper()
	elements, _ := b["elements"].([]any)
	fields, _ := b["fields"].([]any)
	switch b["type"] {
	case "header":
		c.text(b["text"], 150)
	case "section":
		if b["text"] != nil {
			c.text(b["text"], 3000)
		}
		if len(fields) > 10 || b["text"] == nil && len(fields) == 0 {
			c.t.Errorf("a section of %d fields", len(fields))
		}
		for _, f := range fields {
			c.text(f, 2000)
		}
	case "context":
		if len(elements) != 1 {
			c.t.Errorf("a context of %d elements", len(elements))
		}
		c.text(elements[0], 3000)
	case "actions":
		if len(elements) == 0 || len(elements) > 25 {
			c.t.Errorf("%d buttons", len(elements))
		}
		for _, e := range elements {
			c.button(e.(map[string]any))
		}
	default:
		c.t.Errorf("block %v", b["type"])
	}
}

func (c *slackCheck) button(b map[string]any) {
	c.t.Helper()
	c.text(b["text"], 75)
	id, _ := b["action_id"].(string)
	value, _ := b["value"].(string)
	address, _ := b["url"].(string)
	if b["type"] != "button" || id == "" || units(id) > 255 || units(value) > 2000 || units(address) > 3000 || b["style"] != nil {
		c.t.Errorf("button %.200v", b)
	}
	if confirm, has := b["confirm"].(map[string]any); has {
		c.text(confirm["title"], 100)
		c.text(confirm["text"], 300)
		c.text(confirm["confirm"], 30)
		c.text(confirm["deny"], 30)
	}
}
