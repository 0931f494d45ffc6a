package glance

import "github.com/itchyny/gojq"

// appendTo writes the value as the encoder does: with its original bytes if it is an array or object of the payload.
func (v *value) appendTo(b []byte) []byte {
	switch v.kind {
	case null:
		return append(b, "null"...)
	case no:
		return append(b, "false"...)
	case yes:
		return append(b, "true"...)
	case constNumber:
		return append(b, v.text...)
	case text:
		if !plain(v.span.Raw()) {
			return appendText(b, v.string())
		}
		return append(b, v.span.Raw()...)
	case number, array, object:
		return append(b, v.span.Raw()...)
	case constText:
		return appendText(b, v.text)
	case builtArray:
		b = append(b, '[')
		for i := range v.parts {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.parts[i].value.appendTo(b)
		}
		return append(b, ']')
	case builtObject:
		b = append(b, '{')
		for i := range v.parts {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendText(b, v.parts[i].key), ':')
			b = v.parts[i].value.appendTo(b)
		}
		return append(b, '}')
	default: // nothing and $meta's, which are not writable
		return b
	}
}

func appendText(b []byte, s string) []byte {
	quoted, _ := gojq.Marshal(s) // which has no error for strings
	return append(b, quoted...)
}

// The bounds within which values are written, narrower than those of package mapping.
const (
	maxDepth = 900 // arrays and objects in one another
	maxBytes = 1 << 20
)

// writable reports whether the value has a JSON form within the bounds. depth counts what is built around it.
func (v *value) writable(depth int) bool {
	switch v.kind {
	case nothing, wholeMeta, facts:
		return false
	case array, object:
		return depth+v.span.Depth() <= maxDepth
	case builtArray, builtObject:
		for i := range v.parts {
			if !v.parts[i].value.writable(depth + 1) {
				return false
			}
		}
		return depth < maxDepth
	default:
		return true
	}
}

// written returns the value as [value.appendTo] writes it, without a copy where it stands so in the payload.
func (v *value) written() []byte {
	switch v.kind {
	case number, array, object:
		return v.span.Raw()
	case text:
		if plain(v.span.Raw()) {
			return v.span.Raw()
		}
		return v.appendTo(nil)
	default:
		return v.appendTo(nil)
	}
}
