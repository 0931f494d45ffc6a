package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"callback-completer/internal/conformance/emulator"
	"callback-completer/internal/local"
	"callback-completer/internal/local/lambda"
	localsqs "callback-completer/internal/local/sqs"
)

// backend is an implementation of Step Functions and SQS, with what the SDK's two clients cannot set up.
type backend struct {
	name   string
	field  string // of behaviour, that lists its differences; empty: the stand-in, which has none
	column func(behaviour) string

	sfn *sfn.Client
	sqs *sqs.Client

	// route sends every event of this source to the queue.
	route func(t *testing.T, source string, to queue)
	// deploy makes a function that completes {"taskToken": …, "output": …}. Nil: the backend cannot run functions here.
	deploy func(t *testing.T, name string)

	names atomic.Int64
}

// bench is where one behaviour is observed on a backend.
type bench struct {
	*testing.T
	*backend
}

func newBackend(t *testing.T, name, url string, retryer aws.Retryer) *backend {
	t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 2 * atOnce}}
	t.Cleanup(client.CloseIdleConnections)
	who := credentials.NewStaticCredentialsProvider("test", "test", "")
	return &backend{
		name:   name,
		column: func(behaviour) string { return "" },
		sfn: sfn.New(sfn.Options{
			BaseEndpoint: &url, Region: local.DefaultRegion, Credentials: who, HTTPClient: emulator.Client{HTTP: client}, Retryer: retryer,
		}),
		sqs: sqs.New(sqs.Options{
			BaseEndpoint: &url, Region: local.DefaultRegion, Credentials: who, HTTPClient: emulator.Client{HTTP: client}, Retryer: retryer,
		}),
	}
}

// unique returns a name that no other behaviour uses.
func (b *backend) unique() string { return fmt.Sprintf("conformance-%d", b.names.Add(1)) }

func newStandIn(t *testing.T) *backend {
	t.Helper()
	stack, err := local.Start(local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stack.Close)
	b := newBackend(t, "the stand-in", stack.URL(), aws.NopRetryer{})
	b.route = func(t *testing.T, source string, to queue) {
		t.Helper()
		stack.Bus.Subscribe(func(event []byte) {
			var e struct{ Source string }
			if json.Unmarshal(event, &e) != nil || e.Source != source {
				return
			}
			target, err := stack.SQS.Queue(to.arn)
			if err == nil {
				_, err = target.Send(localsqs.Message{Body: string(event)})
			}
			if err != nil {
				t.Errorf("send the event to %s: %v", to.arn, err)
			}
		})
	}
	b.deploy = func(_ *testing.T, name string) {
		stack.Functions.Add(name, lambda.InvokerFunc(func(ctx context.Context, payload []byte) ([]byte, error) {
			var in struct {
				TaskToken string
				Output    json.RawMessage
			}
			if err := json.Unmarshal(payload, &in); err != nil {
				return nil, err
			}
			_, err := b.sfn.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{
				TaskToken: &in.TaskToken, Output: aws.String(string(in.Output)),
			})
			return []byte("null"), err
		}))
	}
	return b
}

const (
	patience = 90 * time.Second       // for what must happen, on a slow and shared machine
	pause    = 100 * time.Millisecond // between two looks
)

// eventually looks until done, at least once, and says whether it was within the time.
func (b bench) eventually(within time.Duration, done func() bool) bool {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), within)
	defer cancel()
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}
