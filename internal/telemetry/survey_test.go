package telemetry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/telemetry"
)

func TestOpenRequests(t *testing.T) {
	t.Parallel()
	const open, age = `{"Name":"ApprovalsOpen","Unit":"Count"}`, `,{"Name":"OldestApprovalAge","Unit":"Seconds"}`
	for _, tt := range []struct {
		open         int
		oldest       time.Duration
		cut          bool
		names, units string
	}{
		{0, 0, false, `"ApprovalsOpen":0,"OldestApprovalAge":0`, open + age},
		{3, 90*time.Minute + 500*time.Millisecond, false, `"ApprovalsOpen":3,"OldestApprovalAge":5400.5`, open + age},
		{0, -1, true, `"ApprovalsOpen":0`, open},
	} {
		var out strings.Builder
		m := telemetry.Metrics{W: &out, Namespace: "N", Now: func() time.Time { return time.Unix(7, 0) }}
		if err := m.Open("approval", "r-1", tt.open, tt.oldest, tt.cut); err != nil {
			t.Fatal(err)
		}
		cut := map[bool]string{true: "true", false: "false"}[tt.cut]
		want := `{` + tt.names + `,"Trigger":"approval","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Trigger"]],"Metrics":[` + tt.units +
			`],"Namespace":"N"}],"Timestamp":7000},"cut":` + cut + `,"level":"INFO","requestId":"r-1"}` + "\n"
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt, diff)
		}
	}
}
