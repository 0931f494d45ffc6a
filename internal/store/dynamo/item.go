package dynamo

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"callback-completer/internal/approval"
)

type item = map[string]types.AttributeValue

// maxItem is what DynamoDB takes, names of attributes included.
const maxItem = 400 << 10

// encode returns the item of a record. The error says how large it would be.
func encode(r *approval.Record, write []byte) (item, error) {
	in := item{
		attrID:       &types.AttributeValueMemberS{Value: string(r.ID)},
		attrRevision: number(r.Revision),
		attrState:    &types.AttributeValueMemberS{Value: string(r.State)},
		attrWrite:    &types.AttributeValueMemberB{Value: write},
	}
	for name, at := range map[string]time.Time{
		attrCreatedAt: r.CreatedAt, attrExpiresAt: r.ExpiresAt, attrPurgeAt: r.PurgeAt, attrDeliveredAt: r.DeliveredAt,
	} {
		if !at.IsZero() {
			in[name] = number(at.UnixMilli())
		}
	}
	for name, data := range map[string][]byte{attrRequest: r.Request, attrProgress: r.Progress} {
		if len(data) > 0 {
			in[name] = &types.AttributeValueMemberB{Value: data}
		}
	}
	if r.Execution != "" {
		in[attrExecution] = &types.AttributeValueMemberS{Value: r.Execution}
	}
	if !r.PurgeAt.IsZero() {
		in[attrPurgeAfter] = number(r.PurgeAt.Add(time.Second - time.Millisecond).Unix())
	}
	if r.State == approval.Open {
		in[attrPending] = &types.AttributeValueMemberS{Value: isPending}
	}
	if n := size(in); n > maxItem {
		return nil, fmt.Errorf("the record takes %d bytes, an item at most %d", n, maxItem)
	}
	return in, nil
}

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// size is how many bytes DynamoDB counts for an item. It says of numbers only about how many they take.
func size(in item) int {
	total := 0
	for name, value := range in {
		total += len(name)
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			total += len(v.Value)
		case *types.AttributeValueMemberB:
			total += len(v.Value)
		case *types.AttributeValueMemberN:
			total += len(v.Value)/2 + 2
		}
	}
	return total
}

// decode returns the record of an item, or of an entry of the index, which lacks some of it.
func decode(from item) (approval.Record, error) {
	f := fields{item: from}
	r := approval.Record{
		ID:          approval.ID(f.text(attrID)),
		Revision:    f.number(attrRevision),
		State:       approval.State(f.text(attrState)),
		CreatedAt:   f.time(attrCreatedAt),
		ExpiresAt:   f.time(attrExpiresAt),
		PurgeAt:     f.time(attrPurgeAt),
		DeliveredAt: f.time(attrDeliveredAt),
		Execution:   f.text(attrExecution),
		Request:     f.bytes(attrRequest),
		Progress:    f.bytes(attrProgress),
	}
	return r, f.err
}

// fields reads attributes and keeps the first error. What is not there is zero.
type fields struct {
	item item
	err  error
}

func (f *fields) text(name string) string {
	switch v := f.item[name].(type) {
	case nil:
	case *types.AttributeValueMemberS:
		return v.Value
	default:
		f.fail(name)
	}
	return ""
}

func (f *fields) bytes(name string) []byte {
	switch v := f.item[name].(type) {
	case nil:
	case *types.AttributeValueMemberB:
		return v.Value
	default:
		f.fail(name)
	}
	return nil
}

func (f *fields) number(name string) int64 {
	switch v := f.item[name].(type) {
	case nil:
	case *types.AttributeValueMemberN:
		n, err := strconv.ParseInt(v.Value, 10, 64)
		if err == nil {
			return n
		}
		f.fail(name)
	default:
		f.fail(name)
	}
	return 0
}

func (f *fields) time(name string) time.Time {
	if _, there := f.item[name]; !there {
		return time.Time{}
	}
	return time.UnixMilli(f.number(name)).UTC()
}

func (f *fields) fail(name string) {
	if f.err == nil {
		f.err = fmt.Errorf("the item is no record: its attribute %s is of another kind", name)
	}
}
