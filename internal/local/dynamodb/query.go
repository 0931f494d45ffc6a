package dynamodb

import (
	"context"
	"slices"
	"strings"
)

// maxPage is how much of an index is read for one page.
const maxPage = 1 << 20

type queryInput struct {
	TableName                 string
	IndexName                 string
	KeyConditionExpression    string // "name = :value", of the partition key
	ExpressionAttributeValues map[string]value
	Limit                     *int
	ScanIndexForward          *bool
	ExclusiveStartKey         item
	ConsistentRead            bool
}

func query(ctx context.Context, s *Service, in queryInput) (any, error) {
	t, err := s.table(in.TableName)
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(t.indexes, func(ix index) bool { return ix.name == in.IndexName })
	if n < 0 {
		return nil, errValidation("The table does not have the specified index: %s", in.IndexName)
	}
	ix := t.indexes[n]
	holds, err := parse("KeyConditionExpression", in.KeyConditionExpression, in.ExpressionAttributeValues)
	switch {
	case err != nil:
		return nil, err
	case in.ConsistentRead:
		return nil, errValidation("Consistent reads are not supported on global secondary indexes")
	case in.Limit != nil && *in.Limit < 1:
		return nil, errValidation("1 validation error detected: Value at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1")
	case len(holds) != 1 || holds[0].equal == nil || holds[0].name != ix.hash.name:
		return nil, errValidation("Query condition missed key schema element: %s", ix.hash.name)
	case holds[0].equal.kind != ix.hash.kind:
		return nil, errValidation("One or more parameter values were invalid: Condition parameter type does not match schema type")
	case in.ExclusiveStartKey != nil && !t.isKeyOfEntry(ix, in.ExclusiveStartKey):
		return nil, errValidation("The provided starting key is invalid")
	}
	all, err := t.rows.indexed(ctx)
	if err != nil {
		return nil, err
	}
	return t.page(ix, holds, &in, all), nil
}

// page reads a page of the index.
func (t *table) page(ix index, holds condition, in *queryInput, all []item) map[string]any {
	order := func(a, b item) int { return t.compare(ix, a, b) }
	if in.ScanIndexForward != nil && !*in.ScanIndexForward {
		order = func(a, b item) int { return t.compare(ix, b, a) }
	}
	var entries []item
	for _, i := range all {
		if ix.holds(i) && holds.of(i) && (in.ExclusiveStartKey == nil || order(i, in.ExclusiveStartKey) > 0) {
			entries = append(entries, i)
		}
	}
	slices.SortFunc(entries, order)
	items, read := []item{}, 0
	out := map[string]any{}
	for _, i := range entries {
		entry := t.project(ix, i)
		items = append(items, entry)
		read += entry.size()
		// Like DynamoDB it cannot tell whether there is more, nor that there is not.
		if in.Limit != nil && len(items) == *in.Limit || read >= maxPage {
			out["LastEvaluatedKey"] = t.keyOfEntry(ix, i)
			break
		}
	}
	out["Items"], out["Count"], out["ScannedCount"] = items, len(items), len(items)
	return out
}

func (ix index) keys() []keyAttribute {
	if ix.sort == nil {
		return []keyAttribute{ix.hash}
	}
	return []keyAttribute{ix.hash, *ix.sort}
}

// holds says whether an item is in the index: an index is sparse.
func (ix index) holds(i item) bool {
	return !slices.ContainsFunc(ix.keys(), func(k keyAttribute) bool { _, there := i[k.name]; return !there })
}

// compare orders entries of one partition. Those with the same sort key are in no order that DynamoDB tells.
func (t *table) compare(ix index, a, b item) int {
	if ix.sort != nil {
		if c := a[ix.sort.name].compare(b[ix.sort.name]); c != 0 {
			return c
		}
	}
	return strings.Compare(t.keyOf(a), t.keyOf(b))
}

// keyOfEntry returns the keys of an index and of its table, as far as the item has them.
func (t *table) keyOfEntry(ix index, i item) item {
	return pick(i, append(names(ix.keys()), t.key.name))
}

func (t *table) isKeyOfEntry(ix index, i item) bool {
	all := append(ix.keys(), t.key)
	return len(i) == len(all) && !slices.ContainsFunc(all, func(k keyAttribute) bool { return i[k.name].kind != k.kind })
}

func (t *table) project(ix index, i item) item {
	if ix.all {
		return i
	}
	return pick(i, slices.Concat(names(ix.keys()), ix.projects, []string{t.key.name}))
}

func names(keys []keyAttribute) []string {
	var all []string
	for _, k := range keys {
		all = append(all, k.name)
	}
	return all
}

func pick(i item, names []string) item {
	out := item{}
	for _, name := range names {
		if v, there := i[name]; there {
			out[name] = v
		}
	}
	return out
}
