package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"callback-completer/internal/jsonspan"
)

// delivery says which channels a request asks for.
type delivery struct {
	sns      bool
	email    []string // addresses; nil: no mail
	slack    bool
	eventBus bool
}

const channelNames = "sns, email, slack, eventBus"

// parseDelivery reads the member of the request:
//
//	{"sns": true, "email": ["bob@example.com"], "slack": true, "eventBus": true}
//
// At least one must be there. It is as strict as the rest of the request, and its problems quote nothing either.
func parseDelivery(raw []byte) (delivery, []string) {
	var d delivery
	if raw == nil {
		return d, []string{"delivery is missing"}
	}
	members, ok, err := jsonspan.Members(raw)
	if err != nil || !ok {
		return d, []string{"delivery is no JSON object"}
	}
	var problems, seen []string
	for _, m := range members {
		var problem string
		switch path := "delivery." + m.Key; m.Key {
		case "sns":
			d.sns, problem = truth(path, m.Value)
		case "slack":
			d.slack, problem = truth(path, m.Value)
		case "eventBus":
			d.eventBus, problem = truth(path, m.Value)
		case "email":
			d.email, problem = texts(path, m.Value)
		default:
			problems = append(problems, "a member of delivery is unknown; there are "+channelNames)
			continue
		}
		if slices.Contains(seen, m.Key) {
			problem = fmt.Sprintf("delivery.%s stands there twice", m.Key)
		}
		seen = append(seen, m.Key)
		if problem != "" {
			problems = append(problems, problem)
		}
	}
	if len(problems) == 0 && !d.sns && d.email == nil && !d.slack && !d.eventBus {
		problems = append(problems, "delivery asks for no channel; there are "+channelNames)
	}
	return d, problems
}

func truth(path string, raw []byte) (value bool, problem string) {
	switch string(raw) {
	case "true":
		return true, ""
	case "false":
		return false, ""
	default:
		return false, path + " is neither true nor false"
	}
}

// texts reads a list of texts, which is not nil.
func texts(path string, raw []byte) (values []string, problem string) {
	var items []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		return nil, path + " is no list"
	}
	values = make([]string, len(items))
	for i, item := range items {
		text, ok := jsonspan.String(item)
		if !ok {
			return nil, fmt.Sprintf("%s[%d] is no text", path, i)
		}
		values[i] = text
	}
	return values, ""
}
