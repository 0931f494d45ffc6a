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

// TestWhispers: every language has the same, and nothing else has words.
func TestWhispers(t *testing.T) {
	t.Parallel()
	all := []Whisper{
		WhisperLate, WhisperKept, WhisperPage, WhisperMissing, WhisperAgain, WhisperFailed, WhisperOwn, WhisperVoted, WhisperNotAsked,
	}
	said := map[string]bool{}
	for _, l := range approval.Locales() {
		words, err := readTexts(string(l))
		if err != nil || len(words.Whispers) != len(all) {
			t.Errorf("%s has %d whispers, want %d; %v", l, len(words.Whispers), len(all), err)
		}
		for _, w := range all {
			text, err := w.Text(string(l))
			if err != nil || text == "" || said[text] || width(text) > maxSlackSection {
				t.Errorf("%s: %s is %q, %v", l, w, text, err)
			}
			said[text] = true
		}
	}
	for _, none := range []Whisper{Silence, "Late", "../late"} {
		if text, err := none.Text("en"); err == nil || text != "" {
			t.Errorf("%q is %q", none, text)
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
