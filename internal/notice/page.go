package notice

import (
	_ "embed" // mail.html
	"fmt"
	"html/template"
	"strings"
)

//go:embed mail.html
var mailTemplate string

// page is the HTML of a mail: inline styles only, no image and nothing from elsewhere. What the workflow wrote is escaped
// and isolated, so that its direction does not change how our words are read.
type page struct{ template *template.Template }

func newPage() (*page, error) {
	// Mail programs drop white-space styles, so each line ends with a tag.
	t, err := template.New("mail").Funcs(template.FuncMap{
		"lines": func(text string) []string { return strings.Split(text, "\n") },
	}).Parse(mailTemplate)
	if err != nil {
		return nil, fmt.Errorf("read the template of mails: %w", err)
	}
	return &page{t}, nil
}

func (p *page) render(m *message) (string, error) {
	var b strings.Builder
	if err := p.template.Execute(&b, m); err != nil {
		return "", fmt.Errorf("fill in the template of mails: %w", err)
	}
	return b.String(), nil
}
