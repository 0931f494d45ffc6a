package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/stepfunctions"
)

// Functions are the Lambda functions that a state can invoke, by name. It is safe for concurrent use.
type Functions struct {
	mu     sync.Mutex
	byName map[string]lambda.Invoker
}

// Add makes a function known under name, in the place of an earlier one of that name.
func (f *Functions) Add(name string, fn lambda.Invoker) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byName == nil {
		f.byName = map[string]lambda.Invoker{}
	}
	f.byName[name] = fn
}

// invoke carries out lambda:invoke with a state's evaluated Parameters.
func (f *Functions) invoke(ctx context.Context, params json.RawMessage) (json.RawMessage, error) {
	var in struct {
		FunctionName string
		Payload      json.RawMessage
	}
	if err := json.Unmarshal(params, &in); err != nil {
		return nil, &stepfunctions.TaskError{Name: "Lambda.InvalidRequestContentException", Cause: err.Error()}
	}
	name := in.FunctionName
	if _, after, ok := strings.Cut(name, ":function:"); ok { // an ARN, perhaps with a version behind it
		name, _, _ = strings.Cut(after, ":")
	}
	f.mu.Lock()
	fn, ok := f.byName[name]
	f.mu.Unlock()
	if !ok {
		return nil, &stepfunctions.TaskError{Name: "Lambda.ResourceNotFoundException", Cause: fmt.Sprintf("Function not found: %s", name)}
	}
	if in.Payload == nil {
		in.Payload = json.RawMessage(`{}`)
	}
	answer, err := fn.Invoke(ctx, in.Payload)
	var failed *lambda.FunctionError
	if errors.As(err, &failed) {
		return nil, &stepfunctions.TaskError{Name: failed.Type, Cause: string(failed.Payload)}
	}
	if err != nil {
		return nil, fmt.Errorf("invoke %s: %w", name, err)
	}
	if !json.Valid(answer) {
		answer = []byte("null")
	}
	return json.Marshal(struct {
		ExecutedVersion string
		Payload         json.RawMessage
		StatusCode      int
	}{"$LATEST", answer, 200})
}
