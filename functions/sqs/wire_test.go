package main

import (
	"log/slog"
	"strings"
	"testing"
)

// TestTheFunctionRefusesToStart with settings and mappings that are wrong, and says which and where.
func TestTheFunctionRefusesToStart(t *testing.T) { //nolint:paralleltest // t.Setenv
	for name, value := range map[string]string{"AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	good := map[string]string{"DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/dlq"}
	tests := []struct {
		name  string
		extra map[string]string
		want  []string // none: it starts
	}{
		{"good", nil, nil},
		{"a mapping of the user", map[string]string{"MAPPING": "empty"}, nil},
		{"a mapping that does not compile", map[string]string{"MAPPING": "{taskToken: .a,\n output: detail}"}, []string{"mapping MAPPING, line 2", "function not defined: detail/0"}},
		{"a mapping that is not allowed", map[string]string{"MAPPING": ".a = 1"}, []string{"mapping MAPPING, line 1", "= is not allowed"}},
		{"settings", map[string]string{"DEAD_LETTER_QUEUE_URL": "", "CONCURRENCY": "none"}, []string{"DEAD_LETTER_QUEUE_URL", "CONCURRENCY"}},
	}
	for _, tt := range tests { //nolint:paralleltest // t.Setenv
		t.Run(tt.name, func(t *testing.T) {
			lookup := func(name string) (string, bool) {
				if v, ok := tt.extra[name]; ok {
					return v, true
				}
				v, ok := good[name]
				return v, ok
			}
			h, err := newHandler(t.Context(), lookup, slog.New(slog.DiscardHandler))
			if len(tt.want) == 0 && (err != nil || h == nil) {
				t.Fatalf("it does not start: %v", err)
			}
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %q in it", err, want)
				}
			}
		})
	}
}
