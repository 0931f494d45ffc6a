package notice

import "strings"

const (
	indent = "    "
	// maxSMS is the longest text message that SNS takes. One part of it has 160 characters of the GSM alphabet.
	maxSMS  = 1600
	smsPart = 160
	// leastTitle is what must be left of subject and title beside the link.
	leastTitle = 40
)

// plainText returns the message for mail and everything else that shows text. What the workflow wrote is indented, so that no
// line of it can be taken for one of ours.
func (m *message) plainText() string {
	var b strings.Builder
	line := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
		b.WriteByte('\n')
	}
	line(m.Heading, "\n\n", indent, m.Title, "\n")
	line(m.Address, "\n", m.Link)
	if m.Description != "" {
		line("\n", indented(m.Description, indent))
	}
	if len(m.Fields) > 0 {
		line("\n", m.Details, ":\n")
	}
	for _, f := range m.Fields {
		if strings.Contains(f.Value, "\n") {
			line(indent, f.Label, ":\n", indented(f.Value, indent+indent))
		} else {
			line(indent, f.Label, ": ", f.Value)
		}
	}
	for i, fact := range m.Facts() {
		if i == 0 {
			line()
		}
		line(fact.Label, ": ", fact.Value)
	}
	if m.Shortened {
		line("\n", m.Partly)
	}
	line("\n", m.Care)
	return b.String()
}

func indented(text, by string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = by + l
		}
	}
	return strings.Join(lines, "\n")
}

// shortText returns title and link for a text message, in one part of it where that leaves enough of the title. It is empty if
// the link is too long for any.
func (m *message) shortText() string {
	room := max(smsPart-len("\n")-len(m.Link), leastTitle)
	if room+len("\n")+len(m.Link) > maxSMS {
		return ""
	}
	title, _ := cut(m.Subject+": "+m.Title, room, "...") // an ellipsis is not in the GSM alphabet
	return title + "\n" + m.Link
}
