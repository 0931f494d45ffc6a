package telemetry

import "time"

// The metrics of the survey of open approval requests.
const (
	MetricApprovalsOpen     = "ApprovalsOpen"     // requests that wait for an answer
	MetricOldestApprovalAge = "OldestApprovalAge" // seconds for which the oldest of them has waited, 0 if there is none
)

// Open writes a line that says how many requests are open and since when. oldest is not written if it is negative: it is not
// known. cut says that not all of them were counted; the line tells it, the metrics do not.
func (m *Metrics) Open(trigger, requestID string, open int, oldest time.Duration, cut bool) error {
	line := map[string]any{"Trigger": trigger, "level": "INFO", MetricApprovalsOpen: open, "cut": cut}
	units := []unit{{MetricApprovalsOpen, "Count"}}
	if oldest >= 0 {
		line[MetricOldestApprovalAge] = oldest.Seconds()
		units = append(units, unit{MetricOldestApprovalAge, "Seconds"})
	}
	return m.write(line, units, requestID)
}
