package deadletter

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"callback-completer/internal/callback"
	"callback-completer/internal/message"
)

// The limits of one message and one batch. Bodies and attributes count together, in bytes.
const (
	maxAttributes = 10
	maxEntries    = 10
)

// The message attributes that a dead letter bears, all of type String.
const (
	AttributeErrorCode        = "ErrorCode"        // a [callback.Code]
	AttributeErrorMessage     = "ErrorMessage"     // a fixed text
	AttributeTrigger          = "Trigger"          // of which kind it was, such as "sqs"
	AttributeSourceID         = "SourceID"         // the trigger's own id of it: of the message, event, request or webhook
	AttributeTokenFingerprint = "TokenFingerprint" // 12 hexadecimal digits
	AttributeMapping          = "Mapping"          // the mapping that took or failed it
	AttributeRequestID        = "RequestID"        // of the invocation
	AttributeFailedAt         = "FailedAt"         // RFC 3339, UTC
)

// named is a message attribute with its name.
type named struct {
	name  string
	value callback.Attribute
}

// reason lists our attributes. The code always stays; the others make room for the message's own, without which a
// mapping may not find the token when the letter is sent again.
func reason(l *callback.DeadLetter) (code named, others []named) {
	return text(AttributeErrorCode, string(l.Decision.Code)), []named{
		text(AttributeErrorMessage, l.Decision.Message),
		text(AttributeSourceID, l.Delivery.SourceID),
		text(AttributeTokenFingerprint, l.Fingerprint),
		text(AttributeMapping, l.Mapping),
		text(AttributeTrigger, l.Delivery.Trigger),
		text(AttributeRequestID, l.Delivery.RequestID),
		text(AttributeFailedAt, l.FailedAt.UTC().Format(time.RFC3339)),
	}
}

func text(name, value string) named {
	return named{name, callback.Attribute{DataType: "String", String: value}}
}

// original lists the message's own attributes by name, without what an earlier dead letter left.
func original(l *callback.DeadLetter) []named {
	ours := []string{
		AttributeErrorCode, AttributeErrorMessage, AttributeTrigger, AttributeSourceID,
		AttributeTokenFingerprint, AttributeMapping, AttributeRequestID, AttributeFailedAt,
	}
	var list []named
	for _, name := range slices.Sorted(maps.Keys(l.Delivery.Attributes)) {
		if !slices.Contains(ours, name) {
			list = append(list, named{name, l.Delivery.Attributes[name]})
		}
	}
	return list
}

// entry returns the message and its size. Attributes that no longer fit beside the body are left out, the least
// important first; the body is never touched, but for [callback.AttributePayloadEncoding].
func entry(l *callback.DeadLetter, fifo bool) (types.SendMessageBatchRequestEntry, int) {
	code, others := reason(l)
	body, encoding := message.Encode(l.Delivery.Payload)
	size := len(body)
	attributes := map[string]types.MessageAttributeValue{}
	for _, a := range slices.Concat([]named{text(callback.AttributePayloadEncoding, encoding), code}, original(l), others) {
		empty := a.value.String == "" && len(a.value.Binary) == 0
		bytes := len(a.name) + len(a.value.DataType) + len(a.value.String) + len(a.value.Binary)
		if empty || len(attributes) == maxAttributes || size+bytes > message.MaxBytes {
			continue
		}
		attributes[a.name] = value(a.value)
		size += bytes
	}
	e := types.SendMessageBatchRequestEntry{MessageBody: aws.String(body), MessageAttributes: attributes}
	if fifo {
		e.MessageGroupId = aws.String(group(l))
		e.MessageDeduplicationId = aws.String(deduplication(l))
	}
	return e, size
}

func value(a callback.Attribute) types.MessageAttributeValue {
	v := types.MessageAttributeValue{DataType: aws.String(a.DataType)}
	if len(a.Binary) > 0 {
		v.BinaryValue = a.Binary
	} else {
		v.StringValue = aws.String(a.String)
	}
	return v
}

// group keeps the order of the original queue.
func group(l *callback.DeadLetter) string {
	if l.Delivery.GroupID != "" {
		return l.Delivery.GroupID
	}
	return "callback-completer"
}

// deduplication makes one message one dead letter, however often its delivery is cut off before it is
// acknowledged. A message that is sent again has a new id and so may fail again. Ids are not enough: those of webhooks are
// their senders', who know nothing of each other.
func deduplication(l *callback.DeadLetter) string {
	h := sha256.New()
	for _, part := range []string{
		l.Delivery.Trigger, l.Delivery.Attributes[callback.AttributeWebhookSource].String, l.Delivery.SourceID, l.Delivery.Payload,
	} {
		sum := sha256.Sum256([]byte(part))
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// batches yields the bounds of consecutive entries that go into one call.
func batches(sizes []int) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for from := 0; from < len(sizes); {
			to, bytes := from, 0
			for to < len(sizes) && to-from < maxEntries && (to == from || bytes+sizes[to] <= message.MaxBytes) {
				bytes += sizes[to]
				to++
			}
			if !yield(from, to) {
				return
			}
			from = to
		}
	}
}
