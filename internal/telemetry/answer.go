package telemetry

// The metrics of approval pages.
const (
	MetricApprovalsAnswered   = "ApprovalsAnswered"   // forms that the workflow has
	MetricApprovalsUnanswered = "ApprovalsUnanswered" // those that could not be given to it, though nothing was wrong with them
)

// Answer writes a line that counts one form of an approval page as answered, as failed, or as neither.
func (m *Metrics) Answer(trigger, requestID string, answered, failed bool) error {
	line := map[string]any{"Trigger": trigger, "level": "INFO", MetricApprovalsAnswered: count(answered), MetricApprovalsUnanswered: count(failed)}
	return m.write(line, []unit{{MetricApprovalsAnswered, "Count"}, {MetricApprovalsUnanswered, "Count"}}, requestID)
}

func count(happened bool) int {
	if happened {
		return 1
	}
	return 0
}
