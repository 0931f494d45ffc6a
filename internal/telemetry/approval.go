package telemetry

// The metrics of functions/approval.
const (
	MetricApprovalDelivered = "ApprovalDelivered" // requests whose link was handed over, now or before
	MetricApprovalFailed    = "ApprovalFailed"    // requests that were not valid, or could not be kept or delivered
)

// Approval writes a line that counts one request for an approval, with a zero for how it did not end: an alarm on failures has
// data whenever somebody asks.
func (m *Metrics) Approval(trigger, requestID string, delivered bool) error {
	line := map[string]any{"Trigger": trigger, "level": "INFO", MetricApprovalDelivered: 0, MetricApprovalFailed: 1}
	if delivered {
		line[MetricApprovalDelivered], line[MetricApprovalFailed] = 1, 0
	}
	return m.write(line, []unit{{MetricApprovalDelivered, "Count"}, {MetricApprovalFailed, "Count"}}, requestID)
}
