package dynamo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"callback-completer/internal/approval"
	"callback-completer/internal/awscall"
)

// A call has three attempts of a second and a half each: somebody waits before a page, and DynamoDB answers in milliseconds.
const (
	maxAttempts    = 3
	attemptTimeout = 1500 * time.Millisecond
)

// Store is a table of records. It is safe for concurrent use.
//
// A call ends within five seconds. Errors that are none of the core's name the operation and the service's code, and quote
// nothing of a record; after one of a write the write may have happened all the same.
type Store struct {
	client func() *dynamodb.Client // built on first need: most requests are for other paths than the pages
	table  string
}

var _ approval.Store = (*Store)(nil)

// New returns the store in the table of that name or ARN, in the region of cfg.
func New(cfg aws.Config, table string) *Store { return open(cfg, table, attemptTimeout) }

func open(cfg aws.Config, table string, limit time.Duration) *Store {
	cfg.ClientLogMode = 0 // whatever it is elsewhere: a log would keep what the table forgets
	return &Store{table: table, client: sync.OnceValue(func() *dynamodb.Client {
		return dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
			o.Retryer, o.RetryMaxAttempts = awscall.Retryer(maxAttempts), 0
			o.APIOptions = append(o.APIOptions, awscall.Timeout(limit))
		})
	})}
}

// Get returns the record of that ID, or [approval.ErrNotFound].
func (s *Store) Get(ctx context.Context, id approval.ID) (approval.Record, error) {
	out, err := s.client().GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(s.table),
		Key:            item{attrID: &types.AttributeValueMemberS{Value: string(id)}},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return approval.Record{}, fmt.Errorf("read the record: GetItem: %w", awscall.Describe(err))
	}
	if len(out.Item) == 0 {
		return approval.Record{}, approval.ErrNotFound
	}
	r, err := decode(out.Item)
	if err == nil && (r.ID != id || r.Revision < 1 || r.State == "") {
		err = errors.New("the item is no record: it lacks an ID, a revision or a state")
	}
	if err != nil {
		return approval.Record{}, fmt.Errorf("read the record: GetItem: %w", err)
	}
	return r, nil
}

// Pending returns at most limit open records, the oldest first. They come from the index: without Revision, Request and
// Progress, and about a second late.
func (s *Store) Pending(ctx context.Context, limit int) ([]approval.Record, error) {
	var (
		found []approval.Record
		next  item
	)
	for len(found) < limit {
		out, err := s.client().Query(ctx, &dynamodb.QueryInput{
			TableName: aws.String(s.table), IndexName: aws.String(pendingIndex),
			KeyConditionExpression:    aws.String(attrPending + " = :pending"),
			ExpressionAttributeValues: item{":pending": &types.AttributeValueMemberS{Value: isPending}},
			Limit:                     aws.Int32(int32(min(limit-len(found), maxPage))), //nolint:gosec // at most maxPage
			ExclusiveStartKey:         next,
		})
		if err != nil {
			return nil, fmt.Errorf("list the open records: Query: %w", awscall.Describe(err))
		}
		for _, entry := range out.Items {
			r, err := decode(entry)
			if err != nil {
				return nil, fmt.Errorf("list the open records: Query: %w", err)
			}
			r.State = approval.Open
			found = append(found, r)
		}
		if next = out.LastEvaluatedKey; len(next) == 0 {
			break
		}
	}
	return found, nil
}

// maxPage keeps a page of the index, whose entries have some 400 bytes, below the megabyte at which DynamoDB cuts it.
const maxPage = 1000
