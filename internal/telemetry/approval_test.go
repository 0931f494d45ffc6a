package telemetry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/telemetry"
)

func TestApprovalsAreCounted(t *testing.T) {
	t.Parallel()
	const metrics = `"CloudWatchMetrics":[{"Dimensions":[["Trigger"]],` +
		`"Metrics":[{"Name":"ApprovalDelivered","Unit":"Count"},{"Name":"ApprovalFailed","Unit":"Count"}],"Namespace":"N"}],"Timestamp":7000}`
	for delivered, counts := range map[bool]string{
		true:  `"ApprovalDelivered":1,"ApprovalFailed":0`,
		false: `"ApprovalDelivered":0,"ApprovalFailed":1`,
	} {
		var out strings.Builder
		m := telemetry.Metrics{W: &out, Namespace: "N", Now: func() time.Time { return time.Unix(7, 0) }}
		if err := m.Approval("approval", "r-1", delivered); err != nil {
			t.Fatal(err)
		}
		want := `{` + counts + `,"Trigger":"approval","_aws":{` + metrics + `,"level":"INFO","requestId":"r-1"}` + "\n"
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("delivered %v (-want +got):\n%s", delivered, diff)
		}
	}
}
