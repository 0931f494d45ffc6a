package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"
)

// fakeQueue keeps what it is sent, and refuses from the call refuseFrom (counted from 1) on.
type fakeQueue struct {
	refuseFrom int
	calls      int
	bodies     []string
}

func (q *fakeQueue) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	q.calls++
	if q.refuseFrom > 0 && q.calls >= q.refuseFrom {
		return nil, errors.New("refused")
	}
	q.bodies = append(q.bodies, *in.QueueUrl+" "+*in.MessageBody)
	return &sqs.SendMessageOutput{}, nil
}

func TestHandle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		bodies     []string
		refuseFrom int
		wantSent   []string
		wantFailed []string
	}{
		{
			name:   "accepted",
			bodies: []string{`{"taskToken":"T1","order":{"id":"A-1","amount":10000}}`},
			wantSent: []string{
				`callbacks {"taskToken":"T1","outcome":"heartbeat"}`,
				`callbacks {"taskToken":"T1","output":{"orderId":"A-1","status":"accepted"}}`,
			},
		},
		{
			name:   "over the limit",
			bodies: []string{`{"taskToken":"T1","order":{"id":"A-1","amount":10001}}`},
			wantSent: []string{
				`callbacks {"taskToken":"T1","outcome":"heartbeat"}`,
				`callbacks {"taskToken":"T1","error":"OrderRejected","cause":"the amount is over the limit"}`,
			},
		},
		{
			name:   "no amount",
			bodies: []string{`{"taskToken":"T1","order":{"id":"A-1"}}`},
			wantSent: []string{
				`callbacks {"taskToken":"T1","outcome":"heartbeat"}`,
				`callbacks {"taskToken":"T1","error":"OrderRejected","cause":"the amount is not above zero"}`,
			},
		},
		{
			name:   "the rest of the batch goes on",
			bodies: []string{`{`, `{"order":{}}`, `{"taskToken":"T3","order":{"id":"A-3","amount":1}}`},
			wantSent: []string{
				`callbacks {"taskToken":"T3","outcome":"heartbeat"}`,
				`callbacks {"taskToken":"T3","output":{"orderId":"A-3","status":"accepted"}}`,
			},
			wantFailed: []string{"0", "1"},
		},
		{
			name:       "heartbeat refused",
			bodies:     []string{`{"taskToken":"T1","order":{"id":"A-1","amount":1}}`},
			refuseFrom: 1,
			wantFailed: []string{"0"},
		},
		{
			name:       "answer refused",
			bodies:     []string{`{"taskToken":"T1","order":{"id":"A-1","amount":1}}`},
			refuseFrom: 2,
			wantSent:   []string{`callbacks {"taskToken":"T1","outcome":"heartbeat"}`},
			wantFailed: []string{"0"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			queue := &fakeQueue{refuseFrom: test.refuseFrom}
			h := &handler{queue: queue, queueURL: "callbacks", log: slog.New(slog.DiscardHandler)}

			response, err := h.handle(t.Context(), batch(test.bodies))
			if err != nil {
				t.Fatal(err)
			}
			if response.BatchItemFailures == nil {
				t.Error("batchItemFailures is null")
			}
			var failed []string
			for _, f := range response.BatchItemFailures {
				failed = append(failed, f.ItemIdentifier)
			}
			if diff := cmp.Diff(test.wantFailed, failed); diff != "" {
				t.Errorf("failed messages (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.wantSent, queue.bodies); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
		})
	}
}

// batch numbers its messages from 0.
func batch(bodies []string) events.SQSEvent {
	var event events.SQSEvent
	for i, body := range bodies {
		event.Records = append(event.Records, events.SQSMessage{MessageId: string(rune('0' + i)), Body: body})
	}
	return event
}
