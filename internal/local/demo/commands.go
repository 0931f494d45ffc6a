package demo

import "fmt"

// command is a line for a shell. Its comment holds no quote: a shell that does not know comments must get through it.
type command struct{ about, text string }

// commands complete an execution when they are copied one by one; the last ones show other ends.
//
// They are for bash and zsh, with the AWS CLI in version 1 or 2.
func commands(a *application, machine string) []command {
	aws := func(format string, args ...any) string {
		return fmt.Sprintf("aws --endpoint-url %s --region %s ", a.stack.URL(), a.stack.Region()) + fmt.Sprintf(format, args...)
	}
	answer := func(members string) string {
		return aws(`sqs send-message --queue-url %s --message-body "{\"taskToken\":\"$TOKEN\",%s}"`, a.callbacks.URL(), members)
	}
	describe := aws(`stepfunctions describe-execution --execution-arn "$EXECUTION"`)
	return []command{
		{"The CLI asks for credentials; the stand-in does not look at them.", "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_PAGER="},

		{"1. Start a workflow. It sends an order with its task token to the request queue.", `EXECUTION=$(` + aws(
			`stepfunctions start-execution --state-machine-arn %s --input '{"order":{"id":"A-1","amount":120}}' --query executionArn --output text)`, machine)},
		{"2. It is RUNNING: it waits.", describe},
		{"3. Take the order, as a worker does.", `MESSAGE=$(` + aws(
			`sqs receive-message --queue-url %s --wait-time-seconds 5 --query 'Messages[0].[ReceiptHandle,Body]' --output text)`, a.requests.URL())},
		{"", `HANDLE=$(cut -f1 <<< "$MESSAGE")`},
		{"", `TOKEN=$(sed 's/.*"taskToken":"\([^"]*\)".*/\1/' <<< "$MESSAGE")`},
		{"4. Answer on the callback queue. The function completes the workflow.", answer(`\"output\":{\"status\":\"accepted\"}`)},
		{"", aws(`sqs delete-message --queue-url %s --receipt-handle "$HANDLE"`, a.requests.URL())},
		{"5. It has SUCCEEDED with the output of the worker.", describe},
		{"", aws(`stepfunctions get-execution-history --execution-arn "$EXECUTION" --query 'events[].type' --output text`)},

		{
			"A message that is no callback is in the dead-letter queue, with its reason.",
			aws(`sqs send-message --queue-url %s --message-body 'approved'`, a.callbacks.URL()),
		},
		{"", aws(`sqs receive-message --queue-url %s --wait-time-seconds 5 --message-attribute-names All`, a.deadLetters.URL())},

		{"Other answers, each in the place of step 4 after another start: a rejection,", answer(`\"error\":\"OrderRejected\",\"cause\":\"over the limit\"`)},
		{"a heartbeat,", answer(`\"outcome\":\"heartbeat\"`)},
		{
			"and one past the queue, straight to Step Functions.",
			aws(`stepfunctions send-task-success --task-token "$TOKEN" --task-output '{"status":"accepted"}'`),
		},
	}
}
