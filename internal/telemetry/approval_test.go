package telemetry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/telemetry"
)

func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	const metrics = `"CloudWatchMetrics":[{"Dimensions":[["Trigger"]],` +
		`"Metrics":[{"Name":"ApprovalsDelivered","Unit":"Count"},{"Name":"ApprovalsUndelivered","Unit":"Count"}],"Namespace":"N"}],"Timestamp":7000}`
	for delivered, counts := range map[bool]string{
		true:  `"ApprovalsDelivered":1,"ApprovalsUndelivered":0`,
		false: `"ApprovalsDelivered":0,"ApprovalsUndelivered":1`,
	} {
		var out strings.Builder
		m := telemetry.Metrics{W: &out, Namespace: "N", Now: func() time.Time { return time.Unix(7, 0) }}
		if err := m.Asked("approval", "r-1", delivered); err != nil {
			t.Fatal(err)
		}
		want := `{` + counts + `,"Trigger":"approval","_aws":{` + metrics + `,"level":"INFO","requestId":"r-1"}` + "\n"
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("delivered %v (-want +got):\n%s", delivered, diff)
		}
	}
}
