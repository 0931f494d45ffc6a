package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"go.uber.org/goleak"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/race"
	"callback-completer/internal/telemetry"
)

func TestMain(m *testing.M) {
	race.Plays(4)
	goleak.VerifyTestMain(m)
}

// sqsRig is the function before the stand-in.
type sqsRig struct {
	*rig.Rig

	mapper      callback.Mapper
	concurrency int
	handler     *handler
}

func newRig(t *testing.T, mapping string, fifo bool) *sqsRig {
	t.Helper()
	r := rig.New(t, mapping, fifo)
	mapper, err := service.Mapper(r.Settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	return withMapper(r, mapper)
}

// withMapper puts a function with compiled mappings before a rig.
func withMapper(r *rig.Rig, mapper callback.Mapper) *sqsRig {
	s := &sqsRig{Rig: r, mapper: mapper, concurrency: 32}
	s.handler = s.function(s.Client())
	return s
}

// function is a new execution environment whose calls go through client.
func (r *sqsRig) function(client aws.HTTPClient) *handler {
	settings := config.SQS{Common: r.Settings, Concurrency: r.concurrency}
	return build(r.mapper, settings, r.AWS(client), telemetry.NewLogger(&r.Out, settings.LogLevel), &r.Out)
}

const queueARN = "arn:aws:sqs:us-east-1:000000000000:callbacks"

// sqsEvent makes an event of bodies. A body "group|text" belongs to a message group of a FIFO queue.
func sqsEvent(fifo bool, bodies ...string) events.SQSEvent {
	var e events.SQSEvent
	for i, body := range bodies {
		m := events.SQSMessage{
			MessageId: fmt.Sprintf("m-%d", i), Body: body, EventSource: "aws:sqs", EventSourceARN: queueARN,
			Attributes: map[string]string{"SentTimestamp": fmt.Sprint(time.Now().Add(-time.Second).UnixMilli())},
		}
		if fifo {
			group, text, _ := strings.Cut(body, "|")
			m.Body, m.EventSourceARN = text, queueARN+".fifo"
			m.Attributes["MessageGroupId"] = group
		}
		e.Records = append(e.Records, m)
	}
	return e
}

// handle invokes the function and returns the ids of the messages to retry.
func (r *sqsRig) handle(ctx context.Context, e events.SQSEvent) []string {
	r.T.Helper()
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: "r-1"})
	response, err := r.handler.handle(ctx, e)
	if err != nil {
		r.T.Fatal(err)
	}
	ids := []string{}
	for _, f := range response.BatchItemFailures {
		ids = append(ids, f.ItemIdentifier)
	}
	return ids
}
