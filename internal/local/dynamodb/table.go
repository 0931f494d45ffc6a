package dynamodb

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"callback-completer/internal/local/awsjson"
)

// table is a table and where its items are.
type table struct {
	name    string
	arn     string
	key     keyAttribute
	indexes []index
	rows    rows
}

// rows hold a table's items by the text of their key.
type rows interface {
	get(ctx context.Context, key string) (item, error) // nil if there is none
	put(ctx context.Context, key string, in, old item) error
	// indexed returns the items that can be in an index, in no order.
	indexed(ctx context.Context) ([]item, error)
	// all returns every item, in no order.
	all(ctx context.Context) ([]item, error)
}

// memory is rows that end with the service.
type memory map[string]item

func (m memory) get(_ context.Context, key string) (item, error) { return m[key], nil }

func (m memory) put(_ context.Context, key string, in, _ item) error {
	m[key] = in
	return nil
}

func (m memory) indexed(ctx context.Context) ([]item, error) { return m.all(ctx) }

func (m memory) all(context.Context) ([]item, error) { return slices.Collect(maps.Values(m)), nil }

type keyAttribute struct{ name, kind string }

// index is a global secondary index: a table's items that have all its keys.
type index struct {
	name     string
	hash     keyAttribute
	sort     *keyAttribute
	all      bool     // projects every attribute
	projects []string // beside the keys
}

var tableName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,255}$`)

type createTableInput struct {
	TableName              string
	AttributeDefinitions   []struct{ AttributeName, AttributeType string }
	KeySchema              []keySchema
	GlobalSecondaryIndexes []struct {
		IndexName  string
		KeySchema  []keySchema
		Projection struct {
			ProjectionType   string
			NonKeyAttributes []string
		}
	}
	BillingMode               string // changes nothing here, like the rest
	DeletionProtectionEnabled bool
	SSESpecification          any
	Tags                      any
}

type keySchema struct{ AttributeName, KeyType string }

func createTable(_ context.Context, s *Service, in createTableInput) (any, error) {
	if !tableName.MatchString(in.TableName) {
		return nil, errValidation("a table's name has 3 to 255 of the characters a-z A-Z 0-9 _ - .")
	}
	kinds := map[string]string{}
	for _, d := range in.AttributeDefinitions {
		if d.AttributeType != "S" && d.AttributeType != "N" && d.AttributeType != "B" {
			return nil, errValidation("the type of %s is not S, N or B", d.AttributeName)
		}
		kinds[d.AttributeName] = d.AttributeType
	}
	used := map[string]bool{}
	hash, sort, err := keys(in.KeySchema, kinds, used)
	if err != nil {
		return nil, err
	}
	if sort != nil {
		return nil, errValidation("the stand-in has no tables with a sort key")
	}
	t := &table{name: in.TableName, arn: s.arn(in.TableName), key: hash, rows: memory{}}
	for _, given := range in.GlobalSecondaryIndexes {
		ix := index{name: given.IndexName, projects: given.Projection.NonKeyAttributes, all: given.Projection.ProjectionType == "ALL"}
		if ix.hash, ix.sort, err = keys(given.KeySchema, kinds, used); err != nil {
			return nil, err
		}
		if (given.Projection.ProjectionType == "INCLUDE") != (len(ix.projects) > 0) {
			return nil, errValidation("One or more parameter values were invalid: NonKeyAttributes go with INCLUDE, and INCLUDE with them")
		}
		t.indexes = append(t.indexes, ix)
	}
	if len(used) != len(kinds) {
		return nil, errValidation("One or more parameter values were invalid: Some AttributeDefinitions are not used. "+
			"AttributeDefinitions: %d, keys used: %d", len(kinds), len(used))
	}
	if s.tables[t.name] != nil {
		return nil, awsjson.Errorf("ResourceInUseException", "Table already exists: %s", t.name)
	}
	s.tables[t.name] = t
	return map[string]any{"TableDescription": t.describe()}, nil
}

// keys reads a key schema: a partition key and perhaps a sort key.
func keys(schema []keySchema, kinds map[string]string, used map[string]bool) (hash keyAttribute, sort *keyAttribute, err error) {
	for n, k := range schema {
		kind, defined := kinds[k.AttributeName]
		if !defined {
			return hash, nil, errValidation("One or more parameter values were invalid: Some index key attributes are not defined in "+
				"AttributeDefinitions. Keys: [%s]", k.AttributeName)
		}
		used[k.AttributeName] = true
		switch {
		case n == 0 && k.KeyType == "HASH":
			hash = keyAttribute{k.AttributeName, kind}
		case n == 1 && k.KeyType == "RANGE":
			sort = &keyAttribute{k.AttributeName, kind}
		default:
			return hash, nil, errValidation("Invalid KeySchema: a HASH key comes first, and perhaps a RANGE key second")
		}
	}
	if hash.name == "" {
		return hash, nil, errValidation("Invalid KeySchema: there is no HASH key")
	}
	return hash, sort, nil
}

type describeTableInput struct{ TableName string }

func describeTable(_ context.Context, s *Service, in describeTableInput) (any, error) {
	t, err := s.table(in.TableName)
	if err != nil {
		return nil, err
	}
	return map[string]any{"Table": t.describe()}, nil
}

// describe leaves out how many items there are: DynamoDB counts them every six hours or so.
func (t *table) describe() map[string]any {
	var indexes []map[string]string
	for _, ix := range t.indexes {
		indexes = append(indexes, map[string]string{"IndexName": ix.name, "IndexStatus": "ACTIVE"})
	}
	return map[string]any{
		"TableName": t.name, "TableArn": t.arn, "TableStatus": "ACTIVE", "GlobalSecondaryIndexes": indexes,
	}
}

// scanInput takes no filter and no limit: all items come in one page, however many there are.
type scanInput struct{ TableName string }

func scan(ctx context.Context, s *Service, in scanInput) (any, error) {
	t, err := s.table(in.TableName)
	if err != nil {
		return nil, err
	}
	items, err := t.rows.all(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(items, func(a, b item) int { return strings.Compare(t.keyOf(a), t.keyOf(b)) })
	return map[string]any{"Items": items, "Count": len(items), "ScannedCount": len(items)}, nil
}
