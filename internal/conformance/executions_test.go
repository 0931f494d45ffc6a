package conformance

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

func executions() section {
	return newSection("State machines and executions",
		behaviour{
			name: "definition with a Next that leads nowhere", observe: func(t *testing.T, b *backend) string {
				return create(t, b, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}`)
			},
			want: "InvalidDefinition", source: sfnAPI("CreateStateMachine"),
			moto: "OK", miniStack: "OK",
		},
		behaviour{
			name: "definition that is not JSON", observe: func(t *testing.T, b *backend) string {
				return create(t, b, `StartAt: A`)
			},
			want: "InvalidDefinition", source: sfnAPI("CreateStateMachine"),
			moto: "UnknownError", miniStack: "OK",
		},
		behaviour{
			name: "input that is not JSON", observe: func(t *testing.T, b *backend) string {
				return begin(t, b, b.machine(t, passes), "a", "{")
			},
			want: "InvalidExecutionInput", source: sfnAPI("StartExecution"),
			moto: "UnknownError", miniStack: "OK",
		},
		behaviour{
			name: "second execution of a name, with another input", observe: func(t *testing.T, b *backend) string {
				machine := b.machine(t, passes)
				mustOK(t, begin(t, b, machine, "a", `{"n":1}`))
				return begin(t, b, machine, "a", `{"n":2}`)
			},
			want: "ExecutionAlreadyExists", source: sfnAPI("StartExecution"),
		},
		behaviour{
			name: "second execution of a name, while the first runs with the same input", observe: func(t *testing.T, b *backend) string {
				machine := b.machine(t, alone(ask(b.queue(t, nil), `"End": true`)))
				mustOK(t, begin(t, b, machine, "a", `{}`))
				return begin(t, b, machine, "a", `{}`)
			},
			want: "OK", source: sfnAPI("StartExecution"),
			miniStack: "ExecutionAlreadyExists",
		},
		behaviour{
			name: "execution of a machine that is not there", observe: func(t *testing.T, b *backend) string {
				return begin(t, b, b.machine(t, passes)+"-gone", "a", `{}`)
			},
			want: "StateMachineDoesNotExist", source: sfnAPI("StartExecution"),
		},
		behaviour{
			name: "description of an execution that is not there", observe: func(t *testing.T, b *backend) string {
				gone := b.start(t, passes, "{}").arn + "-gone"
				_, err := b.sfn.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &gone})
				return code(t, err)
			},
			want: "ExecutionDoesNotExist", source: sfnAPI("DescribeExecution"),
		},
	)
}

const passes = `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}`

func create(t *testing.T, b *backend, definition string) string {
	t.Helper()
	_, err := b.sfn.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String(b.unique()), Definition: &definition, RoleArn: aws.String(role),
	})
	return code(t, err)
}

func begin(t *testing.T, b *backend, machine, name, input string) string {
	t.Helper()
	_, err := b.sfn.StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: &machine, Name: &name, Input: &input})
	return code(t, err)
}
