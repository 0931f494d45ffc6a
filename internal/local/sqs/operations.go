package sqs

import (
	"context"

	"callback-completer/internal/local/awsjson"
)

// TargetPrefix goes before the operation's name in X-Amz-Target.
const TargetPrefix = "AmazonSQS"

// Operations answers the AWS JSON protocol. Register it under TargetPrefix.
func (s *Service) Operations() map[string]awsjson.Operation {
	return map[string]awsjson.Operation{
		"CreateQueue":                awsjson.Op(s.opCreateQueue),
		"DeleteQueue":                awsjson.Op(s.opDeleteQueue),
		"GetQueueUrl":                awsjson.Op(s.opGetQueueURL),
		"ListQueues":                 awsjson.Op(s.opListQueues),
		"ListDeadLetterSourceQueues": awsjson.Op(s.opListDeadLetterSourceQueues),
		"GetQueueAttributes":         awsjson.Op(s.opGetQueueAttributes),
		"SetQueueAttributes":         awsjson.Op(s.opSetQueueAttributes),
		"PurgeQueue":                 awsjson.Op(s.opPurgeQueue),

		"SendMessage":                  awsjson.Op(s.opSendMessage),
		"SendMessageBatch":             awsjson.Op(s.opSendMessageBatch),
		"ReceiveMessage":               awsjson.Op(s.opReceiveMessage),
		"DeleteMessage":                awsjson.Op(s.opDeleteMessage),
		"DeleteMessageBatch":           awsjson.Op(s.opDeleteMessageBatch),
		"ChangeMessageVisibility":      awsjson.Op(s.opChangeMessageVisibility),
		"ChangeMessageVisibilityBatch": awsjson.Op(s.opChangeMessageVisibilityBatch),

		"StartMessageMoveTask":  awsjson.Op(s.opStartMessageMoveTask),
		"ListMessageMoveTasks":  awsjson.Op(s.opListMessageMoveTasks),
		"CancelMessageMoveTask": awsjson.Op(s.opCancelMessageMoveTask),
	}
}

// nothing is the answer of an operation that only succeeds.
type nothing struct{}

// target is the input that every operation on one queue has.
type target struct {
	QueueUrl string //nolint:revive // AWS's spelling
}

// url finds a queue as a request names it. Errors: MissingParameter, QueueDoesNotExist.
func (s *Service) url(ref string) (*Queue, error) {
	if ref == "" {
		return nil, errMissing("QueueUrl")
	}
	return s.Queue(ref)
}

type startMoveInput struct {
	SourceArn                    string
	DestinationArn               string
	MaxNumberOfMessagesPerSecond *int
}

func (s *Service) opStartMessageMoveTask(_ context.Context, in startMoveInput) (any, error) {
	if in.SourceArn == "" {
		return nil, errMissing("SourceArn")
	}
	rate := 0
	if in.MaxNumberOfMessagesPerSecond != nil {
		rate = *in.MaxNumberOfMessagesPerSecond
		if rate == 0 {
			rate = -1 // given as zero, which is out of range; absent is not
		}
	}
	t, err := s.StartMoveTask(in.SourceArn, in.DestinationArn, rate)
	if err != nil {
		return nil, err
	}
	return struct{ TaskHandle string }{t.Handle}, nil
}

type listMoveInput struct {
	SourceArn  string
	MaxResults int
}

type moveResult struct {
	TaskHandle                        string `json:",omitempty"`
	Status                            string
	SourceArn                         string
	DestinationArn                    string `json:",omitempty"`
	MaxNumberOfMessagesPerSecond      int    `json:",omitempty"`
	ApproximateNumberOfMessagesMoved  int
	ApproximateNumberOfMessagesToMove int
	FailureReason                     string `json:",omitempty"`
	StartedTimestamp                  int64
}

func (s *Service) opListMessageMoveTasks(_ context.Context, in listMoveInput) (any, error) {
	if in.MaxResults < 0 || in.MaxResults > 10 {
		return nil, errInvalid(in.MaxResults, "MaxResults", "Must be between 1 and 10.")
	}
	tasks, err := s.MoveTasks(in.SourceArn)
	if err != nil {
		return nil, err
	}
	results := []moveResult{}
	for _, t := range tasks[:min(len(tasks), max(in.MaxResults, 1))] {
		r := moveResult{
			Status: t.Status, SourceArn: t.Source, DestinationArn: t.Destination,
			MaxNumberOfMessagesPerSecond: t.PerSecond, ApproximateNumberOfMessagesMoved: t.Moved,
			ApproximateNumberOfMessagesToMove: t.ToMove, FailureReason: t.FailureReason,
			StartedTimestamp: t.Started.UnixMilli(),
		}
		if t.Status == moveRunning {
			r.TaskHandle = t.Handle // documented: only of a running task
		}
		results = append(results, r)
	}
	return struct{ Results []moveResult }{results}, nil
}

func (s *Service) opCancelMessageMoveTask(_ context.Context, in struct{ TaskHandle string }) (any, error) {
	t, err := s.CancelMoveTask(in.TaskHandle)
	if err != nil {
		return nil, err
	}
	return struct{ ApproximateNumberOfMessagesMoved int }{t.Moved}, nil
}
