package approval_test

import (
	"strings"
	"testing"

	"callback-completer/internal/approval"
)

// TestEveryStrangeTextIsMadeVisible puts texts where the workflow and people can, and looks at the page.
func TestEveryStrangeTextIsMadeVisible(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, line, lines string }{
		{"plain", "Zürich, 日本 ✅", "Zürich, 日本 ✅", "Zürich, 日本 ✅"},
		{"markup", "<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;", "&lt;b&gt;&amp;&#34;&#39;"},
		{"right to left override", "a\u202eb", "a⟦U+202E⟧b", "a⟦U+202E⟧b"},
		{"isolates", "\u2066\u2067\u2068\u2069", "⟦U+2066⟧⟦U+2067⟧⟦U+2068⟧⟦U+2069⟧", "⟦U+2066⟧⟦U+2067⟧⟦U+2068⟧⟦U+2069⟧"},
		{"right to left letters", "שלום", "שלום", "שלום"},
		{"zero width", "a\u200bb\u200cc\u200dd\u2060e\ufefff", "a⟦U+200B⟧b⟦U+200C⟧c⟦U+200D⟧d⟦U+2060⟧e⟦U+FEFF⟧f", "a⟦U+200B⟧b⟦U+200C⟧c⟦U+200D⟧d⟦U+2060⟧e⟦U+FEFF⟧f"},
		{"soft hyphen", "a\u00adb", "a⟦U+00AD⟧b", "a⟦U+00AD⟧b"},
		{"control", "a\x01\x1b[31m\x7f\u0085b", "a⟦U+0001⟧⟦U+001B⟧[31m⟦U+007F⟧⟦U+0085⟧b", "a⟦U+0001⟧⟦U+001B⟧[31m⟦U+007F⟧⟦U+0085⟧b"},
		{"line breaks", "a\nb\r\nc\td\re", "a⟦U+000A⟧b⟦U+000A⟧c⟦U+0009⟧d⟦U+000D⟧e", "a\nb\nc\td⟦U+000D⟧e"},
		{"line separators", "a\u2028b\u2029c", "a⟦U+2028⟧b⟦U+2029⟧c", "a⟦U+2028⟧b⟦U+2029⟧c"},
		{"tags", "a\U000e0041b", "a⟦U+E0041⟧b", "a⟦U+E0041⟧b"},
		{"fillers", "\u3164\u115f\u2800x", "⟦U+3164⟧⟦U+115F⟧⟦U+2800⟧x", "⟦U+3164⟧⟦U+115F⟧⟦U+2800⟧x"},
		{"private use", "\ue000x", "⟦U+E000⟧x", "⟦U+E000⟧x"},
		{"spaces", "a\u00a0b\u3000c\u2003d", "a\u00a0b⟦U+3000⟧c⟦U+2003⟧d", "a\u00a0b⟦U+3000⟧c⟦U+2003⟧d"},
		{"emoji style", "✔\ufe0f", "✔\ufe0f", "✔\ufe0f"},
		{"hidden selector", "a\U000e0100", "a⟦U+E0100⟧", "a⟦U+E0100⟧"},
		{"Arabic number sign", "\u0600x", "\u0600x", "\u0600x"},
		{"marks of a language", "e\u0301\u0302", "e\u0301\u0302", "e\u0301\u0302"},
		{"eight marks", "e" + strings.Repeat("\u0301", 8) + "x", "e" + strings.Repeat("\u0301", 8) + "x", "e" + strings.Repeat("\u0301", 8) + "x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			request := approval.Request{
				Title: tt.text, Description: tt.text, Requester: tt.text, Approvers: []string{tt.text}, Approvals: 1, ConfirmPhrase: tt.text,
				Fields: []approval.Field{{Label: tt.text, Value: tt.text}}, Decisions: []approval.Option{{Value: "x", Label: tt.text}},
				Expires: start(), Comment: approval.CommentOptional,
			}
			page := render(t, approval.View{
				Screen: approval.ScreenRequest, Request: &request, Standing: &approval.Standing{Stage: approval.StageOpen}, Now: start(),
			}, approval.English)
			if got := strings.Count(page, "<bdi>"+tt.line+"</bdi>"); got < 5 {
				t.Errorf("stands there %d times in a line, want title, requester, approver, label and button:\n%s", got, page)
			}
			if got := strings.Count(page, "<bdi>"+tt.lines+"</bdi>"); got < 2 {
				t.Errorf("stands there %d times in several lines, want description and value", got)
			}
			if !strings.Contains(page, `<bdi class="phrase">`+tt.line+"</bdi>") {
				t.Error("the phrase does not stand there")
			}
			page = render(t, approval.View{
				Screen: approval.ScreenAnswered, Request: &request, Now: start(),
				Standing: &approval.Standing{Stage: approval.StageAnswered, Answer: &approval.Answer{
					Option: request.Decisions[0], Comment: approval.NewComment(tt.text), By: approval.Approver{ID: tt.text, Method: tt.text, Verified: true},
				}},
			}, approval.English)
			if got := strings.Count(page, "<bdi>"+tt.line+"</bdi>"); got < 6 {
				t.Errorf("stands there %d times in a line of the answer's page", got)
			}
			page = render(t, approval.View{Screen: approval.ScreenRefused, Reason: approval.NotAsked, Asked: []string{tt.text}}, approval.English)
			if !strings.Contains(page, "<li><bdi>"+tt.line+"</bdi></li>") {
				t.Error("it does not stand where somebody else is asked")
			}
		})
	}
}

func TestManyMarksAreClipped(t *testing.T) {
	t.Parallel()
	request := approval.Request{
		Title: "a" + strings.Repeat("\u0301", 10_000) + "bc\u0301", Expires: start(), Approvals: 1, Decisions: []approval.Option{{Value: "approve"}},
	}
	page := render(t, approval.View{
		Screen: approval.ScreenRequest, Request: &request, Standing: &approval.Standing{Stage: approval.StageOpen}, Now: start(),
	}, approval.English)
	if want := "<h1><bdi>a" + strings.Repeat("\u0301", 8) + "⟦…⟧bc\u0301</bdi></h1>"; !strings.Contains(page, want) {
		t.Errorf("the title is not %s", want)
	}
}
