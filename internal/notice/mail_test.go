package notice_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
)

// mailed is what SES is sent.
type mailed struct {
	subject, text, html string
	rest                map[string]any
}

func sentMail(t *testing.T, r request) mailed {
	t.Helper()
	if r.path != "/v2/email/outbound-emails" {
		t.Fatalf("sent to %s", r.path)
	}
	rest := decode(t, r.body)
	simple := rest["Content"].(map[string]any)["Simple"].(map[string]any)
	body := simple["Body"].(map[string]any)
	m := mailed{subject: data(t, simple["Subject"]), text: data(t, body["Text"]), html: data(t, body["Html"]), rest: rest}
	delete(simple, "Body")
	return m
}

func data(t *testing.T, content any) string {
	t.Helper()
	c := content.(map[string]any)
	if c["Charset"] != "UTF-8" {
		t.Errorf("charset %v", c["Charset"])
	}
	return c["Data"].(string)
}

func TestMail(t *testing.T) {
	t.Parallel()
	inLocales(t, func(t *testing.T, locale string, n approval.Notice) {
		t.Helper()
		s := &server{}
		m := sentMail(t, s.deliver(t, s.mail(t, "ann@example.com", "Bob B. <bob@example.com>"), n))
		golden(t, locale+"/mail.json", indent(t, m.rest))
		golden(t, locale+"/mail.txt", m.text)
		golden(t, locale+"/mail.html", m.html)
		checkMail(t, m, n.Link)
	})
}

func TestMailWithoutMuch(t *testing.T) {
	t.Parallel()
	s := &server{}
	m := sentMail(t, s.deliver(t, s.mail(t, canaryMail), bareNotice()))
	golden(t, "bare.html", m.html)
	checkMail(t, m, canaryAddress)
	if _, has := m.rest["EmailTags"]; has {
		t.Error("a tag without a value")
	}
}

var (
	tag       = regexp.MustCompile(`<(/?)([^\s<>]*)([^<>]*)>`)
	attribute = regexp.MustCompile(`\s+([^\s=]+)(?:="([^"]*)")?`)
)

// checkMail holds a mail to what is promised of every one: nothing hidden, nothing that runs or is loaded, one link.
func checkMail(t *testing.T, m mailed, link string) {
	t.Helper()
	if n := len([]rune(m.subject)); n > 150 || n == 0 || strings.ContainsFunc(m.subject, unicode.IsControl) {
		t.Errorf("the subject has %d characters: %q", n, m.subject)
	}
	checkVisible(t, m.subject+m.text+m.html)
	tags := map[string]bool{}
	for _, name := range strings.Fields("!DOCTYPE html head meta title body div p h1 h2 a span table tr th td bdi br strong") {
		tags[name] = true
	}
	attributes := map[string]bool{}
	for _, name := range strings.Fields("html lang charset name content style dir ses:no-track href scope align valign cellpadding cellspacing border") {
		attributes[name] = true
	}
	links := 0
	for _, found := range tag.FindAllStringSubmatch(m.html, -1) {
		if !tags[found[2]] {
			t.Errorf("the page has %s", found[0])
		}
		links += map[string]int{"a": 1}[found[1]+found[2]]
		for _, a := range attribute.FindAllStringSubmatch(found[3], -1) {
			if !attributes[a[1]] || a[1] == "href" && a[2] != strings.ReplaceAll(link, "&", "&amp;") ||
				a[1] == "style" && strings.Contains(a[2], "url") {
				t.Errorf("the page has %s", found[0])
			}
		}
	}
	if rest := tag.ReplaceAllString(m.html, ""); strings.ContainsAny(rest, "<>") || links != 1 || strings.Count(m.html, "<a ses:no-track href=") != 1 {
		t.Errorf("%d links, and brackets outside of tags: %v", links, strings.ContainsAny(rest, "<>"))
	}
	checkText(t, m.text, link)
}

func ourLines() []string {
	return []string{
		"Your decision is needed", "The page to answer on:", "Details:", "Asked by: ", "Asked of: ", "Answer before: ", "Possible answers: ",
		"Request: ", "Opening the page decides nothing.", "Not everything fits in here.",
		"Ihre Entscheidung wird gebraucht", "Die Seite, auf der Sie antworten:", "Einzelheiten:", "Gefragt von: ", "Gefragt sind: ",
		"Antwort vor: ", "Mögliche Antworten: ", "Anfrage: ", "Die Seite zu öffnen entscheidet nichts.", "Nicht alles passt hierher.",
	}
}

// checkText: what is not indented is ours.
func checkText(t *testing.T, text, link string) {
	t.Helper()
	found := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		found = found || line == link
		ours := line == "" || line == link || strings.HasPrefix(line, "    ") || slices.ContainsFunc(ourLines(), func(start string) bool {
			return strings.HasPrefix(line, start)
		})
		if !ours {
			t.Errorf("a line could be taken for ours: %.100q", line)
		}
	}
	if !found {
		t.Error("the link is not there")
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	s := &server{}
	addresses := []string{"ann@example.com", `"Ann, the first" <ann@example.com>`, "Jürgen <j@example.com>", "<x+y@sub.example.co.uk>"}
	m := sentMail(t, s.deliver(t, s.mail(t, addresses...), sample()))
	want := map[string]any{"ToAddresses": []any{
		"ann@example.com", `"Ann, the first" <ann@example.com>`, "=?utf-8?q?J=C3=BCrgen?= <j@example.com>", "x+y@sub.example.co.uk",
	}}
	if diff := cmp.Diff(want, m.rest["Destination"]); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
}

func TestNewMailRefuses(t *testing.T) {
	t.Parallel()
	fifty := strings.Split(strings.Repeat("a@example.com,", 50), ",")[:50]
	for _, tt := range []struct {
		from string
		to   []string
		want string
	}{
		{"", fifty, "the sender is no mail address"},
		{"CANARY", fifty, "the sender is no mail address"},
		{"a@example.com", nil, "there are 0 recipients; 1 to 50 can be"},
		{"a@example.com", append(fifty, "b@example.com"), "there are 51 recipients; 1 to 50 can be"},
		{"a@example.com", []string{"b@example.com", "CANARY"}, "recipient 2 is no mail address"},
		{"a@example.com", []string{"b@example.com, c@example.com"}, "recipient 1 is no mail address"},
		{"a@example.com", []string{"b@example.com\r\nBcc: CANARY@example.com"}, "recipient 1 is no mail address"},
		{"a@example.com", []string{"CANARY\u202e <b@example.com>"}, "recipient 1 is no mail address"},
		{"a@example.com", []string{`"CAN ARY"@example.com`}, "recipient 1 has characters that SES does not take: an address is ASCII, its domain in Punycode"},
		{"a@example.com", []string{"CANARY@exämple.com"}, "recipient 1 has characters that SES does not take: an address is ASCII, its domain in Punycode"},
		{"a@example.com", []string{strings.Repeat("c", 320) + " <b@example.com>"}, "recipient 1 has more than 320 characters"},
	} {
		if _, err := newMail((&server{}).config(), tt.from, tt.to); err == nil || err.Error() != tt.want {
			t.Errorf("from %q to %.60q: %v, want %q", tt.from, tt.to, err, tt.want)
		}
	}
	if _, err := newMail((&server{}).config(), sender, fifty); err != nil {
		t.Errorf("fifty recipients: %v", err)
	}
}
