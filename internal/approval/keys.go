package approval

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	keyringFresh = 5 * time.Minute // how long a new key may take to be known
	keyringPause = time.Minute     // between two looks for an unknown key, whatever links arrive
)

// Keys keeps the keyring of an installation. It is safe for concurrent use.
//
// The keyring is fetched again after five minutes, and, at most once a minute, for a link whose key is not in it. A
// keyring that was read once is used as long as no newer one can be had.
type Keys struct {
	Fetch func(ctx context.Context) ([]byte, error) // see [ParseKeyring]
	Now   func() time.Time

	mu      sync.Mutex
	ring    *Keyring
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
	text, err := k.Fetch(ctx)
	if err == nil {
		var ring *Keyring
		if ring, err = ParseKeyring(text); err == nil {
			k.ring = ring
		}
	}
	k.fetched = now
	if k.ring == nil {
		return nil, fmt.Errorf("read the keyring: %w", err)
	}
	return k.ring, nil
}
