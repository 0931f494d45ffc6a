package approval

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	keyringFresh = 5 * time.Minute // how long a new key may take to be known
	keyringPause = time.Minute     // between two looks for an unknown key, whatever links arrive
	keyringRetry = 5 * time.Second // between two tries to read one at all
)

// Keys keeps the keyring of an installation. It is safe for concurrent use.
//
// The keyring is fetched again after five minutes, and, at most once a minute, for a link whose key is not in it. A
// keyring that was read once is used as long as no newer one can be had. As long as there is none at all, one is fetched
// every five seconds at most: links of strangers do not become calls.
type Keys struct {
	Fetch func(ctx context.Context) ([]byte, error) // see [ParseKeyring]
	Now   func() time.Time
	Log   *slog.Logger

	mu      sync.Mutex
	ring    *Keyring
	failed  error     // why there is no keyring; nil if there is one, or if none was fetched yet
	fetched time.Time // the last fetch that was tried
}

// Seal seals a request with the current key.
func (k *Keys) Seal(ctx context.Context, r *Request) (Link, error) {
	ring, err := k.keyring(ctx, keyringFresh)
	if err != nil {
		return Link{}, err
	}
	return ring.Seal(r)
}

// Open opens a sealed link. The error is [ErrLink] if no key opens it; every other one means that the keyring could not be
// read, and that another try may succeed.
func (k *Keys) Open(ctx context.Context, l Link) (Request, error) {
	ring, err := k.keyring(ctx, keyringFresh)
	if err != nil {
		return Request{}, err
	}
	r, err := ring.Open(l)
	if errors.Is(err, ErrKeyUnknown) {
		if ring, err = k.keyring(ctx, keyringPause); err == nil {
			r, err = ring.Open(l)
		}
	}
	if errors.Is(err, ErrKeyUnknown) {
		return Request{}, ErrLink
	}
	return r, err
}

// keyring returns the keyring, fetched anew if the last fetch is as old as age. One caller fetches, the others wait for
// him.
func (k *Keys) keyring(ctx context.Context, age time.Duration) (*Keyring, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.Now()
	if k.ring != nil && now.Sub(k.fetched) < age {
		return k.ring, nil
	}
	if k.failed != nil && now.Sub(k.fetched) < keyringRetry {
		return nil, k.failed
	}
	text, err := k.Fetch(ctx)
	if err == nil {
		var ring *Keyring
		if ring, err = ParseKeyring(text); err == nil {
			k.ring, k.failed, k.fetched = ring, nil, now
			return ring, nil
		}
	}
	err = fmt.Errorf("read the keyring: %w", err)
	switch {
	case k.ring != nil:
		k.Log.WarnContext(ctx, "the keyring could not be read anew; the last one is used", "error", err)
		k.fetched = now
		return k.ring, nil
	case ctx.Err() == nil: // a caller who has no time says nothing of the next one
		k.failed, k.fetched = err, now
	}
	return nil, err
}
