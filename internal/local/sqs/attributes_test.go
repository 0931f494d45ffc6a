package sqs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/sqs"
)

func TestAttributes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _ := newQueue(t, "q.fifo", map[string]string{
			"FifoQueue": "true", "ContentBasedDeduplication": "true", "KmsMasterKeyId": "alias/key",
			"Policy": `{"Version":"2012-10-17"}`, "RedriveAllowPolicy": `{"redrivePermission":"denyAll"}`,
		})
		for _, body := range []string{"a", "b", "c"} {
			send(t, q, sqs.Message{Body: body, GroupID: body})
		}
		q.Receive(t.Context(), sqs.ReceiveOptions{Max: 2})
		time.Sleep(time.Second)
		if err := q.SetAttributes(map[string]string{"VisibilityTimeout": "60", "Policy": ""}); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"QueueArn":                              "arn:aws:sqs:us-east-1:000000000000:q.fifo",
			"CreatedTimestamp":                      "946684800", // the fake clock's start
			"LastModifiedTimestamp":                 "946684801",
			"VisibilityTimeout":                     "60",
			"MaximumMessageSize":                    "1048576",
			"MessageRetentionPeriod":                "345600",
			"DelaySeconds":                          "0",
			"ReceiveMessageWaitTimeSeconds":         "0",
			"SqsManagedSseEnabled":                  "true",
			"KmsMasterKeyId":                        "alias/key",
			"RedriveAllowPolicy":                    `{"redrivePermission":"denyAll"}`,
			"FifoQueue":                             "true",
			"ContentBasedDeduplication":             "true",
			"DeduplicationScope":                    "queue",
			"FifoThroughputLimit":                   "perQueue",
			"ApproximateNumberOfMessages":           "1",
			"ApproximateNumberOfMessagesNotVisible": "2",
			"ApproximateNumberOfMessagesDelayed":    "0",
		}
		if diff := cmp.Diff(want, q.Attributes()); diff != "" {
			t.Errorf("Attributes() (-want +got):\n%s", diff)
		}
	})
}

func TestSetAttributesRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, value, want string }{
		{"VisibilityTimeout", "0", ""},
		{"VisibilityTimeout", "43200", ""},
		{"VisibilityTimeout", "43201", "InvalidAttributeValue"},
		{"VisibilityTimeout", "-1", "InvalidAttributeValue"},
		{"VisibilityTimeout", "soon", "InvalidAttributeValue"},
		{"MaximumMessageSize", "1023", "InvalidAttributeValue"},
		{"MaximumMessageSize", "1024", ""},
		{"MaximumMessageSize", "1048576", ""},
		{"MaximumMessageSize", "1048577", "InvalidAttributeValue"},
		{"MessageRetentionPeriod", "59", "InvalidAttributeValue"},
		{"MessageRetentionPeriod", "1209600", ""},
		{"DelaySeconds", "901", "InvalidAttributeValue"},
		{"ReceiveMessageWaitTimeSeconds", "21", "InvalidAttributeValue"},
		{"SqsManagedSseEnabled", "yes", "InvalidAttributeValue"},
		{"KmsDataKeyReusePeriodSeconds", "60", ""},
		{"Policy", "{", "InvalidAttributeValue"},
		{"QueueArn", "arn:aws:sqs:us-east-1:000000000000:x", "InvalidAttributeName"},
		{"ContentBasedDeduplication", "true", "InvalidAttributeName"},
		{"FifoQueue", "true", "InvalidAttributeName"},
		{"Colour", "red", "InvalidAttributeName"},
		{"RedrivePolicy", `[]`, "InvalidParameterValue"},
		{"RedrivePolicy", `{"maxReceiveCount":1}`, "InvalidParameterValue"},
		{"RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq","maxReceiveCount":1}`, ""},
		{"RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq","maxReceiveCount":"1000"}`, ""},
		{"RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq","maxReceiveCount":"x"}`, "InvalidParameterValue"},
		{"RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq","maxReceiveCount":0}`, "InvalidParameterValue"},
		{"RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq","maxReceiveCount":1001}`, "InvalidParameterValue"},
		{"RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:none","maxReceiveCount":1}`, "InvalidParameterValue"},
		{"RedrivePolicy", `{"deadLetterTargetArn":"dlq","maxReceiveCount":1}`, "InvalidParameterValue"},
		{"RedrivePolicy", `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:f.fifo","maxReceiveCount":1}`, "InvalidParameterValue"},
	}
	for _, tt := range tests {
		q, s := newQueue(t, "q", nil)
		createQueue(t, s, "dlq", nil)
		createQueue(t, s, "f.fifo", map[string]string{"FifoQueue": "true"})
		before := q.Attributes()
		err := q.SetAttributes(map[string]string{"DelaySeconds": "7", tt.name: tt.value})
		if got := code(err); got != tt.want {
			t.Errorf("%s=%s: %q, want %q", tt.name, tt.value, got, tt.want)
		}
		if diff := cmp.Diff(before, q.Attributes()); err != nil && diff != "" {
			t.Errorf("%s=%s is refused, yet it changed (-before +after):\n%s", tt.name, tt.value, diff)
		}
	}
}

func TestFIFOCannotBecomeStandard(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t, "q.fifo", map[string]string{"FifoQueue": "true"})
	if err := q.SetAttributes(map[string]string{"FifoQueue": "true"}); code(err) != "InvalidAttributeValue" {
		t.Errorf("SetAttributes: %v", err)
	}
}
