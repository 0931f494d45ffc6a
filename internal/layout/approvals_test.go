package layout_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callback-completer/internal/notice"
	"callback-completer/internal/telemetry"
)

// TestThePageOnApprovalsNamesTheContract: what authors of workflows and operators see by name stands in docs/approvals.md.
func TestThePageOnApprovalsNamesTheContract(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "approvals.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Concat(
		constants(t, "internal/config/approval.go", "Env"),
		[]string{"APPROVALS_TABLE", "InvalidApprovalRequest", "ApprovalNotStored", "ApprovalNotDelivered", "ApprovalRejected"},
		[]string{telemetry.MetricApprovalsOpen, telemetry.MetricOldestApprovalAge},
		[]string{telemetry.MetricApprovalsDelivered, telemetry.MetricApprovalsUndelivered, notice.EventSource, notice.EventDetailType},
	) {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/approvals.md does not name `%s`", name)
		}
	}
}
