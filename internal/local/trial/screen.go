package trial

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"callback-completer/internal/callback"
	"callback-completer/internal/jsonspan"
	"callback-completer/internal/mapping"
)

// screen writes lines and keeps the first error.
type screen struct {
	w   io.Writer
	err error
}

func (s *screen) line(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, format+"\n", args...)
	}
}

func names(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", then ")
}

// attempt tells what one mapping makes of the payload, if anything.
func (s *screen) attempt(a mapping.Attempt) {
	switch {
	case a.Program != nil:
		s.line("mapping     %s fails: %s", a.Mapping, hide(a.Program.Error()))
		s.failure(a.Failure)
	case a.Results == 0:
		s.line("mapping     %s: not its own", a.Mapping)
	case a.Form != nil:
		s.line("mapping     %s takes it, but %v", a.Mapping, a.Form)
		for _, v := range a.Values {
			s.line("            yields %s", shorten(hide(v)))
		}
	default:
		s.line("mapping     %s takes it, callbacks: %d", a.Mapping, len(a.Callbacks))
	}
}

// failure tells where a program failed, as far as that is known.
func (s *screen) failure(f *mapping.Failure) {
	if f == nil {
		return
	}
	expression, more, isLong := strings.Cut(f.Expression, "\n")
	if isLong && more != "" {
		expression += " …"
	}
	if f.Line > 0 {
		s.line("            at line %d, column %d: %s", f.Line, f.Column, shorten(hide(expression)))
	} else {
		s.line("            at %s", shorten(hide(expression)))
	}
	if len(f.Places) > 0 {
		s.line("            applied to %s", shorten(strings.Join(f.Places, " and ")))
	}
}

// callback tells what would be sent, with its sizes against the limits.
func (s *screen) callback(c callback.Callback) {
	operation := map[callback.Outcome]string{
		callback.Success: "SendTaskSuccess", callback.Failure: "SendTaskFailure", callback.Heartbeat: "SendTaskHeartbeat",
	}[c.Outcome]
	s.line("callback    %s, token %s", operation, c.Token.Fingerprint())
	switch c.Outcome {
	case callback.Success:
		s.line("            output %s", shorten(hideToken(c.Token, string(c.Output))))
		s.size("output", len(c.Output), callback.MaxOutputBytes)
	case callback.Failure:
		s.line("            error %q, cause %s", hideToken(c.Token, c.Error), shorten(hideToken(c.Token, c.Cause)))
		s.size("error", len(c.Error), callback.MaxErrorBytes)
		s.size("cause", len(c.Cause), callback.MaxCauseBytes)
	case callback.Heartbeat:
	}
	for _, cut := range c.Cuts {
		s.line("            %s was %d bytes long and is cut", cut.Field, cut.Bytes)
	}
}

func (s *screen) size(field string, bytes, limit int) {
	s.line("            %s: %d of %d bytes", field, bytes, limit)
}

// triggers tells what each trigger does with a payload of this verdict, the event's own first.
func (s *screen) triggers(v callback.Verdict, own string) {
	answers := map[string]string{SQS: "the message is deleted", EventBridge: "the invocation succeeds"}
	switch {
	case v.DeadLettered():
		answers[SQS] = "the dead-letter queue gets the message, which is then deleted"
		answers[EventBridge] = "the dead-letter queue gets the event, and the invocation succeeds"
	case v == callback.Delivered:
		answers[SQS] = "after 200 the message is deleted; what may pass is tried again; the rest is dead-lettered"
		answers[EventBridge] = "after 200 the invocation succeeds; what may pass fails it (CallbackRetryError); the rest is dead-lettered"
	}
	for _, name := range []string{SQS, EventBridge} {
		if own == "" || own == name {
			s.line("%-11s %s", name, answers[name])
		}
	}
}

// tokens tells where a task token seems to stand in a payload that gave no callback.
func (s *screen) tokens(payload []byte) {
	d, err := jsonspan.Parse(payload)
	if err != nil {
		return
	}
	for _, path := range find(d.Root(), "") {
		s.line("            a task token may stand at %s", path)
	}
}

var tokenName = regexp.MustCompile(`(?i)^(task|callback)[-_ ]?token$`)

// find returns the jq paths of what is named like a task token.
func find(v any, path string) []string {
	var found []string
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			at := path + step(key)
			if tokenName.MatchString(key) {
				found = append(found, at)
				continue
			}
			if name, ok := v["name"].(string); ok && key == "value" && tokenName.MatchString(name) {
				found = append(found, at)
				continue
			}
			found = append(found, find(v[key], at)...)
		}
	case []any:
		for i, element := range v {
			if path == "" {
				path = "."
			}
			found = append(found, find(element, fmt.Sprintf("%s[%d]", path, i))...)
		}
	}
	return found
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func step(key string) string {
	if plainKey.MatchString(key) {
		return "." + key
	}
	quoted, _ := json.Marshal(key) //nolint:errchkjson // a string always encodes
	return "." + string(quoted)
}
