package api

import (
	"encoding/json"
	"net/url"
)

// withoutLinks returns a body of Slack without what has our buttons in it: Slack sends the whole message along where another
// button of it was pressed, where somebody uses a shortcut on it, and where an app listens to a channel. The value of a
// button is the link, and whatever goes on to the mappings may end in a queue. Every member of the payload in which one of our
// buttons is found is left out, and where there is none the body stays as it is, byte for byte.
func (a *API) withoutLinks(source string, b body) body {
	if a.Approvals == nil || a.Interactions == nil || !a.Interactions.Sources[source] {
		return b
	}
	if b.mediaType != mediaTypeForm {
		b.text, _ = a.Interactions.strip(b.text)
		return b
	}
	form, err := url.ParseQuery(b.text)
	if err != nil {
		return b
	}
	changed := false
	for _, values := range form {
		for n, value := range values {
			stripped, found := a.Interactions.strip(value)
			values[n], changed = stripped, changed || found
		}
	}
	if changed {
		b.text = form.Encode()
	}
	return b
}

// strip returns a JSON object without the members that hold our buttons, and reports whether there were any.
func (b *Interactions) strip(text string) (string, bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil {
		return text, false
	}
	found := false
	for name, raw := range members {
		var member any
		if json.Unmarshal(raw, &member) != nil || b.within(member) {
			delete(members, name)
			found = true
		}
	}
	if !found {
		return text, false
	}
	rest, err := json.Marshal(members)
	if err != nil {
		return "{}", true
	}
	return string(rest), true
}

// within reports whether a button of ours is anywhere in a value.
func (b *Interactions) within(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		if id, ok := v["action_id"].(string); ok && b.named(id) {
			return true
		}
		for _, member := range v {
			if b.within(member) {
				return true
			}
		}
	case []any:
		for _, element := range v {
			if b.within(element) {
				return true
			}
		}
	}
	return false
}
