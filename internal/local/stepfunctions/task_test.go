package stepfunctions

import (
	"encoding/base64"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOutputSurvivesByteForByte(t *testing.T) {
	t.Parallel()
	for _, output := range []string{
		`{"z":9007199254740993,"a":1.10,"m":1E400}`, `"s"`, `null`, "  { \"b\" : [1, 2] ,\n\"a\":\"<&>\\u00e9\" } ", `-0.0`, `{"a":1,"a":2}`,
	} {
		t.Run(output, func(t *testing.T) {
			t.Parallel()
			s, d := newService(t)
			arn := begin(t, s, waitTask(""), `{"order":1}`)
			if err := s.SendTaskSuccess(<-d.tokens, output); err != nil {
				t.Fatal(err)
			}
			if e := finish(t, s, arn); e.Status != Succeeded || e.Output != output {
				t.Errorf("got %s %q, want SUCCEEDED %q", e.Status, e.Output, output)
			}
		})
	}
}

func TestClosedForWhateverReason(t *testing.T) {
	t.Parallel()
	timeout := waitTask(`"TimeoutSeconds": 5,`)
	closed := []struct {
		name, definition string
		closeIt          func(s *Service, arn, token string) error
	}{
		{"succeeded", waitTask(""), func(s *Service, _, token string) error { return s.SendTaskSuccess(token, `1`) }},
		{"failed", waitTask(""), func(s *Service, _, token string) error { return s.SendTaskFailure(token, "E", "c") }},
		{"stopped", waitTask(""), func(s *Service, arn, _ string) error { return s.StopExecution(arn, "", "") }},
		{"timed out", timeout, func(*Service, string, string) error { time.Sleep(5 * time.Second); return nil }},
		{"no heartbeat", waitTask(`"HeartbeatSeconds": 5,`), func(*Service, string, string) error { time.Sleep(5 * time.Second); return nil }},
		{
			"machine timed out", strings.Replace(waitTask(""), "{", `{"TimeoutSeconds": 5, `, 1),
			func(*Service, string, string) error { time.Sleep(5 * time.Second); return nil },
		},
	}
	for _, c := range closed {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, d := newService(t)
				arn := begin(t, s, c.definition, `{"order":1}`)
				token := <-d.tokens
				if err := c.closeIt(s, arn, token); err != nil {
					t.Fatal(err)
				}
				// At this very instant, before the execution has had its turn.
				want := "TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'"
				for range 2 {
					for name, err := range map[string]error{
						"success":   s.SendTaskSuccess(token, `2`),
						"failure":   s.SendTaskFailure(token, "", ""),
						"heartbeat": s.SendTaskHeartbeat(token),
					} {
						if err == nil || err.Error() != want {
							t.Errorf("%s: got %v, want %s", name, err, want)
						}
					}
					synctest.Wait() // and once more after it
				}
			})
		})
	}
}

func TestOnlyOneOfManyCompletesATask(t *testing.T) {
	t.Parallel()
	for range 20 {
		s, d := newService(t)
		arn := begin(t, s, waitTask(""), `{"order":1}`)
		token := <-d.tokens
		var (
			wg        sync.WaitGroup
			won       atomic.Int32
			winner    atomic.Value
			start     = make(chan struct{})
			contender = func(name string, send func() error) {
				wg.Go(func() {
					<-start
					switch err := send(); {
					case err == nil:
						won.Add(1)
						winner.Store(name)
					case code(err) != "TaskTimedOut":
						t.Errorf("a loser got %v, want TaskTimedOut", err)
					}
				})
			}
		)
		for range 16 {
			contender("success", func() error { return s.SendTaskSuccess(token, `"ok"`) })
			contender("failure", func() error { return s.SendTaskFailure(token, "No", "") })
		}
		close(start)
		wg.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d completions won, want 1", won.Load())
		}
		want := map[any]Execution{"success": {Status: Succeeded, Output: `"ok"`}, "failure": {Status: Failed, Error: "No"}}[winner.Load()]
		e := finish(t, s, arn)
		if got := (Execution{Status: e.Status, Output: e.Output, Error: e.Error}); got != want {
			t.Errorf("%v won, but the execution ended as %+v", winner.Load(), got)
		}
	}
}

func TestStopRacesCompletion(t *testing.T) {
	t.Parallel()
	for range 20 {
		s, d := newService(t)
		arn := begin(t, s, waitTask(""), `{"order":1}`)
		token := <-d.tokens
		var wg sync.WaitGroup
		var sent, stopped error
		wg.Go(func() { sent = s.SendTaskSuccess(token, `1`) })
		wg.Go(func() { stopped = s.StopExecution(arn, "Stop", "") })
		wg.Wait()
		if stopped != nil {
			t.Fatal(stopped)
		}
		e := finish(t, s, arn)
		if sent != nil && (code(sent) != "TaskTimedOut" || e.Status != Aborted) {
			t.Errorf("completion got %v and the execution is %s", sent, e.Status)
		}
	}
}

func TestHeartbeatKeepsAliveButNotForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newService(t)
		arn := begin(t, s, waitTask(`"TimeoutSeconds": 20, "HeartbeatSeconds": 5,`), `{"order":1}`)
		token, started := <-d.tokens, time.Now()
		for range 4 {
			time.Sleep(4 * time.Second)
			if err := s.SendTaskHeartbeat(token); err != nil {
				t.Fatalf("heartbeat after %v: %v", time.Since(started), err)
			}
		}
		e := finish(t, s, arn)
		if e.Status != Failed || e.Error != "States.Timeout" || e.Stopped.Sub(started) != 20*time.Second {
			t.Errorf("got %s %s after %v, want FAILED States.Timeout after 20s", e.Status, e.Error, e.Stopped.Sub(started))
		}
		want := []string{
			"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskTimedOut", "ExecutionFailed",
		}
		if diff := cmp.Diff(want, eventTypes(t, s, arn)); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
	})
}

func TestTokensLookLikeThoseOfAWS(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		token := newToken()
		raw, err := base64.StdEncoding.DecodeString(token)
		if err != nil || len(token) != 664 || len(raw) != 497 || !strings.HasPrefix(token, "AAAAKgAAAAIAAAAAAAAAA") ||
			!strings.Contains(token, "+") || !strings.Contains(token, "/") || !strings.HasSuffix(token, "=") {
			t.Fatalf("token %q (%v)", token, err)
		}
		seen[token] = true
	}
	if len(seen) != 200 {
		t.Errorf("%d different tokens of 200", len(seen))
	}
}
