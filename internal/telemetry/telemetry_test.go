package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
	"callback-completer/internal/telemetry"
)

func invocation(t *testing.T) context.Context {
	t.Helper()
	return lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "r-1"})
}

func lines(t *testing.T, out *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(out.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		all = append(all, m)
	}
	return all
}

func TestLinesHaveLambdasKeys(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := telemetry.NewLogger(&out, slog.LevelInfo)
	log.With("a", 1).WithGroup("g").InfoContext(invocation(t), "hello", "msg", "m", "time", "x")
	log.WarnContext(t.Context(), "outside")
	log.DebugContext(t.Context(), "too quiet")
	got := lines(t, &out)
	if len(got) != 2 {
		t.Fatalf("%d lines, want 2: %s", len(got), &out)
	}
	stamp, _ := got[0]["timestamp"].(string)
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", stamp); err != nil {
		t.Errorf("timestamp %q: %v", stamp, err)
	}
	for _, line := range got {
		delete(line, "timestamp")
	}
	want := []map[string]any{
		{"level": "INFO", "message": "hello", "requestId": "r-1", "a": 1.0, "g": map[string]any{"msg": "m", "time": "x"}},
		{"level": "WARN", "message": "outside"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func report(v callback.Verdict, latency time.Duration) callback.Report {
	return callback.Report{Decision: callback.Decision{Verdict: v}, Latency: latency}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := telemetry.Metrics{W: &out, Namespace: "N", Now: func() time.Time { return time.UnixMilli(1700000000123) }}
	err := m.Batch("sqs", "r-1", []callback.Report{
		report(callback.Delivered, 30*time.Millisecond), report(callback.Delivered, 1500*time.Microsecond), report(callback.Delivered, 0),
		report(callback.Retry, time.Second), report(callback.Rejected, time.Second),
	})
	if err != nil {
		t.Fatal(err)
	}
	unit := func(name, unit string) any { return map[string]any{"Name": name, "Unit": unit} }
	want := []map[string]any{{
		"Trigger": "sqs", "level": "INFO", "requestId": "r-1", "BatchSize": 5.0,
		"Delivered": 3.0, "Duplicate": 0.0, "Unconfirmed": 0.0, "Ignored": 0.0, "Closed": 0.0, "Rejected": 1.0, "Retry": 1.0,
		"CallbackLatency": []any{1.5, 30.0},
		"_aws": map[string]any{
			"Timestamp": 1700000000123.0,
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace": "N", "Dimensions": []any{[]any{"Trigger"}},
				"Metrics": []any{
					unit("BatchSize", "Count"), unit("Delivered", "Count"), unit("Duplicate", "Count"), unit("Unconfirmed", "Count"),
					unit("Ignored", "Count"), unit("Closed", "Count"), unit("Rejected", "Count"), unit("Retry", "Count"),
					unit("CallbackLatency", "Milliseconds"),
				},
			}},
		},
	}}
	if diff := cmp.Diff(want, lines(t, &out)); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

func TestLatenciesAreSampledEvenly(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := telemetry.Metrics{W: &out, Namespace: "N", Now: time.Now}
	var reports []callback.Report
	for i := range 10_000 {
		reports = append(reports, report(callback.Delivered, time.Duration(10_000-i)*time.Millisecond))
	}
	if err := m.Batch("sqs", "", reports); err != nil {
		t.Fatal(err)
	}
	values, _ := lines(t, &out)[0]["CallbackLatency"].([]any)
	if len(values) != 100 || values[0] != 1.0 || values[99] != 10_000.0 || values[50] != 5051.0 {
		t.Errorf("%d values: %v", len(values), values)
	}
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Errorf("%d lines", n)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestRecorder(t *testing.T) {
	t.Parallel()
	var log, metrics bytes.Buffer
	r := telemetry.Recorder{
		Log:     telemetry.NewLogger(&log, slog.LevelInfo),
		Metrics: &telemetry.Metrics{W: &metrics, Namespace: "N", Now: time.Now},
	}
	deliveries := []callback.Delivery{
		{SourceID: "m-1", Payload: "CANARY"}, {SourceID: "m-2", Payload: "CANARY"}, {SourceID: "m-3"}, {SourceID: "m-4"}, {SourceID: "m-5"}, {SourceID: "m-6"},
	}
	r.Batch(invocation(t), "sqs", deliveries, []callback.Report{
		report(callback.Delivered, time.Second),
		{
			Decision: callback.Decision{Verdict: callback.Retry, Code: "AccessDeniedException", Message: "not now"}, Mapping: "canonical.jq", Queued: true,
			Fingerprint: "ca978112ca1b", Callbacks: 2, Failure: &callback.Error{RequestID: "aws-1", Detail: "no right"}, Latency: 2 * time.Second,
		},
		{Decision: callback.Decision{Verdict: callback.Delivered}, Cuts: []callback.Cut{{Field: "cause", Bytes: 40_000}}},
		report(callback.Duplicate, 0),
		{Decision: callback.Decision{Verdict: callback.Ignored, Code: "AccessDeniedException"}, Envelopes: []string{"sns", "event-bridge"}},
		{Decision: callback.Decision{Verdict: callback.Ignored, Code: "HeartbeatObsolete"}},
	})
	got := lines(t, &log)
	for _, line := range got {
		delete(line, "timestamp")
	}
	want := []map[string]any{
		{
			"level": "WARN", "message": "callback", "requestId": "r-1", "verdict": "retry", "sourceId": "m-2", "errorCode": "AccessDeniedException",
			"errorMessage": "not now", "mapping": "canonical.jq", "tokenFingerprint": "ca978112ca1b", "awsRequestId": "aws-1", "detail": "no right",
			"callbacks": 2.0, "latencyMs": 2000.0, "queued": true,
		},
		{"level": "WARN", "message": "callback", "requestId": "r-1", "verdict": "delivered", "sourceId": "m-3", "causeBytes": 40000.0},
		{"level": "INFO", "message": "callback", "requestId": "r-1", "verdict": "duplicate", "sourceId": "m-4"},
		{
			"level": "WARN", "message": "callback", "requestId": "r-1", "verdict": "ignored", "sourceId": "m-5", "errorCode": "AccessDeniedException",
			"envelopes": "sns,event-bridge",
		},
		{
			"level": "INFO", "message": "batch", "requestId": "r-1", "trigger": "sqs", "size": 6.0, "delivered": 2.0, "duplicate": 1.0, "ignored": 2.0,
			"retry": 1.0,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if strings.Contains(log.String()+metrics.String(), "CANARY") || metrics.Len() == 0 {
		t.Errorf("payload in the output, or no metrics: %s", &metrics)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	var log, metrics bytes.Buffer
	r := telemetry.Recorder{
		Log:     telemetry.NewLogger(&log, slog.LevelInfo),
		Metrics: &telemetry.Metrics{W: &metrics, Namespace: "N", Now: func() time.Time { return time.UnixMilli(5) }},
	}
	r.Refused(invocation(t), "webhook", "acme", "BadSignature")
	r.Refused(t.Context(), "webhook", "", "UnknownSource")
	got := lines(t, &log)
	for _, line := range got {
		delete(line, "timestamp")
	}
	if diff := cmp.Diff([]map[string]any{
		{"level": "WARN", "message": "webhook refused", "requestId": "r-1", "source": "acme", "reason": "BadSignature"},
		{"level": "INFO", "message": "webhook refused", "reason": "UnknownSource"},
	}, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]map[string]any{{
		"Trigger": "webhook", "level": "INFO", "requestId": "r-1", "Refused": 1.0,
		"_aws": map[string]any{
			"Timestamp": 5.0,
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace": "N", "Dimensions": []any{[]any{"Trigger"}}, "Metrics": []any{map[string]any{"Name": "Refused", "Unit": "Count"}},
			}},
		},
	}}, lines(t, &metrics)); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

func TestMetricsThatCannotBeWrittenAreLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := telemetry.Recorder{
		Log:     telemetry.NewLogger(&log, slog.LevelInfo),
		Metrics: &telemetry.Metrics{W: brokenPipe{}, Namespace: "N", Now: time.Now},
	}
	r.Batch(t.Context(), "sqs", nil, nil)
	r.Refused(t.Context(), "webhook", "acme", "BadSignature")
	if strings.Count(log.String(), "broken pipe") != 2 {
		t.Errorf("log %q", &log)
	}
}

func ExampleMetricName() {
	for _, v := range callback.Verdicts() {
		fmt.Println(telemetry.MetricName(v))
	}
	// Output:
	// Delivered
	// Duplicate
	// Unconfirmed
	// Ignored
	// Closed
	// Rejected
	// Retry
}
