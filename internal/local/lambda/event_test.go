package lambda_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
)

func TestEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{Region: "eu-west-1", Account: "123456789012"}), "q", nil)
		if _, err := q.Send(sqs.Message{
			Body: `{"taskToken":"<&>"}`,
			Attributes: map[string]sqs.Attribute{
				"Hello":   {DataType: "String", String: "There"},
				"General": {DataType: "String", String: "Kenobi"},
			},
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := q.Send(sqs.Message{Body: "plain"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		r := connect(t, q, answering(""), lambda.MappingConfig{})
		synctest.Wait()
		batches := r.all()
		if len(batches) != 1 || len(batches[0].Records) != 2 {
			t.Fatalf("observed %+v", batches)
		}
		records := batches[0].Records
		const want = `{"Records":[{"messageId":"ID1","receiptHandle":"HANDLE1","body":"{\"taskToken\":\"<&>\"}",` +
			`"attributes":{"ApproximateFirstReceiveTimestamp":"946684801000","ApproximateReceiveCount":"1",` +
			`"SenderId":"123456789012","SentTimestamp":"946684800000"},` +
			`"messageAttributes":{` +
			`"General":{"stringValue":"Kenobi","stringListValues":[],"binaryListValues":[],"dataType":"String"},` +
			`"Hello":{"stringValue":"There","stringListValues":[],"binaryListValues":[],"dataType":"String"}},` +
			`"md5OfMessageAttributes":"fca026605781cb4126a1e9044df24232","md5OfBody":"MD5","eventSource":"aws:sqs",` +
			`"eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:q","awsRegion":"eu-west-1"},` +
			`{"messageId":"ID2","receiptHandle":"HANDLE2","body":"plain",` +
			`"attributes":{"ApproximateFirstReceiveTimestamp":"946684801000","ApproximateReceiveCount":"1",` +
			`"SenderId":"123456789012","SentTimestamp":"946684800000"},"messageAttributes":{},` +
			`"md5OfBody":"ac7938d40cfc2307e2bf325d28e7884e","eventSource":"aws:sqs",` +
			`"eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:q","awsRegion":"eu-west-1"}]}`
		got := strings.NewReplacer(
			records[0].MessageID, "ID1", records[0].ReceiptHandle, "HANDLE1", records[0].MD5OfBody, "MD5",
			records[1].MessageID, "ID2", records[1].ReceiptHandle, "HANDLE2",
		).Replace(string(batches[0].Event))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
	})
}

// What aws-lambda-go decodes is what was sent.
func TestEventDecodes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t)
		if _, err := q.Send(sqs.Message{Body: "x", GroupID: "g", Attributes: map[string]sqs.Attribute{
			"b": {DataType: "Binary.png", Binary: []byte{0, 255}},
			"n": {DataType: "Number", String: "42"},
		}}); err != nil {
			t.Fatal(err)
		}
		var e events.SQSEvent
		connect(t, q, func(_ context.Context, payload []byte) ([]byte, error) {
			return nil, json.Unmarshal(payload, &e)
		}, lambda.MappingConfig{Region: "mars-1"})
		synctest.Wait()
		if len(e.Records) != 1 {
			t.Fatalf("decoded %+v", e)
		}
		record := e.Records[0]
		number := "42"
		want := map[string]events.SQSMessageAttribute{
			"b": {DataType: "Binary.png", BinaryValue: []byte{0, 255}, StringListValues: []string{}, BinaryListValues: [][]byte{}},
			"n": {DataType: "Number", StringValue: &number, StringListValues: []string{}, BinaryListValues: [][]byte{}},
		}
		if diff := cmp.Diff(want, record.MessageAttributes); diff != "" {
			t.Errorf("attributes (-want +got):\n%s", diff)
		}
		if record.Attributes["MessageGroupId"] != "g" || len(record.Attributes["SequenceNumber"]) != 20 || record.AWSRegion != "mars-1" {
			t.Errorf("record %+v", record)
		}
	})
}
