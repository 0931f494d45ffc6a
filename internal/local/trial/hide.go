package trial

import (
	"maps"
	"regexp"
	"slices"

	"callback-completer/internal/callback"
)

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// shown is how much of a value a line shows, in bytes.
const shown = 400

func shorten(text string) string {
	if len(text) <= shown {
		return text
	}
	end := shown
	for end > 0 && text[end]&0xc0 == 0x80 { // not in the middle of a rune
		end--
	}
	return text[:end] + " …"
}

var (
	likeAToken = regexp.MustCompile(`[A-Za-z0-9+/]{40,}={0,2}`)
	cutLikeOne = regexp.MustCompile(`[A-Za-z0-9+/]{16,} \.\.\.`)
	tokenField = regexp.MustCompile(`("[Tt]askToken"\s*:\s*")([^"\\]+)`)
)

// hide puts fingerprints in the place of task tokens and of what looks like one: long runs of base64. What jq cuts off
// in its errors may be the beginning of one, which has no fingerprint.
func hide(text string) string {
	text = tokenField.ReplaceAllStringFunc(text, func(found string) string {
		parts := tokenField.FindStringSubmatch(found)
		return parts[1] + fingerprint(parts[2])
	})
	text = likeAToken.ReplaceAllStringFunc(text, fingerprint)
	return cutLikeOne.ReplaceAllString(text, "[may be a token]")
}

// hideToken hides a callback's own token as well, whatever it looks like.
func hideToken(token callback.Token, text string) string {
	return hide(token.Mask(text, "[token "+token.Fingerprint()+"]"))
}

func fingerprint(text string) string {
	token, err := callback.NewToken(text)
	if err != nil {
		return text
	}
	return "[token " + token.Fingerprint() + "]"
}
