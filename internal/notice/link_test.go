package notice_test

import (
	"strings"
	"testing"

	"callback-completer/internal/approval"
)

// TestNoticeWithoutLink: a message without an address to open would look delivered.
func TestNoticeWithoutLink(t *testing.T) {
	t.Parallel()
	for _, link := range []string{
		"", "CANARY", "/approvals/CANARY", "javascript:CANARY", "ftp://example.com/CANARY", "https:///CANARY", "https://user:CANARY@example.com/",
		"https://example.com/CANARY\r\nx", "https://example.com/ CANARY", "https://example.com/\"><b>CANARY", "https://exämple.com/CANARY",
		"https://example.com/\u202eCANARY", "https://example.com/{{CANARY}}", "https://example.com/%zzCANARY",
	} {
		s := &server{}
		n := sample()
		n.Link = link
		for _, to := range []approval.Channel{s.topic(t, topicARN), s.mail(t, canaryMail), s.bus(t), s.webhook(t, true)} {
			err := to.Deliver(t.Context(), n)
			if err == nil || !strings.HasSuffix(err.Error(), "the notice has no address to open: it must be an absolute URL of http or https in ASCII") {
				t.Errorf("%q by %T: %v", link, to, err)
			}
		}
		if sent := s.sent(); len(sent) != 0 {
			t.Errorf("%q: %d requests were sent", link, len(sent))
		}
	}
}

// TestLongLink: a sealed link is too long for some.
func TestLongLink(t *testing.T) {
	t.Parallel()
	s := &server{}
	n := sample()
	n.Link = "https://answer.example.com/approvals/" + strings.Repeat("A", approval.MaxLinkLength)
	for _, to := range []approval.Channel{s.topic(t, topicARN), s.mail(t, canaryMail), s.bus(t)} {
		if r := s.deliver(t, to, n); !strings.Contains(r.body, strings.Repeat("A", approval.MaxLinkLength)) {
			t.Errorf("%T: the link is not whole", to)
		}
	}
	err := s.webhook(t, true).Deliver(t.Context(), n)
	if want := "post to the Slack webhook: the link is too long for a button of Slack"; err == nil || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
}
