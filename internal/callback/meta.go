package callback

import "maps"

// Meta is what a trigger knows of a payload beside it: what mappings see as $meta. Most payloads are mapped without it, so
// a trigger may wait with putting it together until somebody asks.
type Meta interface {
	// Fact returns $meta's member of the name, nil if there is none. It must not be changed.
	Fact(name string) any
	// Attribute returns the text of an SQS message attribute: $meta.messageAttributes has it under the name.
	Attribute(name string) (text string, ok bool)
	// All returns the whole of it, made of what jq knows: strings, []any, map[string]any and the like. The map is the caller's.
	All() map[string]any
}

// Facts is a Meta that is put together already.
type Facts map[string]any

var _ Meta = Facts(nil)

// FactAttributes is the name under which $meta has SQS message attributes.
const FactAttributes = "messageAttributes"

// Fact returns the member of the name.
func (f Facts) Fact(name string) any { return f[name] }

// Attribute returns the text of a message attribute.
func (f Facts) Attribute(name string) (text string, ok bool) {
	attributes, _ := f[FactAttributes].(map[string]any)
	text, ok = attributes[name].(string)
	return text, ok
}

// All returns a copy; what is in it is shared.
func (f Facts) All() map[string]any {
	all := make(map[string]any, len(f)+3) // the engine adds a few
	maps.Copy(all, f)
	return all
}
