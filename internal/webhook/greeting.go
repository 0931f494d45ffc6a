package webhook

import (
	"mime"
	"net/http"

	"callback-completer/internal/jsonspan"
)

const (
	maxChallengeBytes = 1024
	// Slack's greetings have three short members; what is longer need not be read.
	maxGreetingBytes = 4096
)

// Greeting reports whether a request is one by which a sender only tries whether somebody is there, and what it wants to
// read in answer: nothing for GitHub, the challenge for Slack, at most 1,024 printable ASCII characters. Other senders
// never greet, and what is not exactly a greeting is none.
//
// The request must have been verified: strangers are not to choose what the endpoint answers.
func (s *Scheme) Greeting(h http.Header, body []byte) (answer string, ok bool) {
	switch s.name {
	case GitHub:
		event, err := single(h, "X-GitHub-Event", ErrMissingHeader)
		return "", err == nil && event == "ping"
	case Slack:
		return slackChallenge(h, body)
	default:
		return "", false
	}
}

// Greeting is that of the source's scheme; see [Scheme.Greeting].
func (v *Verifier) Greeting(h http.Header, body []byte) (answer string, ok bool) {
	return v.source.Scheme.Greeting(h, body)
}

// slackChallenge reads {"type":"url_verification","challenge":…}; see docs.slack.dev/reference/events/url_verification.
func slackChallenge(h http.Header, body []byte) (string, bool) {
	contentType, err := single(h, "Content-Type", ErrMissingHeader)
	if err != nil || len(body) > maxGreetingBytes {
		return "", false
	}
	if mediaType, _, err := mime.ParseMediaType(contentType); err != nil || mediaType != "application/json" {
		return "", false
	}
	members, _, err := jsonspan.Members(body)
	if err != nil {
		return "", false
	}
	texts := map[string]string{}
	for _, member := range members {
		if _, twice := texts[member.Key]; twice {
			return "", false
		}
		texts[member.Key], _ = jsonspan.String(member.Value)
	}
	challenge := texts["challenge"]
	if texts["type"] != "url_verification" || challenge == "" || len(challenge) > maxChallengeBytes || !within(challenge, ' ', '~') {
		return "", false
	}
	return challenge, true
}
