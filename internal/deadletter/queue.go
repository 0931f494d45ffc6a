package deadletter

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"callback-completer/internal/awscall"
	"callback-completer/internal/callback"
)

// maxParallel is how many batches are under way at once: 10,000 dead letters are 1,000 calls.
const maxParallel = 8

// Queue is a dead-letter queue. It is safe for concurrent use.
type Queue struct {
	client func() *sqs.Client // built on first need: most batches have no dead letter
	url    string
}

var _ callback.DeadLetters = (*Queue)(nil)

// attemptTimeout bounds one attempt: a queue that hangs must not take the time of the whole invocation.
const attemptTimeout = 5 * time.Second

// New returns the queue at url, in the region of cfg.
func New(cfg aws.Config, url string) *Queue {
	return &Queue{url: url, client: sync.OnceValue(func() *sqs.Client {
		return sqs.NewFromConfig(cfg, func(o *sqs.Options) {
			o.APIOptions = append(o.APIOptions, awscall.Timeout(attemptTimeout))
		})
	})}
}

// Send sends the letters in batches of at most ten messages and 1 MiB. It returns one error for each letter, nil
// where the queue took it. The errors name the service's code but quote nothing of the payload.
func (q *Queue) Send(ctx context.Context, letters []callback.DeadLetter) []error {
	entries := make([]types.SendMessageBatchRequestEntry, len(letters))
	sizes := make([]int, len(letters))
	for i := range letters {
		entries[i], sizes[i] = entry(&letters[i], q.fifo())
	}
	errs := make([]error, len(letters))
	slots := make(chan struct{}, maxParallel)
	var calls sync.WaitGroup
	for from, to := range batches(sizes) {
		slots <- struct{}{}
		calls.Go(func() {
			defer func() { <-slots }()
			q.send(ctx, entries[from:to], errs[from:to])
		})
	}
	calls.Wait()
	return errs
}

func (q *Queue) fifo() bool { return strings.HasSuffix(q.url, ".fifo") }

// send makes one call and writes how it ended to errs, entry by entry.
func (q *Queue) send(ctx context.Context, entries []types.SendMessageBatchRequestEntry, errs []error) {
	for i := range entries {
		entries[i].Id = aws.String(strconv.Itoa(i))
		errs[i] = errors.New("the queue's answer does not mention the message")
	}
	defer func() { _ = recover() }() // in a goroutine of its own; what was not mentioned then counts as refused
	out, err := q.client().SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: aws.String(q.url), Entries: entries})
	if err != nil {
		for i := range errs {
			errs[i] = fmt.Errorf("send to the dead-letter queue: %w", awscall.Describe(err))
		}
		return
	}
	for _, sent := range out.Successful {
		if i, ok := index(sent.Id, len(errs)); ok {
			errs[i] = nil
		}
	}
	for _, failed := range out.Failed {
		if i, ok := index(failed.Id, len(errs)); ok {
			errs[i] = fmt.Errorf("the queue refused the message: %s", aws.ToString(failed.Code))
		}
	}
}

func index(id *string, length int) (int, bool) {
	i, err := strconv.Atoi(aws.ToString(id))
	return i, err == nil && i >= 0 && i < length
}
