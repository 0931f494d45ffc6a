package dynamodb_test

import (
	"fmt"
	"strings"
)

// definition is of a table with a sparse index of what is pending.
const definition = `{"TableName": "TABLE", "BillingMode": "PAY_PER_REQUEST",
	"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "pending", "AttributeType": "S"},
		{"AttributeName": "at", "AttributeType": "N"}],
	"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
	"GlobalSecondaryIndexes": [{"IndexName": "pending", "KeySchema": [{"AttributeName": "pending", "KeyType": "HASH"},
		{"AttributeName": "at", "KeyType": "RANGE"}], "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]}}]}`

// content is what is in the table when a row of the table below begins.
var content = []string{
	`{"id": {"S": "ten"}, "pending": {"S": "1"}, "at": {"N": "10"}, "note": {"S": "x"}, "secret": {"B": "AP8="}}`,
	`{"id": {"S": "two"}, "pending": {"S": "1"}, "at": {"N": "2"}, "revision": {"N": "7"}}`,
	`{"id": {"S": "closed"}, "at": {"N": "1"}}`,
	`{"id": {"S": "timeless"}, "pending": {"S": "1"}}`,
	`{"id": {"S": "other"}, "pending": {"S": "2"}, "at": {"N": "3"}}`,
}

const (
	ten      = `{"at":{"N":"10"},"id":{"S":"ten"},"note":{"S":"x"},"pending":{"S":"1"}}`
	two      = `{"at":{"N":"2"},"id":{"S":"two"},"pending":{"S":"1"}}`
	twoWhole = `{"at":{"N":"2"},"id":{"S":"two"},"pending":{"S":"1"},"revision":{"N":"7"}}`
)

// row is a call and its answer: of a success, and of an error, the item or items and where they end.
type row struct{ name, operation, body, code, want string }

func put(item, rest string) string {
	return `{"TableName": "TABLE", "Item": ` + item + rest + `}`
}

func query(rest string) string {
	return `{"TableName": "TABLE", "IndexName": "pending", "KeyConditionExpression": "pending = :p",
		"ExpressionAttributeValues": {":p": {"S": "1"}}` + rest + `}`
}

func condition(expression, values string) string {
	return fmt.Sprintf(`, "ConditionExpression": %q, "ExpressionAttributeValues": {%s}, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"`,
		expression, values)
}

const (
	newItem = `{"id": {"S": "new"}}`
	newTwo  = `{"id": {"S": "two"}, "revision": {"N": "8"}}`
	failed  = "ConditionalCheckFailedException"
	invalid = "ValidationException"
	noTable = "ResourceNotFoundException"
)

// shared are the rows in which the stand-in and DynamoDB Local are the same.
var shared = []row{
	{"put", "PutItem", put(newItem, ``), "", ""},
	{"put over", "PutItem", put(newTwo, ``), "", ""},
	{"put if absent", "PutItem", put(newItem, `, "ConditionExpression": "attribute_not_exists(id)"`), "", ""},
	{"put if absent, there", "PutItem", put(newTwo, `, "ConditionExpression": "attribute_not_exists(id)"`), failed, ""},
	{
		"put if absent, there, and what", "PutItem",
		put(newTwo, `, "ConditionExpression": "attribute_not_exists(id)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"`), failed, twoWhole,
	},
	{"put if equal", "PutItem", put(newTwo, condition("revision = :r", `":r": {"N": "7"}`)), "", ""},
	{"put if equal, other", "PutItem", put(newTwo, condition("revision = :r", `":r": {"N": "6"}`)), failed, twoWhole},
	{"put if equal, of another kind", "PutItem", put(newTwo, condition("revision = :r", `":r": {"S": "7"}`)), failed, twoWhole},
	{"put if equal, nothing there", "PutItem", put(newItem, condition("revision = :r", `":r": {"N": "0"}`)), failed, ""},
	{"put if both", "PutItem", put(newTwo, condition("attribute_exists (pending) AND revision=:r", `":r": {"N": "7"}`)), "", ""},
	{"put if both, one not", "PutItem", put(newTwo, condition("attribute_exists(nowhere) and revision = :r", `":r": {"N": "7"}`)), failed, twoWhole},
	{"value undefined", "PutItem", put(newTwo, condition("revision = :r", `":s": {"N": "7"}`)), invalid, ""},
	{"value unused", "PutItem", put(newTwo, condition("revision = :r", `":r": {"N": "7"}, ":s": {"N": "7"}`)), invalid, ""},
	{"no expression", "PutItem", put(newTwo, condition("revision == :r", `":r": {"N": "7"}`)), invalid, ""},
	{"key missing", "PutItem", put(`{"at": {"N": "1"}}`, ``), invalid, ""},
	{"key of another kind", "PutItem", put(`{"id": {"N": "1"}}`, ``), invalid, ""},
	{"key empty", "PutItem", put(`{"id": {"S": ""}}`, ``), invalid, ""},
	{"index key of another kind", "PutItem", put(`{"id": {"S": "new"}, "at": {"S": "1"}}`, ``), invalid, ""},
	{"index key empty", "PutItem", put(`{"id": {"S": "new"}, "pending": {"S": ""}}`, ``), invalid, ""},
	{"empty values", "PutItem", put(`{"id": {"S": "new"}, "s": {"S": ""}, "b": {"B": ""}}`, ``), "", ""},
	{"the largest item", "PutItem", put(`{"id": {"S": "new"}, "s": {"S": "`+strings.Repeat("x", 409_594)+`"}}`, ``), "", ""},
	{"too large", "PutItem", put(`{"id": {"S": "new"}, "s": {"S": "`+strings.Repeat("x", 409_595)+`"}}`, ``), invalid, ""},
	{"put nowhere", "PutItem", `{"TableName": "none", "Item": {"id": {"S": "a"}}}`, noTable, ""},

	{"get", "GetItem", `{"TableName": "TABLE", "Key": {"id": {"S": "two"}}, "ConsistentRead": true}`, "", twoWhole},
	{"get nothing", "GetItem", `{"TableName": "TABLE", "Key": {"id": {"S": "none"}}}`, "", ""},
	{"get by a key too many", "GetItem", `{"TableName": "TABLE", "Key": {"id": {"S": "two"}, "at": {"N": "2"}}}`, invalid, ""},
	{"get by another key", "GetItem", `{"TableName": "TABLE", "Key": {"at": {"N": "2"}}}`, invalid, ""},
	{"get by a key of another kind", "GetItem", `{"TableName": "TABLE", "Key": {"id": {"N": "2"}}}`, invalid, ""},
	{"get by an empty key", "GetItem", `{"TableName": "TABLE", "Key": {"id": {"S": ""}}}`, invalid, ""},
	{"get nowhere", "GetItem", `{"TableName": "none", "Key": {"id": {"S": "two"}}}`, noTable, ""},

	{"query", "Query", query(``), "", `[` + two + `,` + ten + `]`},
	{"query backwards", "Query", query(`, "ScanIndexForward": false`), "", `[` + ten + `,` + two + `]`},
	{"query one", "Query", query(`, "Limit": 1`), "", `[` + two + `] from ` + two},
	{"query as many as there are", "Query", query(`, "Limit": 2`), "", `[` + two + `,` + ten + `] from ` + strings.Replace(ten, `"note":{"S":"x"},`, ``, 1)},
	{"query more than there are", "Query", query(`, "Limit": 3`), "", `[` + two + `,` + ten + `]`},
	{"query from", "Query", query(`, "ExclusiveStartKey": ` + two), "", `[` + ten + `]`},
	{"query from between", "Query", query(`, "ExclusiveStartKey": {"id": {"S": "gone"}, "pending": {"S": "1"}, "at": {"N": "5"}}`), "", `[` + ten + `]`},
	{"query backwards from", "Query", query(`, "ScanIndexForward": false, "ExclusiveStartKey": {"id": {"S": "ten"}, "pending": {"S": "1"}, "at": {"N": "10"}}`), "", `[` + two + `]`},
	{"query from half a key", "Query", query(`, "ExclusiveStartKey": {"id": {"S": "two"}}`), invalid, ""},
	{"query none", "Query", strings.Replace(query(``), `{"S": "1"}`, `{"S": "none"}`, 1), "", `[]`},
	{"query nothing at all", "Query", query(`, "Limit": 0`), invalid, ""},
	{"query by another attribute", "Query", strings.Replace(query(``), `"pending = `, `"note = `, 1), invalid, ""},
	{"query by another kind", "Query", strings.Replace(query(``), `{"S": "1"}`, `{"N": "1"}`, 1), invalid, ""},
	{"query consistently", "Query", query(`, "ConsistentRead": true`), invalid, ""},
	{"query another index", "Query", strings.Replace(query(``), `"IndexName": "pending"`, `"IndexName": "none"`, 1), invalid, ""},
	{"query nowhere", "Query", strings.Replace(query(``), `TABLE`, `none`, 1), noTable, ""},

	{"describe nowhere", "DescribeTable", `{"TableName": "none"}`, noTable, ""},
	{"scan nowhere", "Scan", `{"TableName": "none"}`, noTable, ""},
	{"create again", "CreateTable", definition, "ResourceInUseException", ""},
	{"create with a short name", "CreateTable", strings.Replace(definition, "TABLE", "ab", 1), invalid, ""},
	{"create with an attribute too many", "CreateTable", strings.Replace(definition, `[{"AttributeName"`, `[{"AttributeName": "x", "AttributeType": "S"}, {"AttributeName"`, 1), invalid, ""},
	{"create with an attribute too few", "CreateTable", strings.Replace(definition, `, {"AttributeName": "pending", "AttributeType": "S"}`, ``, 1), invalid, ""},
	{"create without a key", "CreateTable", strings.Replace(definition, `"KeyType": "HASH"}],`, `"KeyType": "RANGE"}],`, 1), invalid, ""},
	{"create without what it includes", "CreateTable", strings.Replace(definition, `, "NonKeyAttributes": ["note"]`, ``, 1), invalid, ""},
}

// refused are rows that only DynamoDB understands.
var refused = []row{
	{"another member", "Query", query(`, "FilterExpression": "at > :p"`), "SerializationException", ""},
	{"another operation", "DeleteItem", `{}`, "UnknownOperationException", ""},
	{"another expression", "PutItem", put(newTwo, condition("revision > :r", `":r": {"N": "7"}`)), invalid, ""},
	{"another kind of value", "PutItem", put(`{"id": {"S": "new"}, "l": {"L": []}}`, ``), "SerializationException", ""},
	{"a decimal", "PutItem", put(`{"id": {"S": "new"}, "n": {"N": "1.5"}}`, ``), "SerializationException", ""},
	{"two kinds of a value", "PutItem", put(`{"id": {"S": "new", "N": "1"}}`, ``), "SerializationException", ""},
	{"a table with a sort key", "CreateTable", strings.Replace(definition, `"HASH"}],`, `"HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],`, 1), invalid, ""},
}
