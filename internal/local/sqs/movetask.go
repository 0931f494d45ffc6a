package sqs

import (
	"cmp"
	"encoding/base64"
	"slices"
	"time"
)

// MoveTask is a running or finished StartMessageMoveTask.
type MoveTask struct {
	Handle        string
	Source        string // ARN of the dead-letter queue
	Destination   string // ARN; empty sends every message back to the queue that it came from
	PerSecond     int    // messages a second; 0 moves everything at once
	Status        string // RUNNING, COMPLETED, CANCELLED or FAILED
	FailureReason string // of FAILED
	Moved         int
	ToMove        int // when the task started
	Started       time.Time
}

const (
	moveRunning   = "RUNNING"
	moveCompleted = "COMPLETED"
	moveCancelled = "CANCELLED"
	moveFailed    = "FAILED"
)

type moveTask struct {
	MoveTask
	timer *time.Timer // the next step
}

// StartMoveTask moves the visible messages of a dead-letter queue to destination, or back to where each came from
// when destination is empty. A moved message is a new one: new id, time of sending and receive count.
//
// Without a rate everything has been moved when it returns; with one (1 to 500 a second) a step is made every second.
// Errors: ResourceNotFoundException for either queue; InvalidParameterValue when source is no queue's redrive target,
// when both are the same or of different types, when a task is running on source, for a rate out of range.
func (s *Service) StartMoveTask(source, destination string, perSecond int) (MoveTask, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := s.find(source)
	if err := s.checkMove(from, source, destination, perSecond); err != nil {
		return MoveTask{}, err
	}
	now := time.Now()
	from.expire(now)
	t := &moveTask{MoveTask: MoveTask{
		Handle: base64.StdEncoding.EncodeToString([]byte(newID() + " " + source)),
		Source: source, Destination: destination, PerSecond: perSecond,
		Status: moveRunning, ToMove: len(from.messages), Started: now,
	}}
	s.tasks = append(s.tasks, t)
	s.step(t)
	return t.MoveTask, nil
}

func (s *Service) checkMove(from *Queue, source, destination string, perSecond int) error {
	const notFound = "The resource that you specified for the %s parameter doesn't exist."
	switch {
	case from == nil:
		return errorf("ResourceNotFoundException", notFound, "SourceArn")
	case perSecond < 0 || perSecond > 500:
		return errInvalid(perSecond, "MaxNumberOfMessagesPerSecond", "Must be between 1 and 500.")
	case len(s.sources(from)) == 0:
		return errorf("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
	case slices.ContainsFunc(s.tasks, func(t *moveTask) bool { return t.Source == source && t.Status == moveRunning }):
		return errorf("InvalidParameterValue", "There is already a task running. "+
			"Only one active task is allowed for a source queue arn at a given time.")
	}
	if destination == "" {
		return nil
	}
	to := s.find(destination)
	switch {
	case to == nil:
		return errorf("ResourceNotFoundException", notFound, "DestinationArn")
	case to == from:
		return errorf("InvalidParameterValue", "Source queue arn and destination queue arn cannot be the same.")
	case to.settings.fifo != from.settings.fifo:
		return errorf("InvalidParameterValue", "Source and destination queues must be of the same type.")
	}
	return nil
}

// step moves one second's worth of messages and plans the next step. The caller holds mu.
func (s *Service) step(t *moveTask) {
	from := s.find(t.Source)
	if from == nil {
		t.Status, t.FailureReason = moveFailed, "AWS.SimpleQueueService.NonExistentQueue"
		return
	}
	now := time.Now()
	from.expire(now)
	moved := 0
	for m := range from.all() {
		if m.visible.After(now) {
			continue
		}
		if t.PerSecond > 0 && moved == t.PerSecond {
			t.timer = time.AfterFunc(time.Second, func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				if t.Status == moveRunning {
					s.step(t)
				}
			})
			return
		}
		to, reason := s.destination(t, m)
		if to == nil {
			t.Status, t.FailureReason = moveFailed, reason
			return
		}
		from.remove(m)
		to.resend(m, now)
		moved++
		t.Moved++
	}
	t.Status = moveCompleted
}

// destination is where a task sends a message, or why it cannot.
func (s *Service) destination(t *moveTask, m *message) (*Queue, string) {
	arn := cmp.Or(t.Destination, m.source)
	if arn == "" {
		return nil, "CouldNotDetermineMessageSource"
	}
	if q := s.find(arn); q != nil {
		return q, ""
	}
	return nil, "AWS.SimpleQueueService.NonExistentQueue"
}

// resend puts a moved message on the queue as a new one. Deduplication is passed by: it would lose the message.
func (q *Queue) resend(m *message, now time.Time) {
	again := &message{Message: m.Message, id: newID(), md5: m.md5, attrMD5: m.attrMD5, sent: now, visible: now}
	if q.settings.fifo {
		again.sequence = q.nextSequence()
	}
	q.add(again)
}

// MoveTasks returns a queue's tasks, the latest first. The error is ResourceNotFoundException.
func (s *Service) MoveTasks(source string) ([]MoveTask, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.find(source) == nil {
		return nil, errorf("ResourceNotFoundException", "The resource that you specified for the SourceArn parameter doesn't exist.")
	}
	var found []MoveTask
	for _, t := range slices.Backward(s.tasks) {
		if t.Source == source {
			found = append(found, t.MoveTask)
		}
	}
	return found, nil
}

// CancelMoveTask stops a running task; what it has moved stays moved. Errors: ResourceNotFoundException,
// UnsupportedOperation for a task that is not running.
func (s *Service) CancelMoveTask(handle string) (MoveTask, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.tasks, func(t *moveTask) bool { return t.Handle == handle })
	if i < 0 {
		return MoveTask{}, errorf("ResourceNotFoundException", "Task does not exist.")
	}
	t := s.tasks[i]
	if t.Status != moveRunning {
		return MoveTask{}, errorf("UnsupportedOperation", "Only active tasks can be cancelled.")
	}
	t.timer.Stop()
	t.Status = moveCancelled
	return t.MoveTask, nil
}
