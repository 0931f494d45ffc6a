package approval

import (
	"strconv"
	"strings"
)

// Locale is a language that the page speaks.
type Locale string

// The languages.
const (
	English Locale = "en"
	German  Locale = "de"
)

// Locales returns all languages, the one that is spoken to everybody else first.
func Locales() []Locale { return []Locale{English, German} }

// Negotiate returns the language that a browser wants most, by its header Accept-Language (RFC 9110, section 12.5.4);
// English if it wants none of ours.
func Negotiate(acceptLanguage string) Locale {
	best, quality := English, 0.0
	for entry := range strings.SplitSeq(acceptLanguage, ",") {
		tag, parameter, _ := strings.Cut(strings.TrimSpace(entry), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64) // 0, which is never, if it is no number
		}
		language, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		for _, l := range Locales() {
			if string(l) == language && q > quality {
				best, quality = l, q
			}
		}
	}
	return best
}
