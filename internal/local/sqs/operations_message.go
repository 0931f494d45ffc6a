package sqs

import (
	"context"
	"time"
)

// attributeValue is a message attribute as it goes over the wire.
type attributeValue struct {
	DataType    string
	StringValue string `json:",omitempty"`
	BinaryValue []byte `json:",omitempty"`
}

// sendInput is a SendMessage, an entry of SendMessageBatch and the parameters of sqs:sendMessage.
type sendInput struct {
	target
	MessageBody             string
	DelaySeconds            *int
	MessageAttributes       map[string]attributeValue
	MessageSystemAttributes map[string]attributeValue
	MessageDeduplicationId  string //nolint:revive // AWS's spelling
	MessageGroupId          string //nolint:revive // AWS's spelling
}

type sendOutput struct {
	MessageId                    string //nolint:revive // AWS's spelling
	MD5OfMessageBody             string
	MD5OfMessageAttributes       string `json:",omitempty"`
	MD5OfMessageSystemAttributes string `json:",omitempty"`
	SequenceNumber               string `json:",omitempty"`
}

func (s *Service) opSendMessage(_ context.Context, in sendInput) (sendOutput, error) {
	return s.sendMessage(in)
}

func (s *Service) sendMessage(in sendInput) (sendOutput, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return sendOutput{}, err
	}
	m, delay, err := in.message()
	if err != nil {
		return sendOutput{}, err
	}
	sent, err := q.send(m, delay)
	return sendOutput{
		MessageId: sent.MessageID, MD5OfMessageBody: sent.MD5OfBody, MD5OfMessageAttributes: sent.MD5OfAttributes,
		MD5OfMessageSystemAttributes: sent.MD5OfSystemAttributes, SequenceNumber: sent.SequenceNumber,
	}, err
}

func (in sendInput) message() (Message, *time.Duration, error) {
	m := Message{Body: in.MessageBody, GroupID: in.MessageGroupId, DeduplicationID: in.MessageDeduplicationId}
	if len(in.MessageAttributes) > 0 {
		m.Attributes = make(map[string]Attribute, len(in.MessageAttributes))
	}
	for name, a := range in.MessageAttributes {
		m.Attributes[name] = Attribute{DataType: a.DataType, String: a.StringValue, Binary: a.BinaryValue}
	}
	for name, a := range in.MessageSystemAttributes {
		if name != "AWSTraceHeader" || a.DataType != "String" {
			return m, nil, errorf("InvalidParameterValue", "Message system attribute name '%s' is invalid.", name)
		}
		m.TraceHeader = a.StringValue
	}
	if in.DelaySeconds == nil {
		return m, nil, nil
	}
	delay := time.Duration(*in.DelaySeconds) * time.Second
	return m, &delay, nil
}

type deleteInput struct {
	target
	ReceiptHandle string
}

func (s *Service) opDeleteMessage(_ context.Context, in deleteInput) (nothing, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return nothing{}, err
	}
	if in.ReceiptHandle == "" {
		return nothing{}, errMissing("ReceiptHandle")
	}
	return nothing{}, q.Delete(in.ReceiptHandle)
}

type visibilityInput struct {
	target
	ReceiptHandle     string
	VisibilityTimeout *int
}

func (s *Service) opChangeMessageVisibility(_ context.Context, in visibilityInput) (nothing, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, q.change(in)
}

// change is ChangeVisibility as a request asks for it.
func (q *Queue) change(in visibilityInput) error {
	switch {
	case in.ReceiptHandle == "":
		return errMissing("ReceiptHandle")
	case in.VisibilityTimeout == nil:
		return errMissing("VisibilityTimeout")
	}
	return q.ChangeVisibility(in.ReceiptHandle, time.Duration(*in.VisibilityTimeout)*time.Second)
}
