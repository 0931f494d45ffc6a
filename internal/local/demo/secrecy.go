package demo

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"callback-completer/internal/local/sqs"
)

// told is where no secret may be: everywhere but in the bodies of messages.
type told struct {
	logs    journals
	letters []sqs.Held // their attributes
	records []string   // Lambda's, of events that failed
	answers []reply
}

// The facts that are wanted.
const (
	cleanLogs    = "no secret in the logs"
	cleanLetters = "none in a dead letter's attributes"
	cleanAnswers = "none in an answer"
)

// secrecyFacts looks for tokens, webhook secrets, signatures, links and comments.
func secrecyFacts(secrets []secret, t told) (facts []string) {
	for _, name := range functionNames() {
		if !strings.Contains(t.logs[name].String(), proof(name)) {
			return []string{"functions/" + name + " logged nothing"} // the search would prove nothing
		}
	}
	search := func(clean string, secrets []secret, texts map[string]string) {
		found := leaks(secrets, texts)
		if found == nil {
			found = []string{clean}
		}
		facts = append(facts, found...)
	}
	logs := map[string]string{}
	for name, log := range t.logs {
		logs["the log of functions/"+name] = log.String()
	}
	search(cleanLogs, secrets, logs)
	search(cleanLetters, secrets, attributes(t.letters))
	// Whoever has a link is answered by its page, which shows what was commented.
	own := slices.DeleteFunc(slices.Clone(secrets), func(s secret) bool { return s.kind == linkKind || s.kind == commentKind })
	search(cleanAnswers, own, t.said())
	return facts
}

// proof is in the log of a function that has done its work.
func proof(function string) string {
	if function == approvalFunction {
		return "approvalId"
	}
	return "verdict"
}

// leaks tells which secrets are in which texts, which are named.
func leaks(secrets []secret, texts map[string]string) (found []string) {
	for _, where := range slices.Sorted(maps.Keys(texts)) {
		for _, s := range secrets {
			if strings.Contains(texts[where], s.text) {
				found = append(found, fmt.Sprintf("%s holds %s", where, s))
			}
		}
	}
	return found
}

func attributes(letters []sqs.Held) map[string]string {
	texts := map[string]string{}
	for _, l := range letters {
		for name, a := range l.Attributes {
			texts["a dead letter's "+name] += a.String + string(a.Binary) + "\n"
		}
	}
	return texts
}

// said is what callers were answered: of the API, and of Lambda in the records of events that failed.
func (t told) said() map[string]string {
	texts := map[string]string{}
	for _, a := range t.answers {
		texts["an answer of the API"] += fmt.Sprint(a.header, a.body, "\n")
	}
	for _, text := range t.records {
		var record struct{ ResponsePayload json.RawMessage } // beside the event, which holds its token
		if json.Unmarshal([]byte(text), &record) == nil {
			text = string(record.ResponsePayload)
		}
		texts["an answer of functions/eventbridge"] += text + "\n"
	}
	return texts
}
