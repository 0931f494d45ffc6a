package approval_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/approval"
)

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]approval.Locale{
		"":                             "en",
		"de":                           "de",
		"de-AT,de;q=0.9,en;q=0.8":      "de",
		"en-GB,en;q=0.9,de;q=0.8":      "en",
		"fr-FR, fr;q=0.9, de;q=0.5":    "de",
		"fr":                           "en",
		"de;q=0":                       "en",
		"de;q=0.1, en;q=0.2":           "en",
		"de;q=x":                       "en",
		"DE":                           "de",
		"*":                            "en",
		"deutsch":                      "en",
		", ;q=1,de ; q=1,":             "de",
		strings.Repeat("de,", 100_000): "de",
	} {
		if got := approval.Negotiate(header); got != want {
			t.Errorf("%.40q: %s, want %s", header, got, want)
		}
	}
}

// TestAllLanguagesSayTheSame: each has a text for every key, with the same places for numbers.
func TestAllLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	verbs := regexp.MustCompile(`%[a-z]`)
	all := map[approval.Locale]map[string]string{}
	for _, l := range approval.Locales() {
		text, err := os.ReadFile(filepath.Join("texts", string(l)+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(text, &texts); err != nil {
			t.Fatal(err)
		}
		all[l] = texts
	}
	english := all[approval.English]
	if len(english) < 80 {
		t.Fatalf("only %d texts", len(english))
	}
	for l, texts := range all {
		if len(texts) != len(english) {
			t.Errorf("%s has %d texts, English %d", l, len(texts), len(english))
		}
		for key, text := range english {
			if strings.TrimSpace(texts[key]) == "" || !slices.Equal(verbs.FindAllString(texts[key], -1), verbs.FindAllString(text, -1)) {
				t.Errorf("%s says %q for %s, English says %q", l, texts[key], key, text)
			}
		}
		if got := len(strings.Fields(texts["months"])); got != 12 {
			t.Errorf("%s has %d months", l, got)
		}
	}
}

func TestTheDeadlineInWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		left            time.Duration
		english, german string
	}{
		{time.Second, "in less than a minute", "in weniger als einer Minute"},
		{59 * time.Second, "in less than a minute", "in weniger als einer Minute"},
		{time.Minute, "in 1 minute", "in 1 Minute"},
		{2 * time.Minute, "in 2 minutes", "in 2 Minuten"},
		{time.Hour - time.Second, "in 59 minutes", "in 59 Minuten"},
		{time.Hour, "in 1 hour", "in 1 Stunde"},
		{2*time.Hour + 59*time.Minute, "in 2 hours", "in 2 Stunden"},
		{47 * time.Hour, "in 47 hours", "in 47 Stunden"},
		{48 * time.Hour, "in 2 days", "in 2 Tagen"},
		{365 * 24 * time.Hour, "in 365 days", "in 365 Tagen"},
		{0, "just now", "gerade eben"},
		{-time.Minute, "1 minute ago", "vor 1 Minute"},
		{-90 * time.Minute, "1 hour ago", "vor 1 Stunde"},
		{-72 * time.Hour, "3 days ago", "vor 3 Tagen"},
	} {
		request := approval.Request{Title: "x", Expires: start(), Approvals: 1, Decisions: []approval.Option{{Value: "approve"}}}
		view := approval.View{
			Screen: approval.ScreenRequest, Request: &request, Standing: &approval.Standing{Stage: approval.StageOpen}, Now: start().Add(-tt.left),
		}
		for locale, want := range map[approval.Locale]string{
			approval.English: `<time datetime="2026-11-23T15:04:05Z">23 November 2026, 15:04 UTC</time> (` + tt.english + `)`,
			approval.German:  `<time datetime="2026-11-23T15:04:05Z">23. November 2026, 15:04 UTC</time> (` + tt.german + `)`,
		} {
			if page := render(t, view, locale); !strings.Contains(page, want) {
				t.Errorf("%v before: want %s in\n%s", tt.left, want, page)
			}
		}
	}
}

func TestTheRequestsLanguageComesFirst(t *testing.T) {
	t.Parallel()
	german := newRig()
	link := german.ask(t, `,"locale":"de"`)
	for _, tt := range []struct {
		view   approval.View
		wanted approval.Locale
		want   string
	}{
		{german.Show(t.Context(), link, approval.Actor{}), "en", `<html lang="de">`},
		{german.Show(t.Context(), "nothing", approval.Actor{}), "en", `<html lang="en">`},
		{german.Show(t.Context(), "nothing", approval.Actor{}), "de", `<html lang="de">`},
		{german.Show(t.Context(), "nothing", approval.Actor{}), "xx", `<html lang="en">`},
	} {
		if page := render(t, tt.view, tt.wanted); !strings.Contains(page, tt.want) {
			t.Errorf("wanted %s, the page is not in %s", tt.wanted, tt.want)
		}
	}
}

// TestEverythingHasWords: whatever can be wrong, refused or asked for is said in each language.
func TestEverythingHasWords(t *testing.T) {
	t.Parallel()
	problems := []approval.Problem{
		"decision", "comment-missing", "comment-on-reject", "comment-unwanted", "comment-too-long", "comment-lost", "comment-unreadable", "phrase",
		"too-many-attempts", "unavailable", "refused",
	}
	for _, l := range approval.Locales() {
		for _, rule := range []approval.CommentRule{"none", "optional", "required-on-reject", "required"} {
			request := asking(t, `,"comment":"`+string(rule)+`","confirmPhrase":"yes"`)
			standing := &approval.Standing{Stage: approval.StageOpen}
			page := render(t, approval.View{Screen: "request", Request: &request, Standing: standing, Problems: problems, Now: start()}, l)
			if got := strings.Count(page, "<li>"); got != len(problems) {
				t.Errorf("%s: %d problems are said, want %d", l, got, len(problems))
			}
			if !strings.Contains(page, " 16384 ") || strings.Contains(page, `name="comment"`) != (rule != "none") {
				t.Errorf("%s: the page for the rule %s is wrong", l, rule)
			}
		}
		for _, reason := range []approval.Reason{"identity-needed", "not-asked", "own-request", "voted"} {
			if page := render(t, approval.View{Screen: "refused", Reason: reason}, l); !strings.Contains(page, `<p class="notice">`) {
				t.Errorf("%s: nothing is said for %s", l, reason)
			}
		}
	}
}
