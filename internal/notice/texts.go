package notice

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"callback-completer/internal/approval"
)

//go:embed texts/*.json
var textFiles embed.FS

// texts are our words in one language. Nothing of a workflow is ever put into one of them: it stands beside them.
type texts struct {
	Lang   string `json:"-"`
	Months string `json:"months"`
	Date   string `json:"date"` // of day, month, year and time of day

	Heading string `json:"heading"`
	Subject string `json:"subject"` // ASCII, as SNS has it
	Open    string `json:"open"`
	Address string `json:"address"`
	Details string `json:"details"`
	AskedBy string `json:"requester"`
	AskedOf string `json:"approvers"`
	Before  string `json:"deadline"`
	Choices string `json:"decisions"`
	Request string `json:"request"`
	Approve string `json:"approve"`
	Reject  string `json:"reject"`
	Care    string `json:"care"`
	Partly  string `json:"shortened"`

	Sure    string `json:"sure"`
	Final   string `json:"final"`
	Back    string `json:"back"`
	Comment string `json:"comment"`

	Answered string `json:"answered"`
	Closed   string `json:"closed"`
	Decision string `json:"decision"`
	By       string `json:"by"`
	At       string `json:"at"`

	Whispers map[Whisper]string `json:"whispers"`
}

// readTexts reads the catalogue of a language, or of English where the request names none of ours.
func readTexts(locale string) (texts, error) {
	if !slices.Contains(approval.Locales(), approval.Locale(locale)) {
		locale = string(approval.English)
	}
	t := texts{Lang: locale}
	raw, err := textFiles.ReadFile("texts/" + locale + ".json")
	if err != nil {
		return texts{}, fmt.Errorf("no texts for the language: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&t); err != nil {
		return texts{}, fmt.Errorf("texts/%s.json: %w", locale, err)
	}
	return t, nil
}

// date returns a time as people write it, in UTC: "23 November 2026, 15:04 UTC".
func (t *texts) date(at time.Time) string {
	at = at.UTC()
	return fmt.Sprintf(t.Date, at.Day(), strings.Fields(t.Months)[at.Month()-1], at.Year(), at.Format("15:04"))
}

// label returns what stands on the button of a decision.
func (t *texts) label(d approval.NoticeDecision) string {
	switch {
	case d.Label != "":
		return d.Label
	case d.Value == approval.Approve:
		return t.Approve
	case d.Value == approval.Reject:
		return t.Reject
	default:
		return d.Value
	}
}
