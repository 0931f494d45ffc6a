package telemetry

// The metrics of functions/approval.
const (
	MetricApprovalsDelivered   = "ApprovalsDelivered"   // requests whose link was handed over, now or before
	MetricApprovalsUndelivered = "ApprovalsUndelivered" // requests that were not valid, or could not be kept or delivered
)

// Asked writes a line that counts one request for an approval, with a zero for how it did not end: an alarm on failures has
// data whenever somebody asks.
func (m *Metrics) Asked(trigger, requestID string, delivered bool) error {
	line := map[string]any{"Trigger": trigger, "level": "INFO", MetricApprovalsDelivered: 0, MetricApprovalsUndelivered: 1}
	if delivered {
		line[MetricApprovalsDelivered], line[MetricApprovalsUndelivered] = 1, 0
	}
	return m.write(line, []unit{{MetricApprovalsDelivered, "Count"}, {MetricApprovalsUndelivered, "Count"}}, requestID)
}
