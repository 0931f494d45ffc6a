// Package stepfunctions is an in-memory stand-in for AWS Step Functions standard workflows that wait for a task token.
//
// It runs a small part of the Amazon States Language and refuses the rest by name at CreateStateMachine, so that a
// definition never runs differently from what it says. It follows AWS's documented errors for SendTaskSuccess,
// SendTaskFailure and SendTaskHeartbeat exactly. There are no activities, no express workflows, no versions or
// aliases, no redrive and no JSONata. Nothing is evicted: executions and closed tokens stay until the service is dropped.
//
// Time comes from package time alone, so the whole service runs inside a testing/synctest bubble.
//
// https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html
// https://states-language.net/spec.html
package stepfunctions

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"callback-completer/internal/local/awsjson"
)

// TargetPrefix is what stands before the operation in X-Amz-Target.
const TargetPrefix = "AWSStepFunctions"

// Integrations are the services that a Task can call. A nil one makes CreateStateMachine refuse its resource.
//
// A function gets the evaluated Parameters and returns the service's answer, a JSON document for the history. ctx ends
// with the execution; a function that ignores it holds Close up. An error of type *TaskError fails the task with
// its name, any other with States.TaskFailed. A function may complete the token before it returns; the state goes on when
// both have happened.
type Integrations struct {
	// SendMessage is sqs:sendMessage. MessageBody may be any JSON value: the function makes a string of it.
	SendMessage func(ctx context.Context, params json.RawMessage) (json.RawMessage, error)
	// Invoke is lambda:invoke.
	Invoke func(ctx context.Context, params json.RawMessage) (json.RawMessage, error)
	// PutEvents is events:putEvents.
	PutEvents func(ctx context.Context, params json.RawMessage) (json.RawMessage, error)
}

// TaskError is an integration's error with the name that Retry and Catch see, "SQS.QueueDoesNotExistException".
type TaskError struct{ Name, Cause string }

func (e *TaskError) Error() string { return e.Name + ": " + e.Cause }

// Options say where the service pretends to be and what its tasks can call.
type Options struct {
	Region       string // empty is us-east-1
	Account      string // twelve digits; empty is 123456789012
	Integrations Integrations
}

// Service is the stand-in. It is safe for concurrent use. Errors that a caller of AWS would see are *awsjson.Error.
type Service struct {
	region, account string
	integrations    map[string]integration

	wg sync.WaitGroup // executions, and integration calls under way

	mu         sync.Mutex // guards what follows and the marked fields of execution and task
	closed     bool
	machines   registry[*machine]
	executions registry[*execution]
	tasks      map[string]*task // by token; closed tasks stay
}

type integration = func(ctx context.Context, params json.RawMessage) (json.RawMessage, error)

// New returns a running service without state machines.
func New(o Options) *Service {
	s := &Service{
		region:       o.Region,
		account:      o.Account,
		integrations: map[string]integration{},
		machines:     registry[*machine]{byARN: map[string]*machine{}},
		executions:   registry[*execution]{byARN: map[string]*execution{}},
		tasks:        map[string]*task{},
	}
	if s.region == "" {
		s.region = "us-east-1"
	}
	if s.account == "" {
		s.account = "123456789012"
	}
	for resource, call := range map[string]integration{
		"sqs:sendMessage":  o.Integrations.SendMessage,
		"lambda:invoke":    o.Integrations.Invoke,
		"events:putEvents": o.Integrations.PutEvents,
	} {
		if call != nil {
			s.integrations[resource] = call
		}
	}
	return s
}

// Close aborts every running execution, which closes its token, and waits for all that the service started.
// Calls that start something answer ServiceUnavailable from then on; those that read go on working.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	for _, e := range s.executions.inOrder {
		s.endLocked(e, Aborted, nil, &failure{name: "ServiceClosed"})
	}
	s.mu.Unlock()
	s.wg.Wait()
}

var errClosed = &awsjson.Error{
	Code: "ServiceUnavailable", Message: "the stand-in is closed", Status: http.StatusServiceUnavailable,
}

func (s *Service) arn(kind, resource string) string {
	return fmt.Sprintf("arn:aws:states:%s:%s:%s:%s", s.region, s.account, kind, resource)
}

// registry keeps what was created, by ARN and in the order of creation.
type registry[T any] struct {
	byARN   map[string]T
	inOrder []T
}

func (r *registry[T]) add(arn string, v T) {
	r.byARN[arn] = v
	r.inOrder = append(r.inOrder, v)
}

func (r *registry[T]) remove(arn string, is func(T) bool) {
	delete(r.byARN, arn)
	r.inOrder = slices.DeleteFunc(r.inOrder, is)
}
