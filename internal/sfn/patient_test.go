package sfn_test

import (
	"slices"
	"testing"
	"time"

	"callback-completer/internal/sfn"
)

// TestPatience: what is throttled takes nothing of the attempts that other failures have, and the call goes on beyond them.
func TestPatience(t *testing.T) {
	t.Parallel()
	throttled, failed := apiError("ThrottlingException"), answer(500, `{}`)
	for name, tt := range map[string]struct {
		steps    []step
		patient  bool
		ok       bool
		attempts int
	}{
		"throttled often, then a failure": {slices.Concat(slices.Repeat([]step{throttled}, 5), []step{failed, ok()}), true, true, 7},
		"a key that is throttled often":   {slices.Concat(slices.Repeat([]step{apiError("KmsThrottlingException")}, 5), []step{ok()}), true, true, 6},
		"failures between":                {[]step{failed, throttled, failed, throttled, throttled, failed}, true, false, 6},
		"failures alone":                  {[]step{failed}, true, false, 3},
		"throttled often, no patience":    {slices.Concat(slices.Repeat([]step{throttled}, 5), []step{ok()}), false, false, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, tt.steps...)
			c := completer(t, e.url, sfn.Options{MaxAttempts: 3, MaxBackoff: time.Millisecond, Patient: tt.patient})
			err := c.Complete(t.Context(), parse(t, `"output": 1`))
			if (err == nil) != tt.ok || e.attempts() != tt.attempts {
				t.Errorf("Complete: %v after %d attempts, want %d", err, e.attempts(), tt.attempts)
			}
		})
	}
}
