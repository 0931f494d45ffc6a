package notice_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"callback-completer/internal/approval"
	"callback-completer/internal/race"
)

// checkVisible: people see what is there.
func checkVisible(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Error("a text is not UTF-8")
	}
	for _, r := range text {
		if ' ' <= r && r <= '~' {
			continue
		}
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) ||
			unicode.In(r, unicode.Zl, unicode.Zp, unicode.Co) || strings.ContainsRune("\u200b\u200d\u2060\ufeff\u00ad\u3164\u2800\u2003", r)) {
			t.Errorf("U+%04X is in %.200q", r, text)
			return
		}
	}
}

// nasty are texts that a workflow may hold, and what people see of them in one line and in several.
func nasty() map[string]struct{ text, line, lines string } {
	type shown = struct{ text, line, lines string }
	return map[string]shown{
		"line breaks":     {"a\r\nBcc: b\rc\nd\te", "a⟦U+000A⟧Bcc: b⟦U+000D⟧c⟦U+000A⟧d⟦U+0009⟧e", "a\nBcc: b⟦U+000D⟧c\nd\te"},
		"paragraphs":      {"a\n\nb", "a⟦U+000A⟧⟦U+000A⟧b", "a\n\nb"},
		"controls":        {"a\x00\x1b[31m\x7f\u0085b", "a⟦U+0000⟧⟦U+001B⟧[31m⟦U+007F⟧⟦U+0085⟧b", "a⟦U+0000⟧⟦U+001B⟧[31m⟦U+007F⟧⟦U+0085⟧b"},
		"direction":       {"a\u202eb\u2066c\u200fd", "a⟦U+202E⟧b⟦U+2066⟧c⟦U+200F⟧d", "a⟦U+202E⟧b⟦U+2066⟧c⟦U+200F⟧d"},
		"nothing to see":  {"a\u200b\u200d\u2060\ufeff\u00ad\u3164\u2800\u2003\U000e0041b", "a⟦U+200B⟧⟦U+200D⟧⟦U+2060⟧⟦U+FEFF⟧⟦U+00AD⟧⟦U+3164⟧⟦U+2800⟧⟦U+2003⟧⟦U+E0041⟧b", ""},
		"separators":      {"a\u2028b\u2029c", "a⟦U+2028⟧b⟦U+2029⟧c", ""},
		"private":         {"a\ue000\U000f0000b", "a⟦U+E000⟧⟦U+F0000⟧b", ""},
		"emoji":           {"🚀 ❤️", "🚀 ❤️", ""},
		"not UTF-8":       {"a\xff\xc3b", "a\ufffd\ufffdb", ""},
		"too many marks":  {"e" + strings.Repeat("\u0301", 100) + "f", "e" + strings.Repeat("\u0301", 8) + "⟦…⟧f", ""},
		"markup":          {`<script>alert(1)</script><a href="javascript:x">`, `<script>alert(1)</script><a href="javascript:x">`, ""},
		"attribute":       {`" onload="x" style='url(//x)'`, `" onload="x" style='url(//x)'`, ""},
		"template":        {"{{.Link}} {{ses:openTracker}} %s %!d", "{{.Link}} {{ses:openTracker}} %s %!d", ""},
		"Slack's markup":  {"<!channel> <@U0123> *b* `c` :tada: &amp; <https://x|y>", "<!channel> <@U0123> *b* `c` :tada: &amp; <https://x|y>", ""},
		"looks like ours": {"x\nAsked by: the boss\nRequest: 1", "x⟦U+000A⟧Asked by: the boss⟦U+000A⟧Request: 1", "x\nAsked by: the boss\nRequest: 1"},
		"JSON":            {`"},"x":{"\u202e\\`, `"},"x":{"\u202e\\`, ""},
	}
}

// poisoned returns a notice with the text in all places.
func poisoned(text string) approval.Notice {
	n := sample()
	n.Title, n.Description, n.Requester, n.Approvers = text, text, text, []string{text, text}
	n.Fields = []approval.NoticeField{{Label: text, Value: text}, {Label: text, Value: text}}
	n.Decisions = []approval.NoticeDecision{{Value: "approve", Label: text}, {Value: "reject", Label: text}}
	return n
}

// checkAll sends a notice by every channel and holds each message to its format.
func checkAll(t *testing.T, n approval.Notice) (text string, m mailed) {
	t.Helper()
	s := &server{}
	form, texts := published(t, s.deliver(t, s.topic(t, topicARN), n))
	if subject := form["Subject"].(string); len(subject) >= 100 || strings.ContainsFunc(subject, func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Errorf("subject %q", subject)
	}
	text = texts["default"].(string)
	checkVisible(t, text)
	checkText(t, text, n.Link)
	if sms, has := texts["sms"].(string); has {
		checkVisible(t, sms)
		if len([]rune(sms)) > 1600 || strings.Count(sms, "\n") != 1 || !strings.HasSuffix(sms, "\n"+n.Link) {
			t.Errorf("text message %q", sms)
		}
	}
	m = sentMail(t, s.deliver(t, s.mail(t, canaryMail), n))
	checkMail(t, m, n.Link)
	for _, buttons := range []bool{false, true} {
		checkSlack(t, s.deliver(t, s.webhook(t, buttons), n).body)
	}
	return text, m
}

func TestNastyTexts(t *testing.T) {
	t.Parallel()
	for name, tt := range nasty() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.lines == "" {
				tt.lines = tt.line
			}
			text, m := checkAll(t, poisoned(tt.text))
			quoted := strings.ReplaceAll("    "+strings.ReplaceAll(tt.lines, "\n", "\n    ")+"\n", "\n    \n", "\n\n")
			for _, want := range []string{"\n    " + tt.line + "\n", "\n\n" + quoted, "\nAsked by: " + tt.line + "\n", "\nAsked of: " + tt.line + ", " + tt.line + "\n"} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in %q", want, text)
				}
			}
			if want := "Decision needed: " + tt.line; m.subject != want {
				t.Errorf("subject %q, want %q", m.subject, want)
			}
		})
	}
}

// TestLongTexts: what does not fit is cut off, and people are told where the rest is.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	n, doublings := 10_000, 8
	if race.Enabled {
		n, doublings = 5_000, 3
	}
	for name, text := range map[string]string{
		"letters": strings.Repeat("x", n), "emoji": strings.Repeat("😀", n), "hidden": strings.Repeat("\u202e", n),
		"marks": strings.Repeat("\u0301", n), "lines": strings.Repeat("x\n", n), "brackets": strings.Repeat("<&>\"'", n),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := poisoned(text)
			for range doublings {
				all.Fields = append(all.Fields, all.Fields...)
				all.Approvers = append(all.Approvers, all.Approvers...)
				all.Decisions = append(all.Decisions, all.Decisions...)
			}
			got, m := checkAll(t, all)
			if !strings.Contains(got, "Not everything fits in here.") || !strings.Contains(m.html, "Not everything fits in here.") {
				t.Error("nobody is told that there is more")
			}
			if len(got) > 300*1024 {
				t.Errorf("the text has %d bytes", len(got))
			}
		})
	}
}

// TestWhatARequestMayHold is shown whole.
func TestWhatARequestMayHold(t *testing.T) {
	t.Parallel()
	n := sample()
	n.Title = strings.Repeat("😀", approval.MaxTitle)
	n.Description = strings.Repeat("d", approval.MaxDescription)
	n.Fields = nil
	for range approval.MaxFields {
		n.Fields = append(n.Fields, approval.NoticeField{Label: strings.Repeat("ü", approval.MaxLabel), Value: strings.Repeat("v", approval.MaxValue)})
	}
	n.Approvers = nil
	for range approval.MaxApprovers {
		n.Approvers = append(n.Approvers, strings.Repeat("a", approval.MaxIdentity))
	}
	text, m := checkAll(t, n)
	if strings.Contains(text+m.text+m.html, "…") || strings.Contains(text+m.html, "Not everything fits in here.") {
		t.Error("something is cut off")
	}
}
