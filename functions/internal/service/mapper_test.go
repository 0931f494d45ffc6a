package service_test

import (
	"strings"
	"testing"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/webhook"
)

func attributes(pairs ...string) callback.Facts {
	all := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return callback.Facts{"trigger": "sqs", "messageAttributes": all}
}

// TestWhoMapsWhat: the user's mapping takes everything, and yet not what is not for it.
func TestWhoMapsWhat(t *testing.T) {
	t.Parallel()
	mapper, err := service.Mapper(
		config.Common{Mapping: `{taskToken: (.taskToken // .id), output: ["user", $meta.source]}`},
		[]webhook.Source{
			{Name: "own", Mapping: `{taskToken: .id, output: ["own", $meta.source]}`}, {Name: "named", Mapping: "canonical"}, {Name: "none"},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	const payload = `{"id": "t", "taskToken": "t", "error": "Partner.Failed"}`
	tests := []struct {
		name string
		meta callback.Facts
		want string // output, or error
	}{
		{"a message", attributes(), `["user",null]`},
		{"a webhook", callback.Facts{"source": "own"}, `["own","own"]`},
		{"a webhook without a mapping", callback.Facts{"source": "none"}, `["user","none"]`},
		{"a webhook with a shipped mapping", callback.Facts{"source": "named"}, "Partner.Failed"},
		{"its dead letter", attributes("WebhookSource", "own"), `["own","own"]`},
		{"a dead letter without a mapping", attributes("WebhookSource", "none"), `["user","none"]`},
		{"what was mapped already", attributes("PayloadForm", "canonical"), "Partner.Failed"},
		{"what was mapped already, of a source", attributes("PayloadForm", "canonical", "WebhookSource", "own"), "Partner.Failed"},
		{"another form", attributes("PayloadForm", "raw"), `["user",null]`},
		{"the request's word counts, not the message's", callback.Facts{
			"source": "own", "messageAttributes": map[string]any{"WebhookSource": "named"},
		}, `["own","own"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mapped, err := mapper.Map(t.Context(), payload, tt.meta)
			if err != nil {
				t.Fatal(err)
			}
			if c := mapped.Callbacks[0]; string(c.Output)+c.Error != tt.want || len(mapped.Callbacks) != 1 {
				t.Errorf("%v %s%s, want %s", c.Outcome, c.Output, c.Error, tt.want)
			}
		})
	}
}

func TestEveryMappingThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	_, err := service.Mapper(config.Common{Mapping: "{"}, []webhook.Source{
		{Name: "one", Mapping: "no-such-mapping"}, {Name: "two", Mapping: "("}, {Name: "three", Mapping: "."},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"MAPPING", "webhook source one", "webhook source two"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "three") {
		t.Errorf("the error names what is right: %v", err)
	}
}
