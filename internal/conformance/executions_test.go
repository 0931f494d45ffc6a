package conformance

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

func executions() section {
	return newSection("State machines and executions",
		behaviour{
			name: "definition with a Next that leads nowhere", observe: func(b bench) string {
				return create(b, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}`)
			},
			want: "InvalidDefinition", source: sfnAPI("CreateStateMachine"),
			moto: "OK", miniStack: "OK",
		},
		behaviour{
			name: "definition that is not JSON", observe: func(b bench) string {
				return create(b, `StartAt: A`)
			},
			want: "InvalidDefinition", source: sfnAPI("CreateStateMachine"),
			moto: "UnknownError", miniStack: "OK",
		},
		behaviour{
			name: "input that is not JSON", observe: func(b bench) string {
				return begin(b, b.machine(passes), "a", "{")
			},
			want: "InvalidExecutionInput", source: sfnAPI("StartExecution"),
			moto: "UnknownError", miniStack: "OK",
		},
		behaviour{
			name: "second execution of a name, with another input", observe: func(b bench) string {
				machine := b.machine(passes)
				b.mustOK(begin(b, machine, "a", `{"n":1}`))
				return begin(b, machine, "a", `{"n":2}`)
			},
			want: "ExecutionAlreadyExists", source: sfnAPI("StartExecution"),
		},
		behaviour{
			name: "second execution of a name, while the first runs with the same input", observe: func(b bench) string {
				machine := b.machine(alone(ask(b.queue(nil), `"End": true`)))
				b.mustOK(begin(b, machine, "a", `{}`))
				return begin(b, machine, "a", `{}`)
			},
			want: "OK", source: sfnAPI("StartExecution"),
			miniStack: "ExecutionAlreadyExists",
		},
		behaviour{
			name: "execution of a machine that is not there", observe: func(b bench) string {
				return begin(b, b.machine(passes)+"-gone", "a", `{}`)
			},
			want: "StateMachineDoesNotExist", source: sfnAPI("StartExecution"),
		},
		behaviour{
			name: "description of an execution that is not there", observe: func(b bench) string {
				gone := b.start(passes, "{}").arn + "-gone"
				_, err := b.sfn.DescribeExecution(b.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &gone})
				return b.code(err)
			},
			want: "ExecutionDoesNotExist", source: sfnAPI("DescribeExecution"),
		},
	)
}

const passes = `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}`

func create(b bench, definition string) string {
	b.Helper()
	_, err := b.sfn.CreateStateMachine(b.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String(b.unique()), Definition: &definition, RoleArn: aws.String(role),
	})
	return b.code(err)
}

func begin(b bench, machine, name, input string) string {
	b.Helper()
	_, err := b.sfn.StartExecution(b.Context(), &sfn.StartExecutionInput{StateMachineArn: &machine, Name: &name, Input: &input})
	return b.code(err)
}
