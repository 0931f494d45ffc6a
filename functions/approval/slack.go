package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/notice"
	"callback-completer/internal/webhook"
)

// webhookFresh is how long a webhook's address is used before it is looked up again.
const webhookFresh = 5 * time.Minute

// slack delivers by an incoming webhook whose address, which is a secret, is kept in a store of secrets. It is looked up when it is
// first needed, after five minutes, and after a delivery that failed; where that fails, the last good one is used.
type slack struct {
	secrets   webhook.Store
	reference webhook.Reference
	client    *http.Client
	options   notice.SlackOptions
	now       func() time.Time

	mu      sync.Mutex
	channel *notice.Slack // nil: none yet
	fetched time.Time     // zero: to be looked up
}

var _ approval.Channel = (*slack)(nil)

func (s *slack) Deliver(ctx context.Context, n approval.Notice) error {
	channel, err := s.current(ctx)
	if err != nil {
		return fmt.Errorf("look up the Slack webhook: %w", err)
	}
	if err := channel.Deliver(ctx, n); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.fetched = time.Time{} // perhaps it was exchanged
		return err
	}
	return nil
}

func (s *slack) current(ctx context.Context) (*notice.Slack, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.channel != nil && s.now().Sub(s.fetched) < webhookFresh {
		return s.channel, nil
	}
	address, err := s.secrets.Fetch(ctx, s.reference)
	var fresh *notice.Slack
	if err == nil {
		fresh, err = notice.NewSlack(s.client, address, s.options)
	}
	if err == nil {
		s.channel, s.fetched = fresh, s.now()
	}
	if s.channel == nil {
		return nil, err
	}
	return s.channel, nil
}
