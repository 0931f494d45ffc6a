package sqs_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
	"go.uber.org/goleak"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/sqs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newClient serves a new service over loopback HTTP and returns the real SDK's client for it.
func newClient(t *testing.T) (*awssqs.Client, *sqs.Service) {
	t.Helper()
	protocol := awsjson.NewServer(nil)
	server := httptest.NewServer(protocol)
	t.Cleanup(server.Close)
	service := sqs.New(sqs.Options{BaseURL: func() string { return server.URL }})
	protocol.Register(sqs.TargetPrefix, service.Operations())
	transport := server.Client()
	t.Cleanup(transport.CloseIdleConnections)
	return awssqs.New(awssqs.Options{
		BaseEndpoint: aws.String(server.URL),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("id", "secret", ""),
		HTTPClient:   transport,
		Retryer:      aws.NopRetryer{},
	}), service
}

// newQueue makes a queue of a new service in process.
func newQueue(t *testing.T, name string, attributes map[string]string) (*sqs.Queue, *sqs.Service) {
	t.Helper()
	s := sqs.New(sqs.Options{})
	return createQueue(t, s, name, attributes), s
}

func createQueue(t *testing.T, s *sqs.Service, name string, attributes map[string]string) *sqs.Queue {
	t.Helper()
	q, err := s.CreateQueue(name, attributes)
	if err != nil {
		t.Fatalf("CreateQueue(%q): %v", name, err)
	}
	return q
}

func send(t *testing.T, q *sqs.Queue, m sqs.Message) sqs.Sent {
	t.Helper()
	sent, err := q.Send(m)
	if err != nil {
		t.Fatalf("Send(%q): %v", m.Body, err)
	}
	return sent
}

func bodies(got []sqs.Received) []string {
	var b []string
	for _, r := range got {
		b = append(b, r.Body)
	}
	return b
}

// code is the API error code of err, from the SDK or in process; "" for nil.
func code(err error) string {
	var remote smithy.APIError
	var local *awsjson.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &local):
		return local.Code
	case errors.As(err, &remote):
		return remote.ErrorCode()
	}
	return "no API error: " + err.Error()
}

func TestQueueIsFoundByNameURLAndARN(t *testing.T) {
	t.Parallel()
	s := sqs.New(sqs.Options{
		Region: "eu-central-1", Account: "123456789012",
		BaseURL: func() string { return "http://127.0.0.1:4566" },
	})
	q := createQueue(t, s, "callbacks", nil)
	if want := "http://127.0.0.1:4566/123456789012/callbacks"; q.URL() != want {
		t.Errorf("URL() = %q, want %q", q.URL(), want)
	}
	if want := "arn:aws:sqs:eu-central-1:123456789012:callbacks"; q.ARN() != want {
		t.Errorf("ARN() = %q, want %q", q.ARN(), want)
	}
	for _, ref := range []string{
		"callbacks", "http://127.0.0.1:4566/123456789012/callbacks", "https://elsewhere/123456789012/callbacks",
		"arn:aws:sqs:eu-central-1:123456789012:callbacks",
	} {
		if found, err := s.Queue(ref); found != q {
			t.Errorf("Queue(%q) = %v, %v", ref, found, err)
		}
	}
	for _, ref := range []string{"", "other", "arn:aws:sqs:us-east-1:123456789012:callbacks"} {
		if _, err := s.Queue(ref); code(err) != "QueueDoesNotExist" {
			t.Errorf("Queue(%q): %v", ref, err)
		}
	}
}

func TestQueueNames(t *testing.T) {
	t.Parallel()
	fifo := map[string]string{"FifoQueue": "true"}
	eighty := "a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-g23456789-h23456789-"
	tests := []struct {
		name       string
		attributes map[string]string
		want       string
	}{
		{"Callbacks_1-a", nil, ""},
		{eighty, nil, ""},
		{eighty + "x", nil, "InvalidParameterValue"},
		{"", nil, "MissingParameter"},
		{"a b", nil, "InvalidParameterValue"},
		{"a.fifo", nil, "InvalidParameterValue"},
		{"a.fifo", fifo, ""},
		{"a", fifo, "InvalidParameterValue"},
		{".fifo", fifo, "InvalidParameterValue"},
		{"a.fifo", map[string]string{"FifoQueue": "false"}, "InvalidParameterValue"},
		{"a", map[string]string{"FifoQueue": "false"}, "InvalidAttributeName"},
	}
	for _, tt := range tests {
		_, err := sqs.New(sqs.Options{}).CreateQueue(tt.name, tt.attributes)
		if got := code(err); got != tt.want {
			t.Errorf("CreateQueue(%q, %v): %q, want %q", tt.name, tt.attributes, got, tt.want)
		}
	}
}

func TestCreateQueueAgain(t *testing.T) {
	t.Parallel()
	q, s := newQueue(t, "q", map[string]string{"DelaySeconds": "3"})
	if again, err := s.CreateQueue("q", map[string]string{"DelaySeconds": "3"}); again != q || err != nil {
		t.Errorf("same attributes: %v, %v", again, err)
	}
	if again, err := s.CreateQueue("q", nil); again != q || err != nil {
		t.Errorf("no attributes: %v, %v", again, err)
	}
	if _, err := s.CreateQueue("q", map[string]string{"DelaySeconds": "4"}); code(err) != "QueueNameExists" {
		t.Errorf("other attributes: %v", err)
	}
}

func TestDeletedQueueIsGone(t *testing.T) {
	t.Parallel()
	q, s := newQueue(t, "q", nil)
	if err := s.DeleteQueue("q"); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteQueue("q"); code(err) != "QueueDoesNotExist" {
		t.Errorf("DeleteQueue again: %v", err)
	}
	if _, err := q.Send(sqs.Message{Body: "x"}); code(err) != "QueueDoesNotExist" {
		t.Errorf("Send: %v", err)
	}
	if err := q.Delete("x"); code(err) != "QueueDoesNotExist" {
		t.Errorf("Delete: %v", err)
	}
	if left := s.Queues(); len(left) != 0 {
		t.Errorf("Queues() = %v", left)
	}
}
