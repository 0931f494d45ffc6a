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

// Functions are the Lambda functions that states and rules invoke, by name. It is safe for concurrent use.
type Functions struct {
	region, account string

	mu     sync.Mutex
	shut   bool
	byName map[string]lambda.Invoker
	queues map[string]*lambda.Async // by name; of functions that have been invoked asynchronously
	former []*lambda.Async          // of an earlier configuration, still at work
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

func (f *Functions) find(name string) (lambda.Invoker, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fn, ok := f.byName[name]
	return fn, ok
}

// nameOf is the name of a function that is given by its name or its ARN, perhaps with a version behind it.
func nameOf(ref string) string {
	if _, after, ok := strings.Cut(ref, ":function:"); ok {
		ref = after
	}
	name, _, _ := strings.Cut(ref, ":")
	return name
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
	name := nameOf(in.FunctionName)
	fn, ok := f.find(name)
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
