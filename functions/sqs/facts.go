package main

import (
	"callback-completer/internal/callback"
	"callback-completer/internal/sqsevent"
)

// facts is what mappings see of a message as $meta.
type facts struct{ m *sqsevent.Message }

var _ callback.Meta = facts{}

// Fact puts together one member of $meta.
func (f facts) Fact(name string) any {
	switch name {
	case "trigger":
		return trigger
	case "messageId":
		return f.m.ID
	case "eventSourceARN":
		return f.m.SourceARN
	case "attributes":
		system := f.m.System()
		all := make(map[string]any, len(system))
		for name, v := range system {
			all[name] = v
		}
		return all
	case callback.FactAttributes:
		all := make(map[string]any, len(f.m.Custom))
		for name, a := range f.m.Custom {
			all[name] = a.Text()
		}
		return all
	default:
		return nil
	}
}

// Attribute returns the text of a message attribute.
func (f facts) Attribute(name string) (text string, ok bool) {
	a, ok := f.m.Custom[name]
	if !ok {
		return "", false
	}
	return a.Text(), true
}

// All puts together all of $meta.
func (f facts) All() map[string]any {
	all := map[string]any{}
	for _, name := range []string{"trigger", "messageId", "eventSourceARN", "attributes", callback.FactAttributes} {
		all[name] = f.Fact(name)
	}
	return all
}
