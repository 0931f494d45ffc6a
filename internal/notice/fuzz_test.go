package notice_test

import (
	"testing"

	"callback-completer/internal/approval"
)

// fuzzed returns a notice of what a fuzzer found.
func fuzzed(title, description, label, value string, n int) approval.Notice {
	out := sample()
	out.Title, out.Description, out.Requester, out.Approvers = title, description, label, []string{value, title}
	out.Fields, out.Decisions = nil, []approval.NoticeDecision{{Value: "approve", Label: label}, {Value: "reject", Label: title}}
	for range n & 0x3f {
		out.Fields = append(out.Fields, approval.NoticeField{Label: label, Value: value})
	}
	if n&0x40 != 0 {
		out.Locale = "de"
	}
	return out
}

func seed(f *testing.F) {
	f.Helper()
	for _, t := range nasty() {
		f.Add(t.text, t.text, t.text, t.text, len(t.text))
	}
	f.Add("", "", "", "", 64)
}

func FuzzSlack(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, title, description, label, value string, fields int) {
		s := &server{}
		for _, buttons := range []bool{false, true} {
			checkSlack(t, s.deliver(t, s.webhook(t, buttons), fuzzed(title, description, label, value, fields)).body)
		}
	})
}

func FuzzMail(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, title, description, label, value string, fields int) {
		s := &server{}
		n := fuzzed(title, description, label, value, fields)
		checkMail(t, sentMail(t, s.deliver(t, s.mail(t, canaryMail), n)), n.Link)
	})
}
