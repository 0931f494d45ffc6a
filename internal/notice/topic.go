package notice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"callback-completer/internal/approval"
	"callback-completer/internal/awscall"
)

// maxMessage is what SNS and EventBridge take, in bytes.
const maxMessage = 256 * 1024

// Topic is an SNS topic. Its subscribers get a text, by SMS a short one, and filter by the message attribute RequestId. It is safe for
// concurrent use.
type Topic struct {
	client *sns.Client
	arn    string
}

var _ approval.Channel = (*Topic)(nil)

// NewTopic returns the topic with this ARN, in the ARN's region. In a FIFO topic each request is a message group of its
// own, and what is delivered again within five minutes is there once.
func NewTopic(cfg aws.Config, topic string) (*Topic, error) {
	a, err := arn.Parse(topic)
	if err != nil || a.Service != "sns" || a.Region == "" || a.Resource == "" || strings.Contains(a.Resource, ":") {
		return nil, errors.New("the topic must be given by its ARN, arn:aws:sns:REGION:ACCOUNT:NAME")
	}
	return &Topic{arn: topic, client: sns.NewFromConfig(clientConfig(cfg), func(o *sns.Options) { o.Region = a.Region })}, nil
}

// Deliver publishes the notice.
func (t *Topic) Deliver(ctx context.Context, n approval.Notice) error {
	in, err := t.publication(&n)
	if err == nil {
		var out *sns.PublishOutput
		out, err = t.client.Publish(ctx, in)
		switch {
		case err != nil:
			err = awscall.Describe(err)
		case aws.ToString(out.MessageId) == "":
			err = errUnconfirmed
		}
	}
	if err != nil {
		return fmt.Errorf("publish to the topic %s: %w", t.arn, err)
	}
	return nil
}

func (t *Topic) publication(n *approval.Notice) (*sns.PublishInput, error) {
	m, err := compose(n)
	if err != nil {
		return nil, err
	}
	body, err := m.byProtocol()
	if err != nil {
		return nil, err
	}
	in := &sns.PublishInput{
		TopicArn: aws.String(t.arn), Message: aws.String(body), MessageStructure: aws.String("json"),
		Subject: aws.String(m.asciiSubject(maxTopicSubject)),
	}
	if m.ID != "" {
		in.MessageAttributes = map[string]types.MessageAttributeValue{
			"RequestId": {DataType: aws.String("String"), StringValue: aws.String(m.ID)},
		}
		if strings.HasSuffix(t.arn, ".fifo") {
			in.MessageGroupId, in.MessageDeduplicationId = aws.String(m.ID), aws.String(m.ID)
		}
	}
	return in, nil
}

// byProtocol returns the message as SNS's JSON structure. SMS has a text of its own where the link fits. Fields of so many
// short lines that there is no room for all are left out.
func (m *message) byProtocol() (string, error) {
	texts := map[string]string{"default": m.plainText()}
	if short := m.shortText(); short != "" {
		texts["sms"] = short
	}
	body, err := encode(texts)
	switch {
	case err != nil:
		return "", err
	case len(body) > maxMessage && len(m.Fields) > 0:
		short := *m
		short.Fields, short.Shortened = nil, true
		return short.byProtocol()
	case len(body) > maxMessage:
		return "", errTooLarge
	}
	return string(body), nil
}

var (
	errUnconfirmed = errors.New("the answer does not confirm the message")
	errTooLarge    = fmt.Errorf("the notice is larger than %d bytes", maxMessage)
)

// encode returns v in JSON, with <, > and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("encode the notice: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
