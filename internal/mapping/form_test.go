package mapping_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
	"callback-completer/internal/race"
)

const formType = "application/x-www-form-urlencoded"

// echo answers with the payload as it is.
const echo = `{taskToken: "t", output: .}`

func posted(contentType any) callback.Facts {
	return callback.Facts{"headers": map[string]any{"content-type": contentType}}
}

func queued(contentType any) callback.Facts {
	return callback.Facts{"messageAttributes": map[string]any{"ContentType": contentType}}
}

// mapped maps where no time passes, so that a busy machine is no slow program.
func mapped(t *testing.T, program, payload string, meta callback.Facts) (m callback.Mapped, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { m, err = engine(t, program).Map(t.Context(), payload, meta) })
	return m, err
}

func TestForms(t *testing.T) {
	t.Parallel()
	text := `"taskToken=t&status=ok"` // what a payload that is no form and no JSON stays
	tests := []struct {
		name, payload string
		meta          callback.Facts
		envelopes     []string
		want          string
	}{
		{"fields in their order", "z=1&a=2&m=3", posted(formType), []string{"form"}, `{"z":"1","a":"2","m":"3"}`},
		{"from a queue", "taskToken=t&status=ok", queued(formType), []string{"form"}, `{"taskToken":"t","status":"ok"}`},
		{"with a charset", "a=b", posted(formType + "; charset=UTF-8"), []string{"form"}, `{"a":"b"}`},
		{"with another parameter", "a=b", posted(formType + ";boundary=x"), []string{"form"}, `{"a":"b"}`},
		{"in upper case", "a=b", posted("Application/X-WWW-Form-Urlencoded"), []string{"form"}, `{"a":"b"}`},
		{"decoded", "%61+b=c%2Bd+%C3%A9%20%22%5C&%3D=%26", posted(formType), []string{"form"}, `{"a b":"c+d é \"\\","=":"&"}`},
		{"control characters", "a=%00%0A", posted(formType), []string{"form"}, `{"a":"\u0000\n"}`},
		{"markup keeps its characters", "a=<b>", posted(formType), []string{"form"}, `{"a":"<b>"}`},
		{"no value", "a&b=", posted(formType), []string{"form"}, `{"a":"","b":""}`},
		{"more than one equals sign", "a=b=c", posted(formType), []string{"form"}, `{"a":"b=c"}`},
		{"a semicolon is no separator", "a=1;b=2", posted(formType), []string{"form"}, `{"a":"1;b=2"}`},
		{"empty pieces", "&a=1&&b=2&", posted(formType), []string{"form"}, `{"a":"1","b":"2"}`},
		{"nothing but separators", "&&", posted(formType), []string{"form"}, `{}`},
		{"names in different case", "a=1&A=2", posted(formType), []string{"form"}, `{"a":"1","A":"2"}`},
		{"100 fields", numbered(100), posted(formType), []string{"form"}, numberedObject(100)},
		{"JSON object as the payload", `payload=%7B%22z%22%3A+1.10%2C+%22a%22%3A2%7D`, posted(formType), []string{"form", "form-payload"}, `{"z": 1.10, "a":2}`},
		{"JSON array as the payload", `payload=%5B1%5D`, posted(formType), []string{"form"}, `{"payload":"[1]"}`},
		{"text as the payload", `payload=x`, posted(formType), []string{"form"}, `{"payload":"x"}`},
		{"another field beside the payload", `payload=%7B%7D&x=1`, posted(formType), []string{"form"}, `{"payload":"{}","x":"1"}`},
		{"JSON in another field", `body=%7B%7D`, posted(formType), []string{"form"}, `{"body":"{}"}`},
		{
			"an envelope in the payload", "payload=" + url.QueryEscape(notification(`{"x":1}`)), posted(formType),
			[]string{"form", "form-payload", "sns"},
			`{"x":1}`,
		},
		{"a form in a notification", notificationOf("z=1&a=2", formType), nil, []string{"sns", "form"}, `{"z":"1","a":"2"}`},
		{"the header counts before the attribute", "a=b", callback.Facts{
			"headers": map[string]any{"content-type": "text/plain"}, "messageAttributes": map[string]any{"ContentType": formType},
		}, nil, `"a=b"`},
		{"another charset", "taskToken=t&status=ok", posted(formType + "; charset=iso-8859-1"), nil, text},
		{"another type", "taskToken=t&status=ok", posted("text/plain"), nil, text},
		{"a type that only begins like it", "taskToken=t&status=ok", posted(formType + "2"), nil, text},
		{"two types", "taskToken=t&status=ok", posted(formType + ", " + formType), nil, text},
		{"a type that is no string", "taskToken=t&status=ok", posted([]any{formType}), nil, text},
		{"no type", "taskToken=t&status=ok", nil, nil, text},
		{"JSON of JSON's type", `{"a":1}`, posted("application/json"), nil, `{"a":1}`},
		{"an empty form", "", posted(formType), nil, `""`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := mapped(t, echo, tt.payload, tt.meta)
			if err != nil || len(m.Callbacks) != 1 {
				t.Fatalf("Map = %v, %v", m, err)
			}
			if got := string(m.Callbacks[0].Output); got != tt.want {
				t.Errorf("payload %s, want %s", got, tt.want)
			}
			if diff := cmp.Diff(tt.envelopes, m.Envelopes); diff != "" {
				t.Errorf("envelopes (-want +got):\n%s", diff)
			}
		})
	}
}

func numbered(n int) string {
	fields := make([]string, n)
	for i := range fields {
		fields[i] = fmt.Sprintf("f%d=%d", i, i)
	}
	return strings.Join(fields, "&")
}

func numberedObject(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"f%d":"%d"`, i, i)
	}
	return "{" + strings.Join(members, ",") + "}"
}

func notificationOf(message, contentType string) string {
	return strings.Replace(notification(message), `"MessageAttributes":{`, `"MessageAttributes":{"ContentType":{"Type":"String","Value":`+quote(contentType)+`},`, 1)
}

func TestFormsRefused(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 1001) + "1" + strings.Repeat("}", 1001)
	tests := []struct{ name, payload, message string }{
		{"percent sign alone", "a=%", "The form has a percent sign without two hexadecimal digits behind it."},
		{"half an escape", "a=%4", "The form has a percent sign without two hexadecimal digits behind it."},
		{"escape of no digits", "%zz=b", "The form has a percent sign without two hexadecimal digits behind it."},
		{"not UTF-8, escaped", "a=%FF", "The form is not valid UTF-8."},
		{"not UTF-8, raw", "a=\xff", "The form is not valid UTF-8."},
		{"a name that is not UTF-8", "%C3%28=b", "The form is not valid UTF-8."},
		{"a surrogate", "a=%ED%A0%80", "The form is not valid UTF-8."},
		{"a field twice", "a=1&b=2&a=3", "The form has a field twice."},
		{"a field twice, escaped", "a=1&%61=1", "The form has a field twice."},
		{"the payload twice", "payload=%7B%7D&payload=%7B%7D", "The form has a field twice."},
		{"no name", "=1", "The form has a field without a name."},
		{"no name and no value", "a=1&=", "The form has a field without a name."},
		{"101 fields", numbered(101), "The form has more than 100 fields."},
		{"a payload that is nested too deep", "payload=" + url.QueryEscape(deep), "The payload is nested deeper than 1,000 levels."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := mapped(t, echo, tt.payload, posted(formType))
			refused(t, err, callback.CodeInvalidPayload)
			if got, want := err.Error(), "InvalidPayload: "+tt.message; got != want {
				t.Errorf("error %q, want %q", got, want)
			}
		})
	}
}

// TestFormsRoundTrip: what a sender encodes is what a mapping sees.
func TestFormsRoundTrip(t *testing.T) {
	t.Parallel()
	e := engine(t, echo)
	text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("&=;+%\"\\ \x00é")))).Filter(utf8.ValidString)
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.MapOfN(text.Filter(func(s string) bool { return s != "" }), text, 1, 20).Draw(t, "fields")
		values, want := url.Values{}, map[string]any{}
		for name, value := range fields {
			values.Set(name, value)
			want[name] = value
		}
		if _, only := fields["payload"]; only && len(fields) == 1 {
			t.Skip("a payload may stand for its JSON")
		}
		trial, err := e.Try(t.Context(), values.Encode(), posted(formType))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, decode(t, trial.Payload)); diff != "" {
			t.Fatalf("payload (-want +got):\n%s", diff)
		}
	})
}

func decode(t *rapid.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestALargeForm: whatever 1 MiB is made of, it is opened whole.
func TestALargeForm(t *testing.T) {
	t.Parallel()
	size := 1 << 20
	if race.Enabled { // each byte takes a hundred times as long, and races do not depend on how many there are
		size = 1 << 17
	}
	for name, form := range map[string]string{
		"one long value":     "a=" + strings.Repeat("x", size-2),
		"escapes":            "a=" + strings.Repeat("%41", size/3-1),
		"separators":         strings.Repeat("&", size),
		"one long name":      strings.Repeat("n", size),
		"control characters": "a=" + strings.Repeat("\x01", size-2),
		"a JSON object":      `payload={"a":"` + strings.Repeat("x", size-16) + `"}`,
	} {
		m, err := mapped(t, `{taskToken: "t", output: length}`, form, posted(formType))
		if err != nil || len(m.Callbacks) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func ExampleEngine_Map_form() {
	e, err := mapping.New(mapping.Program{
		Name: "button.jq", Source: `select(.type == "block_actions") | {taskToken: .actions[0].value, output: {by: .user.name}}`,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	body := "payload=" + url.QueryEscape(`{"type": "block_actions", "user": {"name": "ann"}, "actions": [{"value": "AAAA"}]}`)
	meta := callback.Facts{"headers": map[string]any{"content-type": "application/x-www-form-urlencoded"}}
	m, err := e.Map(context.Background(), body, meta)
	fmt.Println(m.Envelopes, m.Callbacks[0].Outcome, string(m.Callbacks[0].Output), err)
	// Output: [form form-payload] success {"by":"ann"} <nil>
}
