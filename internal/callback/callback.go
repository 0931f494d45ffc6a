package callback

import (
	"crypto/sha256"
	"encoding/json"
	"unicode/utf8"

	"callback-completer/internal/jsonspan"
)

// The limits of SendTaskSuccess and SendTaskFailure, in bytes of UTF-8 (API model: SensitiveData, SensitiveError,
// SensitiveCause).
const (
	MaxOutputBytes = 262_144
	MaxErrorBytes  = 256
	MaxCauseBytes  = 32_768
)

// Callback is one answer to one waiting state, checked against every limit.
type Callback struct {
	Token   Token
	Outcome Outcome
	Output  json.RawMessage // of a Success, as it arrived, byte for byte
	Error   string          // of a Failure; what Retry and Catch match on
	Cause   string          // of a Failure
	Cuts    []Cut           // what was too long and is cut
}

// Cut says that a text was longer than Step Functions takes.
type Cut struct {
	Field string // "error" or "cause"
	Bytes int    // its length before the cut
}

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// ResultDigest returns the digest of what the callback tells, white space between JSON tokens aside, so that two
// deliveries of one answer can be known for the same without keeping either.
func (c *Callback) ResultDigest() Digest {
	output := sha256.New()
	jsonspan.Compact(c.Output, func(piece []byte) { output.Write(piece) })
	h := sha256.New()
	add := func(text string) {
		sum := sha256.Sum256([]byte(text))
		h.Write(sum[:])
	}
	add(c.Outcome.String())
	h.Write(output.Sum(nil))
	add(c.Error)
	add(c.Cause)
	return Digest(h.Sum(nil))
}

const cutMark = "…"

// cut shortens text to limit bytes, mark included, without breaking a rune.
func cut(text string, limit int) string {
	end := limit - len(cutMark)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + cutMark
}
