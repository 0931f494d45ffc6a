package notice

import "strings"

const (
	maxMailSubject = 150
	// SNS wants fewer than 100 characters.
	maxTopicSubject = 99
)

// subject returns one line that starts with our words, so that the title cannot pass for something else.
func (m *message) subject(limit int) string {
	s, _ := cut(m.Subject+": "+m.Title, limit, ellipsis)
	return s
}

// asciiSubject returns the subject in ASCII: accents of German are written out, other letters are lost. Without most of
// the title it is left out.
func (m *message) asciiSubject(limit int) string {
	title, lost := ascii(m.Title)
	if 2*lost > len(title) {
		return m.Subject
	}
	s, _ := cut(m.Subject+": "+title, limit, "...")
	return s
}

// ascii returns the text with a question mark for each letter that is lost, and how many those are.
func ascii(text string) (string, int) {
	lost := 0
	text = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss",
		"–", "-", "—", "-", "„", `"`, "“", `"`, "”", `"`, "‘", "'", "’", "'", "…", "...", "\u00a0", " ").Replace(text)
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			lost++
			return '?'
		}
		return r
	}, text), lost
}
