package dynamodb

import (
	"context"
	"encoding/base64"

	"callback-completer/internal/local/awsjson"
)

// maxItem is what an item may take, names of attributes included.
const maxItem = 400 << 10

type putItemInput struct {
	TableName                           string
	Item                                item
	ConditionExpression                 string
	ExpressionAttributeValues           map[string]value
	ReturnValuesOnConditionCheckFailure string // NONE or ALL_OLD
}

func putItem(ctx context.Context, s *Service, in putItemInput) (any, error) {
	t, err := s.table(in.TableName)
	if err != nil {
		return nil, err
	}
	holds, err := parse("ConditionExpression", in.ConditionExpression, in.ExpressionAttributeValues)
	if err != nil {
		return nil, err
	}
	if err := t.check(in.Item); err != nil {
		return nil, err
	}
	key := t.keyOf(in.Item)
	old, err := t.rows.get(ctx, key)
	if err != nil {
		return nil, err
	}
	if !holds.of(old) {
		failed := awsjson.Errorf("ConditionalCheckFailedException", "The conditional request failed")
		if old != nil && in.ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
			failed.Members = map[string]any{"Item": old}
		}
		return nil, failed
	}
	return nothing{}, t.rows.put(ctx, key, in.Item, old)
}

// nothing is the answer of an operation that only succeeds.
type nothing struct{}

type getItemInput struct {
	TableName      string
	Key            item
	ConsistentRead bool // it is one either way
}

func getItem(ctx context.Context, s *Service, in getItemInput) (any, error) {
	t, err := s.table(in.TableName)
	if err != nil {
		return nil, err
	}
	if key, there := in.Key[t.key.name]; !there || len(in.Key) != 1 || key.kind != t.key.kind {
		return nil, errValidation("The provided key element does not match the schema")
	}
	if err := t.checkKey(in.Key); err != nil {
		return nil, err
	}
	found, err := t.rows.get(ctx, t.keyOf(in.Key))
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nothing{}, nil
	}
	return map[string]any{"Item": found}, nil
}

// keyOf returns the text of an item's key.
func (t *table) keyOf(in item) string {
	key := in[t.key.name]
	return key.text + base64.StdEncoding.EncodeToString(key.bytes)
}

// check refuses an item that cannot be in the table or in an index that it belongs to.
func (t *table) check(in item) error {
	if err := t.checkKey(in); err != nil {
		return err
	}
	for _, ix := range t.indexes {
		for _, key := range ix.keys() {
			v, there := in[key.name]
			switch {
			case there && v.kind != key.kind:
				return errValidation("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s",
					key.name, key.kind, v.kind, ix.name)
			case there && v.empty():
				return errValidation("One or more parameter values are not valid. A value specified for a secondary index key is not supported. "+
					"The AttributeValue for a key attribute cannot contain an empty string value. IndexName: %s, IndexKey: %s", ix.name, key.name)
			}
		}
	}
	if in.size() > maxItem {
		return errValidation("Item size has exceeded the maximum allowed size")
	}
	return nil
}

func (t *table) checkKey(in item) error {
	key, there := in[t.key.name]
	switch {
	case !there:
		return errValidation("One or more parameter values were invalid: Missing the key %s in the item", t.key.name)
	case key.kind != t.key.kind:
		return errValidation("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s",
			t.key.name, t.key.kind, key.kind)
	case key.empty():
		return errValidation("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string "+
			"value. Key: %s", t.key.name)
	default:
		return nil
	}
}
