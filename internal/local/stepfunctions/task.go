package stepfunctions

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"callback-completer/internal/local/awsjson"
)

// task is one attempt of a Task state, open from before its integration is called until the first of success,
// failure, timeout, missed heartbeat and the execution's end closes it.
type task struct {
	execution *execution
	action    *taskAction
	token     string
	began     time.Time
	done      chan struct{} // closed with the task; outcome may be read then

	// Guarded by Service.mu.
	closed   bool
	outcome  outcome
	deadline time.Time // zero: no TimeoutSeconds
	lastBeat time.Time
}

// outcome is how a task ended: an output or a failure; neither when the execution ended under it.
type outcome struct {
	output   json.RawMessage
	fail     *failure
	answered bool // by SendTaskSuccess or SendTaskFailure
}

// closeLocked closes the task unless it is closed already, and says whether it did.
func (t *task) closeLocked(o outcome) bool {
	if t.closed {
		return false
	}
	t.closed, t.outcome = true, o
	t.execution.open = nil
	close(t.done)
	return true
}

// SendTaskSuccess completes the task with a JSON document, which the execution carries on byte for byte.
//
// Errors, checked in this order: ValidationException over a limit (token 1–2,048, output ≤ 262,144 bytes), InvalidOutput
// (not JSON or not UTF-8), InvalidToken (unknown), TaskTimedOut (closed for whatever reason).
func (s *Service) SendTaskSuccess(token, output string) error {
	var v violations
	v.length("taskToken", token, 1, maxToken)
	v.length("output", output, 0, maxData)
	if err := v.err(); err != nil {
		return err
	}
	if !validJSON(output) {
		return awsjson.Errorf("InvalidOutput", "Invalid Output: 'the output is not valid JSON'")
	}
	return s.complete(token, outcome{output: json.RawMessage(output), answered: true})
}

// SendTaskFailure fails the task. Both texts may be empty, which is the same as absent.
//
// Errors: as SendTaskSuccess; error ≤ 256, cause ≤ 32,768 bytes.
func (s *Service) SendTaskFailure(token, errorName, cause string) error {
	var v violations
	v.length("taskToken", token, 1, maxToken)
	v.length("error", errorName, 0, maxError)
	v.length("cause", cause, 0, maxCause)
	if err := v.err(); err != nil {
		return err
	}
	return s.complete(token, outcome{fail: &failure{name: errorName, cause: cause}, answered: true})
}

func (s *Service) complete(token string, o outcome) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.openTaskLocked(token)
	if err != nil {
		return err
	}
	t.closeLocked(o)
	return nil
}

// SendTaskHeartbeat starts HeartbeatSeconds anew. It does not touch TimeoutSeconds and leaves no event. Errors: as SendTaskSuccess.
func (s *Service) SendTaskHeartbeat(token string) error {
	var v violations
	v.length("taskToken", token, 1, maxToken)
	if err := v.err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.openTaskLocked(token)
	if err != nil {
		return err
	}
	t.lastBeat = time.Now()
	return nil
}

// openTaskLocked finds the open task of a token. A task whose time is over is closed even if its execution has not
// woken up to it yet.
func (s *Service) openTaskLocked(token string) (*task, error) {
	t, ok := s.tasks[token]
	if !ok {
		return nil, awsjson.Errorf("InvalidToken", "Invalid Token: 'Invalid token'")
	}
	now := time.Now()
	t.expireLocked(now)
	if d := t.execution.deadline; !d.IsZero() && !now.Before(d) {
		s.endLocked(t.execution, TimedOut, nil, &failure{})
	}
	if t.closed {
		return nil, awsjson.Errorf("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
	}
	return t, nil
}

// expireLocked closes the task if one of its times is over.
func (t *task) expireLocked(now time.Time) {
	if !t.deadline.IsZero() && !now.Before(t.deadline) {
		t.closeLocked(outcome{fail: &failure{name: errTimeout, expired: true}})
	}
	if beat := t.action.heartbeat; beat > 0 && !now.Before(t.lastBeat.Add(beat)) {
		t.closeLocked(outcome{fail: &failure{name: errTimeout, expired: true, heartbeat: true}})
	}
}

// expiryLocked is when expireLocked has to look again; zero is never.
func (t *task) expiryLocked() time.Time {
	at := t.deadline
	if t.action.heartbeat > 0 {
		if beat := t.lastBeat.Add(t.action.heartbeat); at.IsZero() || beat.Before(at) {
			at = beat
		}
	}
	return at
}

// Tokens seen from AWS have 664 and 684 characters of standard base64 and start alike.
const (
	tokenBytes = 497 // 664 characters, the last one "="
	tokenHead  = "\x00\x00\x00\x2a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"
)

// newToken makes a token that has +, / and = in it, so that code which forgets to encode it fails at once.
func newToken() string {
	raw := make([]byte, tokenBytes)
	for {
		_, _ = rand.Read(raw) // never fails
		copy(raw, tokenHead[:])
		token := base64.StdEncoding.EncodeToString(raw)
		if strings.Contains(token, "+") && strings.Contains(token, "/") {
			return token
		}
	}
}
