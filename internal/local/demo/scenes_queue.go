package demo

// queueScenes are what a worker does on the callback queue.
func queueScenes() []scene {
	return []scene{
		{
			name: "success", about: "A worker's answer completes the waiting workflow, byte for byte",
			expect: []string{"waits", "SUCCEEDED", "output as sent"}, play: playSuccess,
		},
		{
			name: "rejection", about: "A worker that rejects fails the workflow with its own error and cause",
			expect: []string{"waits", "FAILED", "OrderRejected: over the limit"}, play: playRejection,
		},
		{
			name: "decision", about: "A workflow goes one way or the other by the answer",
			expect: []string{"true goes to Ship", "false goes to Cancel"}, play: playDecision,
		},
		{
			name: "caught error", about: "A workflow catches the error that a worker answers with",
			expect: []string{"waits", "goes to AskForAnotherCard", "SUCCEEDED"}, play: playCatch,
		},
		{
			name: "heartbeat", about: "A worker that needs longer keeps the workflow waiting by heartbeats",
			expect: []string{"waits", "RUNNING after HeartbeatSeconds", "SUCCEEDED"}, play: playHeartbeat,
		},
		{
			name: "duplicate", about: "The same answer twice completes once",
			expect: []string{"SUCCEEDED", "acknowledged again", "result unchanged", "queue empty", "no dead letter"}, play: playDuplicate,
		},
		{
			name: "late answer", about: "An answer after the state's timeout becomes a dead letter",
			expect: []string{"waits", "FAILED", "States.Timeout", "dead letter TaskTimedOut", "body as sent"}, play: playLate,
		},
		{
			name: "malformed", about: "A message that nothing can be made of becomes a dead letter",
			expect: []string{"dead letter NoMapping", "body as sent"}, play: playMalformed,
		},
		{
			name: "contradiction", about: "A message that says both yes and no decides nothing",
			expect: []string{"waits", "dead letter InvalidCallback", "body as sent", "RUNNING"}, play: playContradiction,
		},
		{
			name: "unknown token", about: "An answer for a task that is not there becomes a dead letter",
			expect: []string{"dead letter InvalidToken", "body as sent"}, play: playUnknownToken,
		},
	}
}
