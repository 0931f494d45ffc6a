package webhook

import "strings"

// MinSecretBytes is the length of the shortest secret that is accepted, without its prefix and decoded where the scheme
// encodes it: the lower limit of Standard Webhooks.
const MinSecretBytes = 24

const (
	maxSecretBytes = 512
	// Of 32 random hexadecimal digits, the least varied kind of secret, fewer than 8 differ once in ten million.
	minDistinctBytes = 8
)

// fault is what is wrong with a secret: a fixed text.
type fault string

func (f fault) Error() string { return string(f) }

// inserted tells what belongs in a secret's place but is not it: references that nobody resolved, and the words that
// templates and tutorials hold.
func inserted(text string) error {
	for _, reference := range []string{"arn:", "{{resolve:", "${", "<"} {
		if strings.HasPrefix(text, reference) {
			return fault("it is a reference or a blank to be filled in, not the secret itself")
		}
	}
	return placeholder(text)
}

func placeholder(text string) error {
	letters := strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(text))
	// Long enough that a random secret holds one of them less than once in a million.
	for _, word := range []string{
		"changeme", "changethis", "replaceme", "replacethis", "replacewith", "placeholder", "example", "password",
		"goeshere", "secrethere", "insertyour", "yoursecret", "yourwebhook", "yoursigning", "mysecret", "mywebhook", "supersecret",
		"testsecret", "webhooksecret", "signingsecret", "secretsecret", "notasecret", "dummysecret", "secretkey",
	} {
		if strings.Contains(letters, word) {
			return fault("it is a placeholder")
		}
	}
	return nil
}

// strong refuses what nobody drew at random: short, repeated or counted up.
func strong(secret []byte) error {
	if err := placeholder(string(secret)); err != nil {
		return err
	}
	if len(secret) < MinSecretBytes {
		return fault("it is shorter than 24 bytes")
	}
	var seen [256]bool
	distinct := 0
	for _, b := range secret {
		if !seen[b] {
			seen[b] = true
			distinct++
		}
	}
	switch {
	case distinct < minDistinctBytes:
		return fault("it consists of a few characters only")
	case repeats(secret):
		return fault("it is one text repeated")
	case counts(secret):
		return fault("it is a sequence")
	default:
		return nil
	}
}

// repeats reports whether the whole of secret is a piece of at most half its length, over and over.
func repeats(secret []byte) bool {
	for period := 1; period <= len(secret)/2; period++ {
		if string(secret[period:]) == string(secret[:len(secret)-period]) {
			return true
		}
	}
	return false
}

// counts reports whether most bytes follow from the one before, up or down.
func counts(secret []byte) bool {
	up, down := 0, 0
	for i := 1; i < len(secret); i++ {
		switch secret[i] - secret[i-1] {
		case 1:
			up++
		case 255:
			down++
		}
	}
	return max(up, down) > len(secret)/2
}
