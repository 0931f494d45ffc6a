package conformance

import (
	"encoding/json"
	"fmt"
	"testing"

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
			want: `{"big":9007199254740993,"list":["a",null,true]}`, source: language,
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

func executionID(t *testing.T, b *backend) string {
	q := b.queue(t, nil)
	e := b.start(t, sending(fmt.Sprintf(
		`"QueueUrl": %q, "MessageBody": {"token.$": "$$.Task.Token", "id.$": "$$.Execution.Id"}`, q.url)), "{}")
	var body struct{ ID string }
	if err := json.Unmarshal([]byte(*q.next(t).Body), &body); err != nil {
		t.Fatal(err)
	}
	if body.ID == e.arn {
		return "the execution's ARN"
	}
	return body.ID
}

func tokenAttribute(t *testing.T, b *backend) string {
	q := b.queue(t, nil)
	e := b.start(t, sending(fmt.Sprintf(`"QueueUrl": %q, "MessageBody": "an order",
		"MessageAttributes": {"taskToken": {"DataType": "String", "StringValue.$": "$$.Task.Token"}}`, q.url)), "{}")
	m := q.next(t)
	if aws.ToString(m.Body) != "an order" {
		return "body " + aws.ToString(m.Body)
	}
	if code := b.succeed(t, aws.ToString(m.MessageAttributes["taskToken"].StringValue), `{}`); code != "OK" {
		return code
	}
	return result(e.end(t))
}

func numbers(t *testing.T, b *backend) string {
	q := b.queue(t, nil)
	b.start(t, sending(fmt.Sprintf(`"QueueUrl": %q, "MessageBody.$": "$.order",
		"MessageAttributes": {"taskToken": {"DataType": "String", "StringValue.$": "$$.Task.Token"}}`, q.url)),
		`{"order": {"big": 9007199254740993, "list": ["a", null, true]}}`)
	return plain(*q.next(t).Body)
}

func toFIFO(t *testing.T, b *backend) string {
	q := b.queue(t, map[string]string{"FifoQueue": "true"})
	e := b.start(t, sending(fmt.Sprintf(`"QueueUrl": %q, "MessageBody": {"token.$": "$$.Task.Token"},
		"MessageGroupId": "orders", "MessageDeduplicationId.$": "$$.Execution.Name"`, q.url)), "{}")
	m := q.next(t)
	var body struct{ Token string }
	if err := json.Unmarshal([]byte(*m.Body), &body); err != nil {
		t.Fatal(err)
	}
	mustOK(t, b.succeed(t, body.Token, `{}`))
	return "group " + m.Attributes["MessageGroupId"] + ", " + result(e.end(t))
}

func eventToken(t *testing.T, b *backend) string {
	q, source := b.queue(t, nil), "test."+b.unique()
	b.route(t, source, q)
	e := b.start(t, alone(fmt.Sprintf(`{"Type": "Task", "Resource": "arn:aws:states:::events:putEvents.waitForTaskToken",
		"Parameters": {"Entries": [{"Source": %q, "DetailType": "Order", "EventBusName": "default",
			"Detail": {"token.$": "$$.Task.Token"}}]}, "End": true}`, source)), "{}")
	var event struct{ Detail struct{ Token string } }
	if err := json.Unmarshal([]byte(*q.next(t).Body), &event); err != nil {
		t.Fatal(err)
	}
	mustOK(t, b.succeed(t, event.Detail.Token, `{"by":"event"}`))
	return result(e.end(t))
}

func functionToken(t *testing.T, b *backend) string {
	if b.deploy == nil {
		return notRun
	}
	name := b.unique()
	b.deploy(t, name)
	e := b.start(t, alone(fmt.Sprintf(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
		"Parameters": {"FunctionName": %q, "Payload": {"taskToken.$": "$$.Task.Token", "output": {"by": "function"}}},
		"End": true}`, name)), "{}")
	return result(e.end(t))
}
