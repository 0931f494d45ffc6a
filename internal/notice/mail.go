package notice

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"callback-completer/internal/approval"
	"callback-completer/internal/awscall"
)

const (
	maxRecipients = 50
	maxAddress    = 320 // characters, with the name
	charset       = "UTF-8"
)

// Mailer sends mail by SES from one address. It is safe for concurrent use.
//
// Its links are kept out of SES's click tracking, which would send each click, with the link, over a server of its own. The
// image by which SES sees that a mail was opened is put in by the configuration set of the sender's identity, and
// can only be left out there.
type Mailer struct {
	client *sesv2.Client
	page   *page
	from   string
}

// NewMailer returns the sender of mails from an address that SES has verified, in the region of cfg. It may have a name,
// "Ann Example <ann@example.com>"; the address itself is ASCII, as SES has them. Its error does not quote it.
func NewMailer(cfg aws.Config, from string) (*Mailer, error) {
	sender, err := address(from)
	if err != nil {
		return nil, fmt.Errorf("the sender %w", err)
	}
	p, err := newPage()
	if err != nil {
		return nil, err
	}
	return &Mailer{client: sesv2.NewFromConfig(clientConfig(cfg)), page: p, from: sender}, nil
}

// Mail is mail, as text and as HTML, to all recipients at once: they see each other. It is safe for concurrent use.
type Mail struct {
	*Mailer

	to []string
}

var _ approval.Channel = (*Mail)(nil)

// To returns mail to 1 to 50 addresses, which are written like that of the sender. Its error names an address by its place
// only.
func (s *Mailer) To(to []string) (*Mail, error) {
	m := &Mail{Mailer: s}
	if len(to) == 0 || len(to) > maxRecipients {
		return nil, fmt.Errorf("there are %d recipients; 1 to %d can be", len(to), maxRecipients)
	}
	for i, text := range to {
		recipient, err := address(text)
		if err != nil {
			return nil, fmt.Errorf("recipient %d %w", i+1, err)
		}
		m.to = append(m.to, recipient)
	}
	return m, nil
}

// address returns a mail address as it stands in a header. Its error goes on from "the sender" and the like.
func address(text string) (string, error) {
	if strings.ContainsFunc(text, approval.Hidden) {
		return "", errors.New("is no mail address")
	}
	a, err := mail.ParseAddress(text)
	if err != nil {
		return "", errors.New("is no mail address") // net/mail's own error quotes it
	}
	if strings.ContainsFunc(a.Address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errors.New("has characters that SES does not take: an address is ASCII, its domain in Punycode")
	}
	written := a.String()
	if len(written) > maxAddress {
		return "", fmt.Errorf("has more than %d characters", maxAddress)
	}
	if a.Name == "" {
		written = a.Address
	}
	return written, nil
}

// Deliver sends the notice.
func (m *Mail) Deliver(ctx context.Context, n approval.Notice) error {
	in, err := m.mail(&n)
	if err == nil {
		var out *sesv2.SendEmailOutput
		out, err = m.client.SendEmail(ctx, in)
		switch {
		case err != nil:
			err = awscall.Describe(err)
		case aws.ToString(out.MessageId) == "":
			err = errUnconfirmed
		}
	}
	if err != nil {
		return fmt.Errorf("send the mail by SES: %w", err)
	}
	return nil
}

func (m *Mail) mail(n *approval.Notice) (*sesv2.SendEmailInput, error) {
	msg, err := compose(n)
	if err != nil {
		return nil, err
	}
	html, err := m.page.render(msg)
	if err != nil {
		return nil, err
	}
	in := &sesv2.SendEmailInput{
		FromEmailAddress: aws.String(m.from),
		Destination:      &types.Destination{ToAddresses: m.to},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: content(msg.subject(maxMailSubject)),
			Body:    &types.Body{Text: content(msg.plainText()), Html: content(html)},
			// RFC 3834, and Exchange's own word for it: nobody's absence is to be answered to the sender.
			Headers: []types.MessageHeader{header("Auto-Submitted", "auto-generated"), header("X-Auto-Response-Suppress", "All")},
		}},
	}
	if fitForTag(msg.ID) {
		in.EmailTags = []types.MessageTag{{Name: aws.String("RequestId"), Value: aws.String(msg.ID)}}
	}
	return in, nil
}

func content(text string) *types.Content {
	return &types.Content{Data: aws.String(text), Charset: aws.String(charset)}
}

func header(name, value string) types.MessageHeader {
	return types.MessageHeader{Name: aws.String(name), Value: aws.String(value)}
}

// fitForTag reports whether SES takes the text as the value of a message tag.
func fitForTag(text string) bool {
	ok, err := regexp.MatchString(`^[A-Za-z0-9_-]{1,256}$`, text)
	return ok && err == nil
}
