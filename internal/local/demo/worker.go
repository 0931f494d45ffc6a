package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"callback-completer/internal/local/sqs"
)

// worker is what stands behind the request queue: it takes requests and answers them on the callback queue.
type worker struct {
	requests, callbacks *sqs.Queue
	receipts            receipts
}

// request is a message as the definitions send it.
type request struct {
	TaskToken string `json:"taskToken"`
	Execution string `json:"execution"`
}

// take returns the request of an execution. Others are what a scene that failed has left behind.
func (w *worker) take(ctx context.Context, execution string) (request, error) {
	for {
		for _, m := range w.requests.Receive(ctx, sqs.ReceiveOptions{Wait: time.Second}) {
			var r request
			if err := json.Unmarshal([]byte(m.Body), &r); err != nil {
				return request{}, fmt.Errorf("decode the request: %w", err)
			}
			if err := w.requests.Delete(m.ReceiptHandle); err != nil {
				return request{}, fmt.Errorf("delete the request: %w", err)
			}
			if r.Execution == execution {
				return r, nil
			}
		}
		if ctx.Err() != nil {
			return request{}, fmt.Errorf("wait for the request: %w", context.Cause(ctx))
		}
	}
}

// send puts a message on the callback queue and waits until the function has acknowledged it.
func (w *worker) send(ctx context.Context, body string) (messageID string, err error) {
	sent, err := w.callbacks.Send(sqs.Message{Body: body})
	if err != nil {
		return "", fmt.Errorf("send to the callback queue: %w", err)
	}
	return sent.MessageID, w.receipts.wait(ctx, sent.MessageID)
}
