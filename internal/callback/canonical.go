package callback

import (
	"bytes"
	"encoding/json"
)

// canonical writes the callback in the form that [Parse] reads, the output byte for byte. It reveals the token and is
// for the callback queue alone.
func (c *Callback) canonical() []byte {
	var b bytes.Buffer
	member := func(name, text string) {
		b.WriteString(`"` + name + `":`)
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		_ = e.Encode(text) // a string has a JSON form, and a buffer takes it
		b.Truncate(b.Len() - 1)
	}
	b.WriteByte('{')
	member("taskToken", c.Token.Reveal())
	b.WriteByte(',')
	member("outcome", c.Outcome.String())
	if c.Outcome == Success {
		b.WriteString(`,"output":`)
		b.Write(c.Output)
	}
	if c.Error != "" {
		b.WriteByte(',')
		member("error", c.Error)
	}
	if c.Cause != "" {
		b.WriteByte(',')
		member("cause", c.Cause)
	}
	b.WriteByte('}')
	return b.Bytes()
}
