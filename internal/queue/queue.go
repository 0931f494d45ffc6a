package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"callback-completer/internal/awscall"
	"callback-completer/internal/callback"
	"callback-completer/internal/message"
)

// A call has two attempts of two seconds each: whoever sent the callback waits for the answer, and can send it again.
const (
	maxAttempts    = 2
	attemptTimeout = 2 * time.Second
)

// Queue is a callback queue. It is safe for concurrent use.
type Queue struct {
	client func() *sqs.Client // built on first need: most webhooks are delivered at once
	url    string
}

var _ callback.Queue = (*Queue)(nil)

// New returns the queue at url, in the region of cfg. A queue whose name ends with .fifo is a FIFO queue.
func New(cfg aws.Config, url string) *Queue {
	return &Queue{url: url, client: sync.OnceValue(func() *sqs.Client {
		return sqs.NewFromConfig(cfg, func(o *sqs.Options) {
			o.Retryer, o.RetryMaxAttempts = awscall.Retryer(maxAttempts), 0
			o.APIOptions = append(o.APIOptions, awscall.Timeout(attemptTimeout))
		})
	})}
}

// Put sends body, a callback in canonical form, as one message, with attributes that say so and how it is encoded: 1 MiB at
// most in all. On a FIFO queue it is in the message group task, and a body that was put
// there in the last five minutes is not put again. nil means that the queue has the message; after an error it may have it all
// the same. The error names the service's code and quotes nothing of the message.
func (q *Queue) Put(ctx context.Context, body, task string) error {
	text, encoding := message.Encode(body)
	in := &sqs.SendMessageInput{QueueUrl: aws.String(q.url), MessageBody: aws.String(text), MessageAttributes: attributes(encoding)}
	if strings.HasSuffix(q.url, ".fifo") {
		sum := sha256.Sum256([]byte(body))
		in.MessageGroupId = aws.String(task)
		in.MessageDeduplicationId = aws.String(hex.EncodeToString(sum[:]))
	}
	out, err := q.client().SendMessage(ctx, in)
	if err != nil {
		return fmt.Errorf("put the callback on the callback queue: %w", awscall.Describe(err))
	}
	if out.MD5OfMessageBody == nil { // where it is there, the SDK has compared it
		return errors.New("put the callback on the callback queue: the answer does not confirm the message")
	}
	return nil
}

func attributes(encoding string) map[string]types.MessageAttributeValue {
	text := func(value string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
	}
	all := map[string]types.MessageAttributeValue{callback.AttributePayloadForm: text(callback.CanonicalForm)}
	if encoding != "" {
		all[callback.AttributePayloadEncoding] = text(encoding)
	}
	return all
}
