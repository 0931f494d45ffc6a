//go:build deploytest

package deploytest

import (
	"testing"
	"time"

	"callback-completer/internal/conformance/emulator"
	"callback-completer/internal/local/lambda"
)

// testMoto has moto's Step Functions put an event, moto's EventBridge send it to moto's queue by a rule like the
// template's, and the built function complete the state. moto runs functions in Docker alone, so that part is the
// stand-in's: its event source mapping reads moto's queue, and its Lambda starts the program.
func testMoto(t *testing.T, program string) {
	t.Helper()
	server, err := emulator.Moto(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if t.Failed() {
			t.Logf("moto's log ends with:\n%s", server.Log())
		}
	})
	w := newWorld(t, server)
	callbacks, dead := w.createQueue(t, "callbacks"), w.createQueue(t, "dead")
	queue := newSource(t, w, callbacks)
	w.route(t, `{"detail":{"taskToken":[{"exists":true}]}}`, queue.ARN())

	const timeout = 30 * time.Second
	function, err := lambda.Start(t.Context(), lambda.Config{
		Name: "SqsFunction", Path: program, Timeout: timeout, InitTimeout: patience, MemoryMB: 256, Log: t.Output(),
		Env: []string{
			"AWS_ENDPOINT_URL=" + server.URL, "AWS_REGION=" + emulator.Region, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
			"DEAD_LETTER_QUEUE_URL=" + dead,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(function.Close)
	mapping, err := lambda.Map(queue, function, lambda.MappingConfig{ReportBatchItemFailures: true, FunctionTimeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mapping.Close)

	w.expectSucceeded(t, w.startAnnouncing(t, "announced"), `{"by":"the event"}`)
	w.expectEmpty(t, callbacks)
	w.expectEmpty(t, dead)
}

// route makes a rule that sends the events of a pattern to a queue.
func (w world) route(t *testing.T, pattern, queueARN string) {
	t.Helper()
	if err := w.server.CallJSON(t.Context(), "events", "AWSEvents.PutRule", map[string]string{
		"Name": "callbacks", "EventPattern": pattern,
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.server.CallJSON(t.Context(), "events", "AWSEvents.PutTargets", map[string]any{
		"Rule": "callbacks", "Targets": []map[string]string{{"Id": "Callbacks", "Arn": queueARN}},
	}); err != nil {
		t.Fatal(err)
	}
}
