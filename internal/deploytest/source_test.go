//go:build deploytest

package deploytest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
)

// source is a queue of any SQS that the stand-in's event source mapping reads. It is good for messages without attributes.
type source struct {
	t      *testing.T
	client *awssqs.Client
	url    string
	arn    string
}

var _ lambda.Source = (*source)(nil)

func newSource(t *testing.T, w world, url string) *source {
	t.Helper()
	out, err := w.sqs.GetQueueAttributes(t.Context(), &awssqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &source{t, w.sqs, url, out.Attributes[string(types.QueueAttributeNameQueueArn)]}
}

func (s *source) ARN() string { return s.arn }

func (s *source) FIFO() bool { return strings.HasSuffix(s.url, ".fifo") }

// VisibilityTimeout is asked for with each receive, whatever the queue's own is.
func (s *source) VisibilityTimeout() time.Duration { return patience }

func (s *source) Receive(ctx context.Context, o sqs.ReceiveOptions) []sqs.Received {
	out, err := s.client.ReceiveMessage(ctx, &awssqs.ReceiveMessageInput{
		QueueUrl: &s.url, MaxNumberOfMessages: int32(min(o.Max, 10)), WaitTimeSeconds: int32(o.Wait.Seconds()),
		VisibilityTimeout:           int32(s.VisibilityTimeout().Seconds()),
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	})
	if err != nil {
		if ctx.Err() == nil {
			s.t.Errorf("receive: %v", err)
		}
		return nil
	}
	received := make([]sqs.Received, 0, len(out.Messages))
	for _, m := range out.Messages {
		received = append(received, sqs.Received{
			MessageID: aws.ToString(m.MessageId), ReceiptHandle: aws.ToString(m.ReceiptHandle), Body: aws.ToString(m.Body),
			MD5OfBody: aws.ToString(m.MD5OfBody), System: m.Attributes,
		})
	}
	return received
}

func (s *source) Delete(receiptHandle string) error {
	_, err := s.client.DeleteMessage(context.Background(), &awssqs.DeleteMessageInput{QueueUrl: &s.url, ReceiptHandle: &receiptHandle})
	return err
}

func (s *source) ChangeVisibility(receiptHandle string, d time.Duration) error {
	_, err := s.client.ChangeMessageVisibility(context.Background(), &awssqs.ChangeMessageVisibilityInput{
		QueueUrl: &s.url, ReceiptHandle: &receiptHandle, VisibilityTimeout: int32(d.Seconds()),
	})
	return err
}
