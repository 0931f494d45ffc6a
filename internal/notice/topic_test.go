package notice_test

import (
	"net/url"
	"strings"
	"testing"

	"callback-completer/internal/approval"
	"callback-completer/internal/notice"
)

// published returns the call as a form, with the texts for each protocol apart.
func published(t *testing.T, r request) (form map[string]any, texts map[string]any) {
	t.Helper()
	values, err := url.ParseQuery(r.body)
	if err != nil {
		t.Fatal(err)
	}
	form = map[string]any{}
	for name := range values {
		form[name] = values.Get(name)
	}
	texts = decode(t, values.Get("Message"))
	delete(form, "Message")
	return form, texts
}

func TestTopic(t *testing.T) {
	t.Parallel()
	inLocales(t, func(t *testing.T, locale string, n approval.Notice) {
		t.Helper()
		s := &server{}
		r := s.deliver(t, s.topic(t, topicARN), n)
		form, texts := published(t, r)
		golden(t, locale+"/topic.json", indent(t, form))
		golden(t, locale+"/topic.txt", texts["default"].(string))
		golden(t, locale+"/sms.txt", texts["sms"].(string))
		if !strings.Contains(r.header.Get("Authorization"), "/eu-central-1/sns/") {
			t.Error("the call is not for the topic's region")
		}
	})
}

// TestFIFOTopic: what is delivered again is there once.
func TestFIFOTopic(t *testing.T) {
	t.Parallel()
	s := &server{}
	form, _ := published(t, s.deliver(t, s.topic(t, fifoTopicARN), sample()))
	if form["MessageGroupId"] != requestID || form["MessageDeduplicationId"] != requestID {
		t.Errorf("group %v, deduplication %v", form["MessageGroupId"], form["MessageDeduplicationId"])
	}
}

func TestTopicWithoutMuch(t *testing.T) {
	t.Parallel()
	s := &server{}
	form, texts := published(t, s.deliver(t, s.topic(t, topicARN), bareNotice()))
	golden(t, "bare.txt", texts["default"].(string))
	if _, has := form["MessageAttributes.entry.1.Name"]; has || form["Subject"] != "Decision needed: Go on?" {
		t.Errorf("%v", form)
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Grüße an Ärzte – „heute“":  "Decision needed: Gruesse an Aerzte - \"heute\"",
		"a\r\nBcc: eve@example.com": "Decision needed: a?U+000A?Bcc: eve@example.com",
		"生产环境部署":                    "Decision needed",
		"\u202egnp.exe":             "Decision needed: ?U+202E?gnp.exe",
		strings.Repeat("x", 82):     "Decision needed: " + strings.Repeat("x", 82),
		strings.Repeat("x", 83):     "Decision needed: " + strings.Repeat("x", 79) + "...",
		"":                          "Decision needed: Your decision is needed",
		" \t\n ":                    "Decision needed: Your decision is needed",
		strings.Repeat("word ", 2000) + "no end?": "Decision needed: " + strings.Repeat("word ", 15) + "word...",
	} {
		s := &server{}
		n := sample()
		n.Title = title
		form, _ := published(t, s.deliver(t, s.topic(t, topicARN), n))
		if form["Subject"] != want {
			t.Errorf("%.40q: %q, want %q", title, form["Subject"], want)
		}
	}
}

// TestShortMessage: the link is whole whatever the title, or the text is not there.
func TestShortMessage(t *testing.T) {
	t.Parallel()
	host := "https://a.example.com/"
	for _, tt := range []struct {
		name        string
		link, title string
		want        string
	}{
		{"fits", host, "Go on?", "Decision needed: Go on?\n" + host},
		{"long title", host, strings.Repeat("t", 200), "Decision needed: " + strings.Repeat("t", 117) + "...\n" + host},
		{"two parts", host + strings.Repeat("l", 120), strings.Repeat("t", 200), "Decision needed: " + strings.Repeat("t", 20) + "...\n" + host + strings.Repeat("l", 120)},
		{"longest", host + strings.Repeat("l", 1600-41-len(host)), "Go on?", "Decision needed: Go on?\n" + host + strings.Repeat("l", 1600-41-len(host))},
		{"too long", host + strings.Repeat("l", 1600-40-len(host)), "Go on?", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &server{}
			_, texts := published(t, s.deliver(t, s.topic(t, topicARN), approval.Notice{Link: tt.link, Title: tt.title}))
			got, _ := texts["sms"].(string)
			if got != tt.want || len(got) > 1600 || !strings.Contains(texts["default"].(string), tt.link+"\n") {
				t.Errorf("%d characters: %q, want %q", len(got), got, tt.want)
			}
		})
	}
}

func TestNewTopicRefuses(t *testing.T) {
	t.Parallel()
	for _, arn := range []string{
		"", "approvals", "arn:aws:sqs:eu-west-1:123456789012:approvals", "arn:aws:sns::123456789012:approvals",
		"arn:aws:sns:eu-west-1:123456789012:", topicARN + ":2bcfbf39-05c3-41de-beaa-fcfcc21c8f55",
	} {
		if _, err := notice.NewTopic((&server{}).config(), arn); err == nil {
			t.Errorf("%q is taken for a topic", arn)
		}
	}
}
