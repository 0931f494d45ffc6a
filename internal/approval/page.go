package approval

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"
)

//go:embed templates/*.html templates/style.css
var templateFiles embed.FS

// Pages renders views. It is safe for concurrent use.
type Pages struct {
	template *template.Template
	texts    map[Locale]texts
}

// NewPages reads the templates and the texts.
func NewPages() (*Pages, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"line":  func(s string) string { return visible(s, false) },
		"lines": func(s string) string { return visible(s, true) },
	}).ParseFS(templateFiles, "templates/*.html", "templates/style.css")
	if err != nil {
		return nil, fmt.Errorf("read the templates: %w", err)
	}
	p := &Pages{template: t, texts: map[Locale]texts{}}
	for _, l := range Locales() {
		if p.texts[l], err = readTexts(l); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Render writes the page of a view as HTML, whole or not at all. It speaks the language that the request names, and the
// wanted one where there is none.
func (p *Pages) Render(w io.Writer, v View, wanted Locale) error {
	data := page{View: v, Lang: wanted}
	if v.Request != nil && v.Request.Locale != "" {
		data.Lang = v.Request.Locale
	}
	if !slices.Contains(Locales(), data.Lang) {
		data.Lang = English
	}
	data.texts = p.texts[data.Lang]
	var whole bytes.Buffer
	if err := p.template.ExecuteTemplate(&whole, "page.html", &data); err != nil {
		return fmt.Errorf("render the page %q: %w", v.Screen, err)
	}
	_, err := w.Write(whole.Bytes())
	return err
}

// page is what the templates see.
type page struct {
	View

	Lang  Locale
	texts texts
}

// T returns a text of the catalogue.
func (p *page) T(key string, args ...any) (string, error) { return p.texts.word(key, args...) }

// Title returns the end of the key of the page's title.
func (p *page) Title() string {
	if p.Screen == ScreenRequest && len(p.Problems) > 0 {
		return "problems"
	}
	return string(p.Screen)
}

// Label returns what stands on a decision's button.
func (p *page) Label(o Option) (string, error) {
	label, err := p.texts.label(o)
	return visible(label, false), err
}

// Choices returns the decisions that the person may take.
func (p *page) Choices() []Option {
	return slices.DeleteFunc(slices.Clone(p.Request.Decisions), p.Reason.Forbids)
}

// Effect returns what a decision does.
func (p *page) Effect(o Option) (string, error) {
	switch {
	case o.Rejects && p.Request.RejectAs == RejectAsSuccess:
		return p.texts.word("effect.reject-success")
	case o.Rejects:
		return p.texts.word("effect.reject")
	case p.Request.Approvals > 1 && len(p.Standing.Votes)+1 < p.Request.Approvals:
		return p.texts.word("effect.vote")
	default:
		return p.texts.word("effect.approve")
	}
}

// CommentHint returns the key of what is said of the comment.
func (p *page) CommentHint() string {
	switch p.Request.Comment {
	case CommentRequired:
		return "form.comment.required"
	case CommentRequiredOnReject:
		return "form.comment.on-reject"
	case CommentNone, CommentOptional:
	}
	return "form.comment.optional"
}

// Problem returns what is said of a problem.
func (p *page) Problem(problem Problem) (string, error) {
	if problem == ProblemCommentTooLong || problem == ProblemCommentLost {
		return p.texts.word("problem."+string(problem), p.Request.MaxComment())
	}
	return p.texts.word("problem." + string(problem))
}

// ProblemOf returns the problem of a field, empty if there is none.
func (p *page) ProblemOf(field string) Problem {
	for _, problem := range p.Problems {
		if problem.Field() == field {
			return problem
		}
	}
	return ""
}

// shown is an answer with the words to show it.
type shown struct {
	*page

	Answer Answer
}

// Answer returns an answer with the words to show it.
func (p *page) Answer(a Answer) shown { return shown{p, a} }

// moment is a time for people and for machines.
type moment struct {
	Machine, Date, Distance string
}

// When returns how a time is shown.
func (p *page) When(at time.Time) moment {
	return moment{at.UTC().Format(time.RFC3339), p.texts.date(at), p.texts.distance(at, p.Now)}
}
