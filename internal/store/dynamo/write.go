package dynamo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"callback-completer/internal/approval"
	"callback-completer/internal/awscall"
)

// errCondition: the item is not as the condition wants it, and not because of this write.
var errCondition = errors.New("the condition does not hold")

// Create stores a new record as revision 1. It fails with [approval.ErrExists] if there is one of that ID.
func (s *Store) Create(ctx context.Context, r approval.Record) error {
	r.Revision = 1
	err := s.put(ctx, &r, &dynamodb.PutItemInput{
		ConditionExpression: aws.String("attribute_not_exists(" + attrID + ")"),
	})
	if errors.Is(err, errCondition) {
		return approval.ErrExists
	}
	if err != nil {
		return fmt.Errorf("store the record: %w", err)
	}
	return nil
}

// Update replaces the record whose Revision is r.Revision and returns the next revision, which is the record's then. It
// fails with [approval.ErrConflict] if there is another revision or none.
func (s *Store) Update(ctx context.Context, r approval.Record) (int64, error) {
	read := r.Revision
	r.Revision++
	err := s.put(ctx, &r, &dynamodb.PutItemInput{
		ConditionExpression:       aws.String(attrRevision + " = :read"),
		ExpressionAttributeValues: item{":read": number(read)},
	})
	if errors.Is(err, errCondition) {
		return 0, approval.ErrConflict
	}
	if err != nil {
		return 0, fmt.Errorf("change the record: %w", err)
	}
	return r.Revision, nil
}

// put writes a record on the condition of in. nil means that it did so, in this attempt or in one whose answer was lost.
func (s *Store) put(ctx context.Context, r *approval.Record, in *dynamodb.PutItemInput) error {
	write := make([]byte, 16)
	_, _ = rand.Read(write) // never fails: crypto/rand ends the program instead
	record, err := encode(r, write)
	if err != nil {
		return err
	}
	in.TableName, in.Item = aws.String(s.table), record
	in.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	_, err = s.client().PutItem(ctx, in)
	var failed *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &failed):
		return fmt.Errorf("PutItem: %w", awscall.Describe(err))
	}
	if stored, ok := failed.Item[attrWrite].(*types.AttributeValueMemberB); ok && bytes.Equal(stored.Value, write) {
		return nil
	}
	return errCondition
}
