//go:build deploytest

package deploytest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callback-completer/internal/conformance/emulator"
)

// TestDeployedTemplate builds the application once and deploys it with different parameters, each time to an emulator of
// its own.
func TestDeployedTemplate(t *testing.T) {
	t.Parallel()
	build := samBuild(t)
	t.Run("queue, events through it, HTTP API", func(t *testing.T) { t.Parallel(); testQueue(t, build) })
	t.Run("events to a function, REST API", func(t *testing.T) { t.Parallel(); testFunctions(t, build) })
	t.Run("queue of moto", func(t *testing.T) { t.Parallel(); testMoto(t, filepath.Join(build, "SqsFunction", "bootstrap")) })
}

func testQueue(t *testing.T, build string) {
	t.Helper()
	w := newWorld(t, miniStack(t))
	acme := w.newPartner(t)
	const domain = "https://approvals.example.com" // MiniStack's own address of an HTTP API is no https
	outputs := w.deploy(t, build, acme.parameters, asking(domain), map[string]string{
		"EnableEventBridge": "true", "EventBridgeToQueue": "true", "EnableHttp": "true",
	})
	callbacks, dead := outputs["CallbackQueueUrl"], outputs["DeadLetterQueueUrl"]
	if callbacks == "" || dead == "" {
		t.Fatalf("the stack's outputs lack a queue: %v", outputs)
	}

	execution, token := w.startWaiting(t, "orders")
	w.send(t, callbacks, map[string]any{"taskToken": token, "output": json.RawMessage(`{"by":"the deployed function"}`)})
	w.expectSucceeded(t, execution, `{"by":"the deployed function"}`)

	w.expectSucceeded(t, w.startAnnouncing(t, "announced"), `{"by":"the event"}`)

	w.expectWebhook(t, outputs, acme)

	w.expectApprovals(t, outputs, domain)

	w.send(t, callbacks, map[string]any{"outcome": "perhaps", "taskToken": "unused"})
	w.expectDeadLetter(t, dead, `{"outcome":"perhaps","taskToken":"unused"}`)

	w.expectEmpty(t, callbacks)
}

// testFunctions deploys no queue: events and webhooks go straight to their functions.
func testFunctions(t *testing.T, build string) {
	t.Helper()
	w := newWorld(t, miniStack(t))
	acme := w.newPartner(t)
	outputs := w.deploy(t, build, acme.parameters, asking(""), map[string]string{
		"EnableSqs": "false", "EnableEventBridge": "true", "EnableHttp": "true", "HttpApiType": "REST",
		"EventPattern": `{"source": ["aws.batch"], "detail-type": ["Batch Job State Change"]}`,
	})

	t.Run("event of a job", func(t *testing.T) {
		t.Parallel()
		execution, token := w.startWaiting(t, "simulation")
		w.putEvent(t, batchEvent(t, token))
		w.expectFailed(t, execution, "Batch.JobFailed", "Essential container in task exited; "+
			"OutOfMemoryError: Container killed due to memory usage; exit code 137; "+
			"arn:aws:batch:eu-west-1:123456789012:job/4c7599ae-0a82-49aa-ba5a-4727fcce14a8")
	})
	t.Run("approvals", func(t *testing.T) { t.Parallel(); w.expectApprovals(t, outputs, outputs["ApiEndpoint"]) })
	t.Run("webhook", func(t *testing.T) { t.Parallel(); w.expectWebhook(t, outputs, acme) })
	// MiniStack takes any Authorization header for a signature and tells the function of no caller: the function refuses.
	t.Run("callback of a stranger", func(t *testing.T) {
		t.Parallel()
		const body = `{"taskToken": "unused", "output": 1}`
		w.expectAnswer(t, 403, "", w.post(t, outputs, "callbacks", body, nil))
		refused := w.post(t, outputs, "callbacks", body, map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=stranger"})
		w.expectAnswer(t, 403, "", refused)
		if !strings.Contains(refused.body, `"urn:callback-completer:problem:Forbidden"`) {
			t.Errorf("the function did not refuse it: %s", refused.body)
		}
	})
	t.Run("health", func(t *testing.T) {
		t.Parallel()
		w.expectAnswer(t, 200, `{"status":"ok"}`, w.get(t, outputs, "healthz"))
	})
}

// batchEvent is the sample of a failed job that carries this token.
func batchEvent(t *testing.T, token string) []byte {
	t.Helper()
	sample, err := os.ReadFile(filepath.Join(root, "events", "eventbridge-batch-job-failed.json"))
	if err != nil {
		t.Fatal(err)
	}
	const placeholder = "AAAAKgAAAAIAAAAAAAAAAEXAMPLE+TASK/TOKEN1=="
	if strings.Count(string(sample), placeholder) != 1 {
		t.Fatalf("the sample does not carry the token %s once", placeholder)
	}
	return []byte(strings.Replace(string(sample), placeholder, token, 1))
}

func miniStack(t *testing.T) *emulator.Server {
	t.Helper()
	server, err := emulator.MiniStack(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if t.Failed() {
			t.Logf("MiniStack's log ends with:\n%s", server.Log())
		}
	})
	return server
}
