package mapping_test

import (
	"testing"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

func TestTokenNames(t *testing.T) {
	t.Parallel()
	plain := engine(t, `{taskToken: "t", output: $meta.tokenNames}`)
	for name, tt := range map[string]struct {
		engine *mapping.Engine
		want   string
	}{
		"default":    {plain, `{"environment":"TASK_TOKEN","parameter":"taskToken"}`},
		"none given": {plain.WithTokenNames(mapping.TokenNames{}), `{"environment":"TASK_TOKEN","parameter":"taskToken"}`},
		"one given":  {plain.WithTokenNames(mapping.TokenNames{Parameter: "p"}), `{"environment":"TASK_TOKEN","parameter":"p"}`},
		"both given": {
			plain.WithTokenNames(mapping.TokenNames{Environment: "E", Parameter: "p"}), `{"environment":"E","parameter":"p"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			meta := callback.Facts{"tokenNames": map[string]any{"environment": "the trigger's"}}
			m, err := tt.engine.Map(t.Context(), `{}`, meta)
			if err != nil || string(m.Callbacks[0].Output) != tt.want {
				t.Errorf("Map: %v, %v, want %s", m.Callbacks, err, tt.want)
			}
			trial, err := tt.engine.Try(t.Context(), `{}`, meta)
			if err != nil || string(trial.Attempts[0].Callbacks[0].Output) != tt.want {
				t.Errorf("Try: %v, %v, want %s", trial.Attempts, err, tt.want)
			}
		})
	}
}
