package dynamodb

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"callback-completer/internal/local/awsjson"
)

// TargetPrefix goes before the operation's name in X-Amz-Target.
const TargetPrefix = "DynamoDB_20120810"

// Options name the account that the tables belong to.
type Options struct {
	Region  string // "us-east-1" when empty
	Account string // "000000000000" when empty
}

// Service is one account's tables in one region. It is safe for concurrent use.
type Service struct {
	options Options

	mu     sync.Mutex
	tables map[string]*table // by name
}

// New returns a service without tables.
func New(o Options) *Service {
	o.Region = cmp.Or(o.Region, "us-east-1")
	o.Account = cmp.Or(o.Account, "000000000000")
	return &Service{options: o, tables: map[string]*table{}}
}

// Operations answers the AWS JSON protocol. Register it under TargetPrefix.
func (s *Service) Operations() map[string]awsjson.Operation {
	return map[string]awsjson.Operation{
		"CreateTable":   operation(s, createTable),
		"DescribeTable": operation(s, describeTable),
		"PutItem":       operation(s, putItem),
		"GetItem":       operation(s, getItem),
		"Query":         operation(s, query),
		"Scan":          operation(s, scan),
	}
}

// operation refuses members that In does not have: whoever sends them would not get what he asks for. One operation runs at a
// time.
func operation[In any](s *Service, f func(context.Context, *Service, In) (any, error)) awsjson.Operation {
	return func(ctx context.Context, input []byte) (any, error) {
		var in In
		d := json.NewDecoder(bytes.NewReader(input))
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			return nil, awsjson.Errorf("SerializationException", "the request is not what the stand-in's operation takes: %v", err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return f(ctx, s, in)
	}
}

// table finds a table by its name or ARN. The error is ResourceNotFoundException.
func (s *Service) table(ref string) (*table, error) {
	for name, t := range s.tables {
		if ref == name || ref == s.arn(name) {
			return t, nil
		}
	}
	return nil, awsjson.Errorf("ResourceNotFoundException", "Requested resource not found")
}

func (s *Service) arn(table string) string {
	return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", s.options.Region, s.options.Account, table)
}

func errValidation(format string, args ...any) error {
	return awsjson.Errorf("ValidationException", format, args...)
}
