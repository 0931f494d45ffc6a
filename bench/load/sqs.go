package load

import (
	"encoding/json"
	"fmt"
)

// Batch is an event of SQS messages in the canonical form.
type Batch struct {
	event
	output string
}

type record struct {
	MessageID         string            `json:"messageId"`
	ReceiptHandle     string            `json:"receiptHandle"`
	Body              string            `json:"body"`
	Attributes        map[string]string `json:"attributes"`
	MessageAttributes struct{}          `json:"messageAttributes"`
	MD5OfBody         string            `json:"md5OfBody"`
	EventSource       string            `json:"eventSource"`
	EventSourceARN    string            `json:"eventSourceARN"`
	Region            string            `json:"awsRegion"`
}

// SQS makes a batch of messages, each with an output of size bytes.
func SQS(messages, size int) (*Batch, error) {
	b := &Batch{output: output(size)}
	var in struct{ Records []record }
	for i := range messages {
		in.Records = append(in.Records, record{
			MessageID:     fmt.Sprintf("00000000-0000-4000-8000-%012d", i),
			ReceiptHandle: fmt.Sprintf("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a%0220d==", i),
			Body:          `{"taskToken":"` + token(i) + `","output":` + b.output + `}`,
			Attributes: map[string]string{
				"ApproximateReceiveCount": "1", "SentTimestamp": "1795428000000", "SenderId": "AROAEXAMPLEID:worker",
				"ApproximateFirstReceiveTimestamp": "1795428000012",
			},
			MD5OfBody: "816dab8dc517777ec37c292996d68579", EventSource: "aws:sqs",
			EventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:callback-completer-CallbackQueue-EXAMPLE", Region: Region,
		})
	}
	payload, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("write a batch: %w", err)
	}
	b.event = newEvent(payload)
	return b, nil
}

// Next returns the event of an invocation whose tasks are first, first+1 … The next call overwrites it.
func (b *Batch) Next(first int) ([]byte, error) { return b.renumber(first), nil }

// Check tells what is wrong with a call for one of the messages.
func (b *Batch) Check(target string, body []byte) error {
	return check(target, body, "SendTaskSuccess", b.output)
}

// Left returns how many messages the answer gives back.
func (b *Batch) Left(answer []byte) (int, error) {
	var out struct {
		BatchItemFailures []struct{ ItemIdentifier string } `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return 0, fmt.Errorf("read the answer: %w", err)
	}
	return len(out.BatchItemFailures), nil
}
