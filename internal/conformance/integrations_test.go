package conformance

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func integrations() section {
	return newSection("What the task sends",
		behaviour{
			name: "$$.Execution.Id in the message", observe: executionID,
			want: "the execution's ARN", source: sfnGuide("input-output-contextobject"),
		},
		behaviour{
			name: "the token as a message attribute", observe: tokenAttribute,
			want: "SUCCEEDED {}", source: sfnGuide("connect-sqs"),
		},
		behaviour{
			name: "numbers in the message", observe: numbers,
			want: `{"big":9007199254740993,"list":["a",null,true]}`,
		},
		behaviour{
			name: "message to a FIFO queue", observe: toFIFO,
			want: "group orders, SUCCEEDED {}", source: sfnGuide("connect-sqs"),
		},
		behaviour{
			name: "events:putEvents.waitForTaskToken", observe: eventToken,
			want: `SUCCEEDED {"by":"event"}`, source: sfnGuide("connect-eventbridge"),
		},
		behaviour{
			name: "lambda:invoke.waitForTaskToken", observe: functionToken,
			want: `SUCCEEDED {"by":"function"}`, source: sfnGuide("connect-lambda"),
			moto: notRun,
		},
	)
}

// sending is a definition of a Task with these parameters of sqs:sendMessage.
func sending(parameters string) string {
	return alone(fmt.Sprintf(
		`{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {%s}, "End": true}`,
		parameters))
}

func executionID(b bench) string {
	q := b.queue(nil)
	e := b.start(sending(fmt.Sprintf(
		`"QueueUrl": %q, "MessageBody": {"token.$": "$$.Task.Token", "id.$": "$$.Execution.Id"}`, q.url)), "{}")
	var body struct{ ID string }
	if err := json.Unmarshal([]byte(*q.next().Body), &body); err != nil {
		b.Fatal(err)
	}
	if body.ID == e.arn {
		return "the execution's ARN"
	}
	return body.ID
}

func tokenAttribute(b bench) string {
	q := b.queue(nil)
	e := b.start(sending(fmt.Sprintf(`"QueueUrl": %q, "MessageBody": "an order",
		"MessageAttributes": {"taskToken": {"DataType": "String", "StringValue.$": "$$.Task.Token"}}`, q.url)), "{}")
	m := q.next()
	if aws.ToString(m.Body) != "an order" {
		return "body " + aws.ToString(m.Body)
	}
	if code := b.succeed(aws.ToString(m.MessageAttributes["taskToken"].StringValue), `{}`); code != "OK" {
		return code
	}
	return result(e.end())
}

func numbers(b bench) string {
	q := b.queue(nil)
	b.start(sending(fmt.Sprintf(`"QueueUrl": %q, "MessageBody.$": "$.order",
		"MessageAttributes": {"taskToken": {"DataType": "String", "StringValue.$": "$$.Task.Token"}}`, q.url)),
		`{"order": {"big": 9007199254740993, "list": ["a", null, true]}}`)
	return plain(*q.next().Body)
}

func toFIFO(b bench) string {
	q := b.queue(map[string]string{"FifoQueue": "true"})
	e := b.start(sending(fmt.Sprintf(`"QueueUrl": %q, "MessageBody": {"token.$": "$$.Task.Token"},
		"MessageGroupId": "orders", "MessageDeduplicationId.$": "$$.Execution.Name"`, q.url)), "{}")
	m := q.next()
	var body struct{ Token string }
	if err := json.Unmarshal([]byte(*m.Body), &body); err != nil {
		b.Fatal(err)
	}
	b.mustOK(b.succeed(body.Token, `{}`))
	return "group " + m.Attributes["MessageGroupId"] + ", " + result(e.end())
}

func eventToken(b bench) string {
	q, source := b.queue(nil), "test."+b.unique()
	b.route(b.T, source, q)
	e := b.start(alone(fmt.Sprintf(`{"Type": "Task", "Resource": "arn:aws:states:::events:putEvents.waitForTaskToken",
		"Parameters": {"Entries": [{"Source": %q, "DetailType": "Order", "EventBusName": "default",
			"Detail": {"token.$": "$$.Task.Token"}}]}, "End": true}`, source)), "{}")
	var event struct{ Detail struct{ Token string } }
	if err := json.Unmarshal([]byte(*q.next().Body), &event); err != nil {
		b.Fatal(err)
	}
	b.mustOK(b.succeed(event.Detail.Token, `{"by":"event"}`))
	return result(e.end())
}

func functionToken(b bench) string {
	if b.deploy == nil {
		return notRun
	}
	name := b.unique()
	b.deploy(b.T, name)
	e := b.start(alone(fmt.Sprintf(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
		"Parameters": {"FunctionName": %q, "Payload": {"taskToken.$": "$$.Task.Token", "output": {"by": "function"}}},
		"End": true}`, name)), "{}")
	return result(e.end())
}
