package approval

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrUnanswerable means that nobody could answer the request in this installation.
var ErrUnanswerable = errors.New("nobody could answer the request")

// Minted is a request that has its link.
type Minted struct {
	Link Link
	// Request is what is kept. It differs from what was asked for only where the request was minted before.
	Request Request
	// Delivered says that there is nothing to deliver: the link was handed over before, or the request is not open any
	// more.
	Delivered bool
	// Before says that the request was minted before. Of sealed links nobody knows.
	Before bool
}

// ID returns what the request is known by. With sealed links it has no record, and always the same ID all the same.
func (m *Minted) ID() ID {
	if id := m.Link.ID(); id != "" {
		return id
	}
	return sealedID(m.Request.Token)
}

// Notice returns what those who are asked are sent. address is the URL of the page, link included.
func (m *Minted) Notice(address string) (Notice, error) {
	r := &m.Request
	n := Notice{
		RequestID: m.ID(), Link: address, Title: r.Title, Description: r.Description, Requester: r.Requester,
		Approvers: r.Approvers, ExpiresAt: r.Expires, Locale: string(r.Locale),
		OnPage: r.ConfirmPhrase != "" || r.Comment == CommentRequired || r.Comment == CommentRequiredOnReject,
	}
	if n.Locale == "" {
		n.Locale = string(English)
	}
	for _, f := range r.Fields {
		n.Fields = append(n.Fields, NoticeField(f))
	}
	words, err := readTexts(Locale(n.Locale))
	if err != nil {
		return Notice{}, err
	}
	for _, o := range r.Decisions {
		label, err := words.label(o)
		if err != nil {
			return Notice{}, err
		}
		n.Decisions = append(n.Decisions, NoticeDecision{o.Value, label})
	}
	return n, nil
}

// Mint keeps a request and returns its link, which is drawn at random. Minting again with the same token, as Lambda does when an answer was lost, gives
// the same link and changes nothing. With sealed links nothing is remembered, so that each link is another one,
// though they ask the same, and Delivered is always false.
//
// The error is [ErrUnanswerable], or that of the store or the keys, where another try may succeed.
func (s *Service) Mint(ctx context.Context, r Request) (Minted, error) {
	if err := s.answerable(&r); err != nil {
		return Minted{}, err
	}
	if s.Store == nil {
		link, err := s.Keys.Seal(ctx, &r)
		return Minted{Link: link, Request: r}, err
	}
	link, err := s.linkFor(ctx, &r)
	if err != nil {
		return Minted{}, err
	}
	text, err := encodeRequest(&r)
	if err != nil {
		return Minted{}, fmt.Errorf("encode the request: %w", err)
	}
	sealed, err := link.sealRequest(r.Token, text)
	if err != nil {
		return Minted{}, fmt.Errorf("seal the request: %w", err)
	}
	err = s.Store.Create(ctx, Record{
		ID: link.ID(), State: Open, CreatedAt: s.now(), ExpiresAt: r.Expires, PurgeAt: r.Expires.Add(Retention),
		Execution: r.Execution, Request: sealed,
	})
	switch {
	case errors.Is(err, ErrExists):
		return s.mintedBefore(ctx, link, r)
	case err != nil:
		return Minted{}, fmt.Errorf("store the request: %w", err)
	}
	return Minted{Link: link, Request: r}, nil
}

func (s *Service) mintedBefore(ctx context.Context, link Link, r Request) (Minted, error) {
	i, err := s.open(ctx, link)
	if err != nil {
		return Minted{}, fmt.Errorf("read the request that is stored: %w", err)
	}
	kept := i.request
	kept.Delivery = r.Delivery
	return Minted{
		Link: link, Request: kept, Before: true,
		Delivered: !i.record.DeliveredAt.IsZero() || i.stand(s.Now()).Stage != StageOpen,
	}, nil
}

func (s *Service) answerable(r *Request) error {
	switch {
	case s.Store == nil && r.Approvals > 1:
		return fmt.Errorf("%w: several approvals need stored links", ErrUnanswerable)
	case r.Identity == ByVerified && !s.Identities:
		return fmt.Errorf("%w: it demands a verified identity, and no way to show one is set up", ErrUnanswerable)
	default:
		return nil
	}
}

// Delivered notes that the link was handed over, so that a second [Service.Mint] says so. It does nothing for a
// sealed link.
func (s *Service) Delivered(ctx context.Context, link Link) error {
	if link.Sealed() || s.Store == nil {
		return nil
	}
	_, err := s.changeRecord(ctx, link.ID(), func(r *Record) error {
		if r.DeliveredAt.IsZero() {
			r.DeliveredAt = s.now()
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note the delivery: %w", err)
	}
	return nil
}

// now returns the time as records have it.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
