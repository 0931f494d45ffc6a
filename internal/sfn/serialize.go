package sfn

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The operations' names in the API.
const (
	operationSuccess   = "SendTaskSuccess"
	operationFailure   = "SendTaskFailure"
	operationHeartbeat = "SendTaskHeartbeat"
)

// serializer writes the three requests of AWS JSON 1.0 in one go, where the SDK's own looks at each byte of the output, and copies
// what it has whenever its buffer is full.
type serializer struct{}

// ID is that of the step in whose place this one is.
func (serializer) ID() string { return "OperationSerializer" }

func serialize(stack *middleware.Stack) error {
	_, err := stack.Serialize.Swap(serializer{}.ID(), serializer{})
	return err
}

// HandleSerialize makes the request of its parameters.
func (serializer) HandleSerialize(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (
	out middleware.SerializeOutput, metadata middleware.Metadata, err error,
) {
	request, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return out, metadata, &smithy.SerializationError{Err: fmt.Errorf("unknown transport type %T", in.Request)}
	}
	operation, body := "", []byte(nil)
	switch p := in.Parameters.(type) {
	case *sfn.SendTaskSuccessInput:
		operation, body = operationSuccess, object(member{"taskToken", p.TaskToken}, member{"output", p.Output})
	case *sfn.SendTaskFailureInput:
		operation, body = operationFailure, object(member{"taskToken", p.TaskToken}, member{"error", p.Error}, member{"cause", p.Cause})
	case *sfn.SendTaskHeartbeatInput:
		operation, body = operationHeartbeat, object(member{"taskToken", p.TaskToken})
	default:
		return out, metadata, &smithy.SerializationError{Err: fmt.Errorf("unknown input parameters type %T", in.Parameters)}
	}
	request.Method, request.URL.Path = http.MethodPost, "/"
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", "AWSStepFunctions."+operation)
	if in.Request, err = request.SetStream(bytes.NewReader(body)); err != nil {
		return out, metadata, &smithy.SerializationError{Err: err}
	}
	return next.HandleSerialize(ctx, in)
}

type member struct {
	name  string
	value *string // nil leaves it out
}

// object returns a JSON object.
func object(members ...member) []byte {
	size := len("{}")
	for _, m := range members {
		if m.value != nil {
			size += len(m.name) + len(*m.value) + strings.Count(*m.value, `"`) + strings.Count(*m.value, `\`) + len(`"":"",`)
		}
	}
	b := append(make([]byte, 0, size), '{')
	for _, m := range members {
		if m.value == nil {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, m.name...)
		b = append(b, `":`...)
		b = appendQuoted(b, *m.value)
	}
	return append(b, '}')
}

// appendQuoted appends a string as JSON. Bytes that are no UTF-8 become U+FFFD each.
func appendQuoted(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			const hex = "0123456789abcdef"
			b = append(b, `\u00`...)
			b = append(b, hex[c>>4], hex[c&15])
		}
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
