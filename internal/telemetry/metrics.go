package telemetry

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"callback-completer/internal/callback"
)

// The metrics that are not verdicts.
const (
	MetricLatency   = "CallbackLatency" // milliseconds from the answer's arrival at the trigger to its verdict
	MetricBatchSize = "BatchSize"       // payloads in an invocation
	MetricRefused   = "Refused"         // webhooks of a known source and logins of a load balancer that were not believed
)

// maxValues is the most values that one metric of an embedded metric line may hold.
const maxValues = 100

// MetricName returns the metric that counts a verdict, "Delivered".
func MetricName(v callback.Verdict) string {
	word := v.String()
	return strings.ToUpper(word[:1]) + word[1:]
}

// Metrics writes embedded metric format. The one dimension is Trigger.
type Metrics struct {
	W         io.Writer
	Namespace string
	Now       func() time.Time
}

type unit struct {
	Name string `json:"Name"`
	Unit string `json:"Unit"`
}

// Batch writes one line with the counts of every verdict, zeros included, the batch size and the latencies.
func (m *Metrics) Batch(trigger, requestID string, reports []callback.Report) error {
	line := map[string]any{
		"Trigger":       trigger,
		"level":         "INFO", // a line without one is dropped where the function's log level is above INFO
		MetricBatchSize: len(reports),
	}
	units := []unit{{MetricBatchSize, "Count"}}
	counts := map[callback.Verdict]int{}
	var latencies []time.Duration
	for _, r := range reports {
		counts[r.Verdict]++
		if r.Verdict == callback.Delivered && r.Latency > 0 {
			latencies = append(latencies, r.Latency)
		}
	}
	for _, v := range callback.Verdicts() {
		line[MetricName(v)] = counts[v]
		units = append(units, unit{MetricName(v), "Count"})
	}
	if len(latencies) > 0 {
		line[MetricLatency] = sample(latencies)
		units = append(units, unit{MetricLatency, "Milliseconds"})
	}
	return m.write(line, units, requestID)
}

// Refused writes a line that counts one webhook or one login that was not believed.
func (m *Metrics) Refused(trigger, requestID string) error {
	line := map[string]any{"Trigger": trigger, "level": "INFO", MetricRefused: 1}
	return m.write(line, []unit{{MetricRefused, "Count"}}, requestID)
}

func (m *Metrics) write(line map[string]any, units []unit, requestID string) error {
	if requestID != "" {
		line["requestId"] = requestID
	}
	line["_aws"] = map[string]any{
		"Timestamp": m.Now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": m.Namespace, "Dimensions": [][]string{{"Trigger"}}, "Metrics": units,
		}},
	}
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("encode metrics: %w", err)
	}
	if _, err := m.W.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}

// sample returns the durations in milliseconds. Of more than 100 it returns 100 that stand evenly in their order,
// the shortest and the longest among them, so that percentiles hold.
func sample(all []time.Duration) []float64 {
	slices.Sort(all)
	n := min(len(all), maxValues)
	values := make([]float64, n)
	for i := range values {
		at := i
		if len(all) > maxValues {
			at = i * (len(all) - 1) / (maxValues - 1)
		}
		values[i] = milliseconds(all[at])
	}
	return values
}
