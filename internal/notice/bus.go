package notice

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"

	"callback-completer/internal/approval"
	"callback-completer/internal/awscall"
)

// What rules match the events of approvals by.
const (
	EventSource     = "callback-completer"
	EventDetailType = "Approval Requested"
)

// Bus is an EventBridge bus. It is for every way of delivery that is not in this package: a rule hands the event on. It is safe
// for concurrent use.
type Bus struct {
	client *eventbridge.Client
	name   string
}

var _ approval.Channel = (*Bus)(nil)

// NewBus returns the event bus with this name or ARN, in the region of cfg.
func NewBus(cfg aws.Config, bus string) (*Bus, error) {
	if ok, err := regexp.MatchString(`^[/.\-_A-Za-z0-9:]{1,512}$`, bus); err != nil || !ok {
		return nil, errors.New("the event bus must be given by its name or ARN")
	}
	return &Bus{name: bus, client: eventbridge.NewFromConfig(clientConfig(cfg))}, nil
}

// Deliver puts the notice on the bus as one event of at most 256 KB. Its detail has these members, all of them always:
//
//	requestId, link, title, description, requester, locale  texts
//	fields                                                  list of {label, value}
//	decisions                                               list of {value, label}; no label for approve and reject
//	approvers                                               list of texts
//	expiresAt                                               RFC 3339, in UTC
//
// The texts are those of the workflow. Whoever can read the event has the link.
func (b *Bus) Deliver(ctx context.Context, n approval.Notice) error {
	detail, err := eventDetail(&n)
	if err == nil {
		err = b.put(ctx, detail)
	}
	if err != nil {
		return fmt.Errorf("put the event on the bus %s: %w", b.name, err)
	}
	return nil
}

func (b *Bus) put(ctx context.Context, detail string) error {
	out, err := b.client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: aws.String(b.name), Source: aws.String(EventSource), DetailType: aws.String(EventDetailType),
		Detail: aws.String(detail),
	}}})
	switch {
	case err != nil:
		return awscall.Describe(err)
	case out.FailedEntryCount != 0 && len(out.Entries) == 1:
		return awscall.Describe(&smithy.GenericAPIError{Code: aws.ToString(out.Entries[0].ErrorCode)})
	case out.FailedEntryCount != 0 || len(out.Entries) != 1 || aws.ToString(out.Entries[0].EventId) == "":
		return errUnconfirmed
	default:
		return nil
	}
}

type eventField struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

type eventDecision struct {
	Value string `json:"value"`
	Label string `json:"label,omitempty"`
}

func eventDetail(n *approval.Notice) (string, error) {
	if !usable(n.Link) {
		return "", errLink
	}
	event := struct {
		RequestID   string          `json:"requestId"`
		Link        string          `json:"link"`
		Title       string          `json:"title"`
		Description string          `json:"description"`
		Fields      []eventField    `json:"fields"`
		Decisions   []eventDecision `json:"decisions"`
		Requester   string          `json:"requester"`
		Approvers   []string        `json:"approvers"`
		ExpiresAt   string          `json:"expiresAt"`
		Locale      string          `json:"locale"`
	}{
		RequestID: string(n.RequestID), Link: n.Link, Title: n.Title, Description: n.Description,
		Fields: []eventField{}, Decisions: []eventDecision{}, Requester: n.Requester, Approvers: append([]string{}, n.Approvers...),
		ExpiresAt: n.ExpiresAt.UTC().Format(time.RFC3339), Locale: n.Locale,
	}
	for _, f := range n.Fields {
		event.Fields = append(event.Fields, eventField(f))
	}
	for _, d := range n.Decisions {
		event.Decisions = append(event.Decisions, eventDecision(d))
	}
	detail, err := encode(event)
	switch {
	case err != nil:
		return "", err
	case len(detail)+len(EventSource)+len(EventDetailType) > maxMessage:
		return "", errTooLarge
	default:
		return string(detail), nil
	}
}
