package stepfunctions

import "time"

// Waiting is a task that waits for its token.
type Waiting struct {
	Execution string // ARN
	Resource  string // "sqs:sendMessage.waitForTaskToken"
	Token     string // a secret: whoever has it completes the task
	Since     time.Time
}

// Waiting returns the tasks that wait, those of the oldest executions first. It is not part of AWS's API, which tells a
// token to the integration alone and, where a state's Parameters hold it, to readers of the history.
func (s *Service) Waiting() []Waiting {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	var all []Waiting
	for _, e := range s.executions.inOrder {
		t := e.open
		if t == nil {
			continue
		}
		t.expireLocked(now)
		if !t.closed {
			all = append(all, Waiting{e.arn, t.action.resourceType + ":" + t.action.resource, t.token, t.began})
		}
	}
	return all
}
