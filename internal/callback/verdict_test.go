package callback_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	closed := &callback.Error{Kind: callback.TaskClosed, Code: "TaskTimedOut", Message: "closed"}
	lost := &callback.Error{Kind: callback.TaskClosed, Code: "TaskTimedOut", Message: "closed", AnswerLost: true}
	throttled := &callback.Error{Code: "ThrottlingException", Message: "slow down", AnswerLost: true}
	tests := []struct {
		name    string
		outcome callback.Outcome
		err     error
		known   callback.Evidence
		want    callback.Verdict
		code    callback.Code
	}{
		{"taken", callback.Success, nil, callback.NoEvidence, callback.Delivered, ""},
		{"heartbeat taken", callback.Heartbeat, nil, callback.NoEvidence, callback.Delivered, ""},
		{"closed, unknown by whom", callback.Success, closed, callback.NoEvidence, callback.Closed, "TaskTimedOut"},
		{"closed by this result", callback.Success, closed, callback.SameResult, callback.Duplicate, "TaskTimedOut"},
		{"closed by another result", callback.Failure, closed, callback.DifferentResult, callback.Closed, "Conflict"},
		{"closed after a lost answer", callback.Success, lost, callback.NoEvidence, callback.Unconfirmed, "Unconfirmed"},
		{"evidence beats a lost answer", callback.Success, lost, callback.SameResult, callback.Duplicate, "TaskTimedOut"},
		{"conflict beats a lost answer", callback.Success, lost, callback.DifferentResult, callback.Closed, "Conflict"},
		{"heartbeat for a closed task", callback.Heartbeat, closed, callback.NoEvidence, callback.Ignored, "HeartbeatObsolete"},
		{"heartbeat for a closed task, answer lost", callback.Heartbeat, lost, callback.NoEvidence, callback.Ignored, "HeartbeatObsolete"},
		{"heartbeat throttled", callback.Heartbeat, throttled, callback.NoEvidence, callback.Ignored, "ThrottlingException"},
		{"heartbeat refused", callback.Heartbeat, callback.Reject("InvalidToken", "x"), callback.NoEvidence, callback.Rejected, "InvalidToken"},
		{"refused", callback.Success, callback.Reject("InvalidOutput", "x"), callback.NoEvidence, callback.Rejected, "InvalidOutput"},
		{"refused, wrapped", callback.Success, fmt.Errorf("w: %w", callback.Reject("InvalidOutput", "x")), callback.NoEvidence, callback.Rejected, "InvalidOutput"},
		{"throttled", callback.Success, throttled, callback.NoEvidence, callback.Retry, "ThrottlingException"},
		{"unmarked", callback.Success, errors.New("?"), callback.NoEvidence, callback.Retry, "UnknownError"},
		{"unknown kind", callback.Success, &callback.Error{Kind: 99, Code: "X", Message: "?"}, callback.NoEvidence, callback.Retry, "X"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := callback.Decide(tt.outcome, tt.err, tt.known)
			if got.Verdict != tt.want || got.Code != tt.code {
				t.Errorf("Decide = %v %s, want %v %s", got.Verdict, got.Code, tt.want, tt.code)
			}
			if (got.Message == "") != (tt.want == callback.Delivered) {
				t.Errorf("message %q", got.Message)
			}
		})
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	got := map[string]bool{}
	for _, v := range callback.Verdicts() {
		got[v.String()] = v.DeadLettered()
	}
	want := map[string]bool{
		"delivered": false, "duplicate": false, "ignored": false, "retry": false,
		"unconfirmed": true, "closed": true, "rejected": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdict → dead-lettered (-want +got):\n%s", diff)
	}
}
