package conformance

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const maxMessage = 1 << 20

func messages() section {
	return newSection("SQS: messages",
		behaviour{
			name: "send, receive, delete", observe: sentAndDeleted,
			want: "received once, then 0 left", source: sqsAPI("DeleteMessage"),
		},
		behaviour{
			name: "MD5 of message attributes", observe: attributes,
			want: "0d125cb19c8f1ded2f2a16b8406fbdc6, sent and received", source: sqsGuide("sqs-message-metadata"),
		},
		behaviour{
			name: "long poll takes a message that comes later", observe: longPoll,
			want: "received before the poll ended", source: sqsGuide("sqs-short-and-long-polling"),
		},
		behaviour{
			name: "long poll of an empty queue", observe: emptyPoll,
			want: "0 messages after the whole wait", source: sqsGuide("sqs-short-and-long-polling"),
		},
		behaviour{
			name: "message of 1 MiB", observe: func(b bench) string {
				_, err := b.queue(nil).trySend(strings.Repeat("x", maxMessage))
				return b.code(err)
			},
			want: "OK", source: sqsGuide("quotas-messages"),
			miniStack: "InvalidParameterValue",
		},
		behaviour{
			name: "message of 1 MiB and a byte", observe: func(b bench) string {
				_, err := b.queue(nil).trySend(strings.Repeat("x", maxMessage+1))
				return b.code(err)
			},
			want: "InvalidParameterValue", source: sqsGuide("quotas-messages"),
		},
		behaviour{
			name: "attributes count towards the size", observe: func(b bench) string {
				_, err := b.queue(nil).trySend(strings.Repeat("x", maxMessage), func(in *sqs.SendMessageInput) {
					in.MessageAttributes = map[string]types.MessageAttributeValue{
						"a": {DataType: aws.String("String"), StringValue: aws.String("v")},
					}
				})
				return b.code(err)
			},
			want: "InvalidParameterValue", source: sqsGuide("quotas-messages"),
			moto: "OK",
		},
		behaviour{
			name: "queue with a MaximumMessageSize of its own", observe: func(b bench) string {
				_, err := b.queue(map[string]string{"MaximumMessageSize": "1024"}).trySend(strings.Repeat("x", 1025))
				return b.code(err)
			},
			want: "InvalidParameterValue", source: sqsAPI("SetQueueAttributes"),
		},
		behaviour{
			name: "body with a control character", observe: func(b bench) string {
				_, err := b.queue(nil).trySend("a\x01")
				return b.code(err)
			},
			want: "InvalidMessageContents", source: sqsAPI("SendMessage"),
			moto: "OK",
		},
		behaviour{
			name: "eleven message attributes", observe: elevenAttributes,
			want: "InvalidParameterValue", source: sqsGuide("sqs-message-metadata"),
			moto: "OK", miniStack: "OK",
		},
	)
}

func sentAndDeleted(b bench) string {
	q := b.queue(nil)
	q.send("héllo <&>\n")
	m := q.next() // the client compares the body with its MD5
	if aws.ToString(m.Body) != "héllo <&>\n" || m.Attributes["ApproximateReceiveCount"] != "1" {
		return fmt.Sprintf("received %q, count %s", aws.ToString(m.Body), m.Attributes["ApproximateReceiveCount"])
	}
	q.delete(m)
	return fmt.Sprintf("received once, then %s left", q.attribute(types.QueueAttributeNameApproximateNumberOfMessagesNotVisible))
}

func attributes(b bench) string {
	q := b.queue(nil)
	sent := q.send("x", func(in *sqs.SendMessageInput) {
		in.MessageAttributes = map[string]types.MessageAttributeValue{
			"a": {DataType: aws.String("String"), StringValue: aws.String("x")},
			"n": {DataType: aws.String("Number.int"), StringValue: aws.String("42")},
			"b": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}},
			"s": {DataType: aws.String("String.uuid"), StringValue: aws.String("é")},
		}
	})
	m := q.next()
	if got, want := aws.ToString(m.MD5OfMessageAttributes), aws.ToString(sent.MD5OfMessageAttributes); got != want {
		return fmt.Sprintf("sent %s, received %s", want, got)
	}
	if aws.ToString(m.MessageAttributes["n"].StringValue) != "42" || string(m.MessageAttributes["b"].BinaryValue) != "\x00\xff" {
		return "other values"
	}
	return aws.ToString(sent.MD5OfMessageAttributes) + ", sent and received"
}

func longPoll(b bench) string {
	q := b.queue(nil)
	q.send("x", func(in *sqs.SendMessageInput) { in.DelaySeconds = 1 })
	began := time.Now()
	got := q.receive(wait(20))
	if len(got) == 1 && time.Since(began) < 19*time.Second {
		return "received before the poll ended"
	}
	return fmt.Sprintf("%d messages after %v", len(got), time.Since(began))
}

func emptyPoll(b bench) string {
	q := b.queue(nil)
	began := time.Now()
	got := q.receive(wait(1))
	if took := time.Since(began); took < 900*time.Millisecond {
		return fmt.Sprintf("%d messages at once", len(got))
	}
	return fmt.Sprintf("%d messages after the whole wait", len(got))
}

func elevenAttributes(b bench) string {
	_, err := b.queue(nil).trySend("x", func(in *sqs.SendMessageInput) {
		in.MessageAttributes = map[string]types.MessageAttributeValue{}
		for i := range 11 {
			in.MessageAttributes[fmt.Sprintf("a%d", i)] = types.MessageAttributeValue{
				DataType: aws.String("String"), StringValue: aws.String("v"),
			}
		}
	})
	return b.code(err)
}
