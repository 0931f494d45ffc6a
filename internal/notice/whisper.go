package notice

import "fmt"

// Whisper is what only the person hears who pressed a button in Slack. It is a word of the catalogue.
type Whisper string

// The whispers. Silence is that there is none.
const (
	Silence         Whisper = ""
	WhisperLate     Whisper = "late"      // the request is not open any more
	WhisperKept     Whisper = "kept"      // his approval is one of several
	WhisperPage     Whisper = "page"      // the answer takes more than a button
	WhisperMissing  Whisper = "missing"   // there is no such request
	WhisperAgain    Whisper = "again"     // another press may help
	WhisperFailed   Whisper = "failed"    // another press will not help
	WhisperOwn      Whisper = "own"       // he asked for it himself
	WhisperVoted    Whisper = "voted"     // his approval counts already
	WhisperNotAsked Whisper = "not-asked" // somebody else is asked
)

// Text returns the words in a language, those of English where it is none of ours.
func (w Whisper) Text(locale string) (string, error) {
	words, err := readTexts(locale)
	if err != nil {
		return "", err
	}
	text, ok := words.Whispers[w]
	if !ok {
		return "", fmt.Errorf("the catalogue has no whisper %q", string(w))
	}
	return text, nil
}
