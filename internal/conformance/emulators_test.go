//go:build conformance

package conformance

import (
	"context"
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"callback-completer/internal/conformance/emulator"
)

func TestMoto(t *testing.T) {
	t.Parallel()
	server := serve(t, emulator.Moto)
	b := newBackend(t, "moto", server.URL, again())
	b.field, b.column = "moto", func(row behaviour) string { return row.moto }
	b.route = ruleOn(server)
	run(t, b)
}

func TestMiniStack(t *testing.T) {
	t.Parallel()
	server := serve(t, emulator.MiniStack)
	b := newBackend(t, "MiniStack", server.URL, again())
	b.field, b.column = "miniStack", func(row behaviour) string { return row.miniStack }
	b.route = ruleOn(server)
	b.deploy = functionOn(t, server)
	run(t, b)
}

// again retries what an emulator stumbles over: moto answers 500 to a token while some other execution is just being started.
func again() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.RateLimiter = 5, ratelimit.None })
}

// serve starts a server for the test. Its log is shown if the test fails.
func serve(t *testing.T, start func(ctx context.Context, folder string) (*emulator.Server, error)) *emulator.Server {
	t.Helper()
	server, err := start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if t.Failed() {
			t.Logf("the server's log ends with:\n%s", server.Log())
		}
	})
	return server
}

// ruleOn makes an EventBridge rule with the queue as its target.
func ruleOn(server *emulator.Server) func(*testing.T, string, queue) {
	return func(t *testing.T, source string, to queue) {
		t.Helper()
		pattern, err := json.Marshal(map[string][]string{"source": {source}})
		if err != nil {
			t.Fatal(err)
		}
		if err := server.CallJSON(t.Context(), "events", "AWSEvents.PutRule", map[string]string{
			"Name": source, "EventPattern": string(pattern),
		}); err != nil {
			t.Fatal(err)
		}
		if err := server.CallJSON(t.Context(), "events", "AWSEvents.PutTargets", map[string]any{
			"Rule": source, "Targets": []map[string]string{{"Id": "queue", "Arn": to.arn}},
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// functionOn builds a function for this machine and creates it on the server.
func functionOn(t *testing.T, server *emulator.Server) func(*testing.T, string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-o", binary, "./testdata/answer")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the function: %v\n%s", err, output)
	}
	bundle, err := emulator.Bundle(binary)
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, name string) {
		t.Helper()
		body, err := json.Marshal(map[string]any{
			"FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": role, "Timeout": 60,
			"Code": map[string][]byte{"ZipFile": bundle},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := server.Call(t.Context(), emulator.Request{
			Service: "lambda", Method: http.MethodPost, Path: "/2015-03-31/functions", Body: body,
		}); err != nil {
			t.Fatal(err)
		}
	}
}
