package telemetry_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/telemetry"
)

func TestAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		answered, failed bool
		want             [2]float64
	}{
		{true, false, [2]float64{1, 0}},
		{false, true, [2]float64{0, 1}},
		{false, false, [2]float64{0, 0}},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		m := telemetry.Metrics{W: &out, Namespace: "N", Now: func() time.Time { return time.UnixMilli(5) }}
		if err := m.Answer("approval", "r-1", tt.answered, tt.failed); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]map[string]any{{
			"Trigger": "approval", "level": "INFO", "requestId": "r-1", "ApprovalsAnswered": tt.want[0], "ApprovalsUnanswered": tt.want[1],
			"_aws": map[string]any{
				"Timestamp": 5.0,
				"CloudWatchMetrics": []any{map[string]any{
					"Namespace": "N", "Dimensions": []any{[]any{"Trigger"}}, "Metrics": []any{
						map[string]any{"Name": "ApprovalsAnswered", "Unit": "Count"}, map[string]any{"Name": "ApprovalsUnanswered", "Unit": "Count"},
					},
				}},
			},
		}}, lines(t, &out)); diff != "" {
			t.Errorf("metrics (-want +got):\n%s", diff)
		}
	}
}
