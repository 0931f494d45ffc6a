package main

import (
	"fmt"
	"strings"
	"testing"
)

// benchEvent is a batch of messages of about 1 KB, written after Lambda's own sample.
func benchEvent(n int) []byte {
	records := make([]string, n)
	for i := range records {
		body := fmt.Sprintf(`{"taskToken":"AAAAKgAAAAIAAAAAAAAAAexample%06d","output":{"files":["%s"],"n":[1,2,3]}}`, i, strings.Repeat(`frame \"x\" `, 80))
		records[i] = fmt.Sprintf(`{"messageId":"19dd0b57-b21e-4ac1-bd88-%012d","receiptHandle":"MessageReceiptHandle","body":%q,"attributes":{`+
			`"ApproximateReceiveCount":"1","SentTimestamp":"1545082650636","SenderId":"AIDAIENQZJOLO23YVJ4VO","ApproximateFirstReceiveTimestamp":"1545082650649"},`+
			`"messageAttributes":{},"md5OfBody":"e4e68fb7bd0e697a0ae8f1bb342846b3","eventSource":"aws:sqs",`+
			`"eventSourceARN":"arn:aws:sqs:us-east-2:123456789012:my-queue","awsRegion":"us-east-2"}`, i, body)
	}
	return []byte(`{"Records":[` + strings.Join(records, ",") + `]}`)
}

// BenchmarkDecode takes an invocation's bytes to its deliveries.
func BenchmarkDecode(b *testing.B) {
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			event := benchEvent(n)
			b.SetBytes(int64(len(event)))
			b.ReportAllocs()
			for b.Loop() {
				messages, err := read(event)
				if err != nil {
					b.Fatal(err)
				}
				if deliveries, err := decode(messages, "r-1"); err != nil || len(deliveries) != n {
					b.Fatal(err)
				}
			}
		})
	}
}
