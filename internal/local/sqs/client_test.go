package sqs_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
)

// createByClient makes a queue through the client and returns its URL.
func createByClient(t *testing.T, c *awssqs.Client, name string, attributes map[string]string) *string {
	t.Helper()
	out, err := c.CreateQueue(t.Context(), &awssqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	if err != nil {
		t.Fatalf("CreateQueue(%q): %v", name, err)
	}
	return out.QueueUrl
}

// The client checks the MD5 of every body by itself; an attribute sum is compared here.
func TestClientSendsAndReceives(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t)
	url := createByClient(t, c, "q", nil)
	sent, err := c.SendMessage(t.Context(), &awssqs.SendMessageInput{
		QueueUrl: url, MessageBody: aws.String("héllo <&>\n"),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"a": {DataType: aws.String("String"), StringValue: aws.String("x")},
			"n": {DataType: aws.String("Number.int"), StringValue: aws.String("42")},
			"b": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}},
			"s": {DataType: aws.String("String.uuid"), StringValue: aws.String("é")},
		},
		MessageSystemAttributes: map[string]types.MessageSystemAttributeValue{
			"AWSTraceHeader": {DataType: aws.String("String"), StringValue: aws.String("Root=1-x")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(sent.MD5OfMessageAttributes); got != "0d125cb19c8f1ded2f2a16b8406fbdc6" {
		t.Errorf("MD5OfMessageAttributes = %q", got)
	}
	if len(aws.ToString(sent.MD5OfMessageSystemAttributes)) != 32 || sent.SequenceNumber != nil {
		t.Errorf("sent: %+v", sent)
	}
	got, err := c.ReceiveMessage(t.Context(), &awssqs.ReceiveMessageInput{
		QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 20,
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{"ApproximateReceiveCount", "AWSTraceHeader"},
		MessageAttributeNames:       []string{"b", "n"},
	})
	if err != nil || len(got.Messages) != 1 {
		t.Fatalf("ReceiveMessage: %+v, %v", got, err)
	}
	m := got.Messages[0]
	if aws.ToString(m.Body) != "héllo <&>\n" || aws.ToString(m.MessageId) != aws.ToString(sent.MessageId) {
		t.Errorf("received %q %q", aws.ToString(m.MessageId), aws.ToString(m.Body))
	}
	if diff := cmp.Diff(map[string]string{"ApproximateReceiveCount": "1", "AWSTraceHeader": "Root=1-x"}, m.Attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if len(m.MessageAttributes) != 2 || !slices.Equal(m.MessageAttributes["b"].BinaryValue, []byte{0, 255}) ||
		aws.ToString(m.MessageAttributes["n"].StringValue) != "42" {
		t.Errorf("message attributes: %+v", m.MessageAttributes)
	}
	if _, err := c.DeleteMessage(t.Context(), &awssqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: m.ReceiptHandle}); err != nil {
		t.Error(err)
	}
	attributes, err := c.GetQueueAttributes(t.Context(), &awssqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{"ApproximateNumberOfMessagesNotVisible", "FifoQueue"},
	})
	if diff := cmp.Diff(map[string]string{"ApproximateNumberOfMessagesNotVisible": "0"}, attributes.Attributes); err != nil || diff != "" {
		t.Errorf("after the delete: %v (-want +got):\n%s", err, diff)
	}
}

func TestClientChoosesMessageAttributes(t *testing.T) {
	t.Parallel()
	c, s := newClient(t)
	url := createByClient(t, c, "q", nil)
	q, err := s.Queue("q")
	if err != nil {
		t.Fatal(err)
	}
	attributes := map[string]types.MessageAttributeValue{}
	for _, name := range []string{"trace", "trace.id", "tracer", "other"} {
		attributes[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String("v")}
	}
	if _, err := c.SendMessage(t.Context(), &awssqs.SendMessageInput{
		QueueUrl: url, MessageBody: aws.String("x"), MessageAttributes: attributes,
	}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		names []string
		want  []string
	}{
		{nil, nil},
		{[]string{"All"}, []string{"other", "trace", "trace.id", "tracer"}},
		{[]string{".*"}, []string{"other", "trace", "trace.id", "tracer"}},
		{[]string{"trace.*"}, []string{"trace", "trace.id"}},
		{[]string{"tracer", "missing"}, []string{"tracer"}},
	}
	for _, tt := range tests {
		out, err := c.ReceiveMessage(t.Context(), &awssqs.ReceiveMessageInput{QueueUrl: url, MessageAttributeNames: tt.names})
		if err != nil || len(out.Messages) != 1 {
			t.Fatalf("%v: %+v, %v", tt.names, out, err)
		}
		var got []string
		for name := range out.Messages[0].MessageAttributes {
			got = append(got, name)
		}
		slices.Sort(got)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.names, diff)
		}
		if (out.Messages[0].MD5OfMessageAttributes == nil) != (len(tt.want) == 0) {
			t.Errorf("%v: MD5OfMessageAttributes = %v", tt.names, out.Messages[0].MD5OfMessageAttributes)
		}
		if err := q.ChangeVisibility(aws.ToString(out.Messages[0].ReceiptHandle), 0); err != nil {
			t.Fatal(err)
		}
	}
}

func TestClientListsQueues(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t)
	for _, name := range []string{"b2", "a", "b1", "b3"} {
		createByClient(t, c, name, nil)
	}
	var got []string
	pages := awssqs.NewListQueuesPaginator(c, &awssqs.ListQueuesInput{QueueNamePrefix: aws.String("b"), MaxResults: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, url := range page.QueueUrls {
			got = append(got, url[strings.LastIndexByte(url, '/')+1:])
		}
	}
	if diff := cmp.Diff([]string{"b1", "b2", "b3"}, got); diff != "" {
		t.Errorf("queues (-want +got):\n%s", diff)
	}
}

func TestClientManagesAQueue(t *testing.T) {
	t.Parallel()
	c, s := newClient(t)
	url := createByClient(t, c, "q", map[string]string{"ReceiveMessageWaitTimeSeconds": "1"})
	found, err := c.GetQueueUrl(t.Context(), &awssqs.GetQueueUrlInput{QueueName: aws.String("q")})
	if err != nil || aws.ToString(found.QueueUrl) != aws.ToString(url) {
		t.Errorf("GetQueueUrl: %v, %v", found, err)
	}
	if _, err := c.SetQueueAttributes(t.Context(), &awssqs.SetQueueAttributesInput{
		QueueUrl: url, Attributes: map[string]string{"VisibilityTimeout": "77"},
	}); err != nil {
		t.Fatal(err)
	}
	all, err := c.GetQueueAttributes(t.Context(), &awssqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{"All"},
	})
	if err != nil || all.Attributes["VisibilityTimeout"] != "77" || all.Attributes["QueueArn"] == "" {
		t.Errorf("GetQueueAttributes: %v, %v", all, err)
	}
	if _, err := c.PurgeQueue(t.Context(), &awssqs.PurgeQueueInput{QueueUrl: url}); err != nil {
		t.Error(err)
	}
	if _, err := c.DeleteQueue(t.Context(), &awssqs.DeleteQueueInput{QueueUrl: url}); err != nil {
		t.Error(err)
	}
	if left := s.Queues(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestClientSeesModelledErrors(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t)
	url := createByClient(t, c, "q", nil)
	gone := aws.String(aws.ToString(url) + "-gone")
	var noQueue *types.QueueDoesNotExist
	var badHandle *types.ReceiptHandleIsInvalid
	var badContents *types.InvalidMessageContents
	tests := []struct {
		name   string
		call   func(context.Context) error
		want   string
		target any
	}{
		{"no queue", func(ctx context.Context) error {
			_, err := c.SendMessage(ctx, &awssqs.SendMessageInput{QueueUrl: gone, MessageBody: aws.String("x")})
			return err
		}, "AWS.SimpleQueueService.NonExistentQueue", &noQueue},
		{"bad handle", func(ctx context.Context) error {
			_, err := c.DeleteMessage(ctx, &awssqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: aws.String("x")})
			return err
		}, "ReceiptHandleIsInvalid", &badHandle},
		{"bad body", func(ctx context.Context) error {
			_, err := c.SendMessage(ctx, &awssqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("\x00")})
			return err
		}, "InvalidMessageContents", &badContents},
		{"empty body", func(ctx context.Context) error {
			_, err := c.SendMessage(ctx, &awssqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("")})
			return err
		}, "MissingParameter", nil},
		{"delay on a standard queue out of range", func(ctx context.Context) error {
			_, err := c.SendMessage(ctx, &awssqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("x"), DelaySeconds: 901})
			return err
		}, "InvalidParameterValue", nil},
		{"system attribute", func(ctx context.Context) error {
			_, err := c.SendMessage(ctx, &awssqs.SendMessageInput{
				QueueUrl: url, MessageBody: aws.String("x"),
				MessageSystemAttributes: map[string]types.MessageSystemAttributeValue{
					"SenderId": {DataType: aws.String("String"), StringValue: aws.String("me")},
				},
			})
			return err
		}, "InvalidParameterValue", nil},
		{"eleven at once", func(ctx context.Context) error {
			_, err := c.ReceiveMessage(ctx, &awssqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 11})
			return err
		}, "InvalidParameterValue", nil},
		{"wait of 21 s", func(ctx context.Context) error {
			_, err := c.ReceiveMessage(ctx, &awssqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 21})
			return err
		}, "InvalidParameterValue", nil},
		{"visibility over 12 h", func(ctx context.Context) error {
			_, err := c.ReceiveMessage(ctx, &awssqs.ReceiveMessageInput{QueueUrl: url, VisibilityTimeout: 43_201})
			return err
		}, "InvalidParameterValue", nil},
		{"unknown system attribute name", func(ctx context.Context) error {
			_, err := c.ReceiveMessage(ctx, &awssqs.ReceiveMessageInput{
				QueueUrl: url, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"Colour"},
			})
			return err
		}, "InvalidAttributeName", nil},
		{"unknown queue attribute name", func(ctx context.Context) error {
			_, err := c.GetQueueAttributes(ctx, &awssqs.GetQueueAttributesInput{
				QueueUrl: url, AttributeNames: []types.QueueAttributeName{"Colour"},
			})
			return err
		}, "InvalidAttributeName", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := tt.call(t.Context())
			if got := code(err); got != tt.want {
				t.Errorf("code %q, want %q (%v)", got, tt.want, err)
			}
			if tt.target != nil && !errors.As(err, tt.target) {
				t.Errorf("%T is no %T", err, tt.target)
			}
		})
	}
}
