package notice

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/approval"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	for _, l := range approval.Locales() {
		words, err := readTexts(string(l))
		if err != nil {
			t.Fatal(err)
		}
		v := reflect.ValueOf(words)
		for i := range v.NumField() {
			if v.Field(i).String() == "" {
				t.Errorf("%s has no text for %s", l, v.Type().Field(i).Name)
			}
		}
		if words.Lang != string(l) || len(strings.Fields(words.Months)) != 12 {
			t.Errorf("%s: language %q, %d months", l, words.Lang, len(strings.Fields(words.Months)))
		}
		if _, lost := ascii(words.Subject); lost > 0 || len(words.Subject) > smsPart/4 {
			t.Errorf("%s: %q is no subject for SNS and SMS", l, words.Subject)
		}
		for text, limit := range map[string]int{
			words.Back: maxSlackConfirmLabel, words.Sure: maxSlackConfirmTitle, words.Open: maxSlackButton, words.Care: maxSlackContext,
			words.Partly: maxSlackContext, words.Comment: maxSlackContext, words.Final: maxSlackConfirmText - approval.MaxLabel*2 - 1,
		} {
			if width(text) > limit {
				t.Errorf("%s: %q has more than %d characters", l, text, limit)
			}
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 30, 0, 0, time.FixedZone("CET", 3600))
	for locale, want := range map[string]string{
		"en": "28 February 2026, 23:30 UTC", "de": "28. Februar 2026, 23:30 UTC", "": "28 February 2026, 23:30 UTC", "fr": "28 February 2026, 23:30 UTC",
		"../texts/de": "28 February 2026, 23:30 UTC",
	} {
		words, err := readTexts(locale)
		if err != nil {
			t.Fatal(err)
		}
		if got := words.date(at); got != want {
			t.Errorf("%q: %q, want %q", locale, got, want)
		}
	}
}
