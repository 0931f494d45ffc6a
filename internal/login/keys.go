package login

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Store fetches what is at the address of a public key. The error is [ErrNoKey] if there is nothing.
type Store interface {
	Fetch(ctx context.Context, url string) ([]byte, error)
}

// ErrNoKey is what a [Store] says of an address where there is no key.
var ErrNoKey = errors.New("there is no such key")

// errBusy is for a key that nobody may ask for right now.
var errBusy = errors.New("public key of the load balancer: so many were asked for that this one has to wait")

const (
	fetchTimeout = 2 * time.Second
	cached       = time.Hour       // a key is asked for anew after that; the id of a new key is new
	pause        = time.Minute     // after an answer that there is no such key, and where an old one is there
	shortPause   = 5 * time.Second // after no answer, where there is no key to check with
	maxKeys      = 32              // ids that are remembered, known or not
	maxFetches   = 10              // of keys that are not held, in a minute: strangers make up ids
)

// keys are the public keys of a load balancer's region, by id.
type keys struct {
	options Options

	mu      sync.Mutex
	held    map[string]*entry
	fetches []time.Time // of keys that were not held, those of the last minute
}

// entry is what is known of an id.
type entry struct {
	key    *ecdsa.PublicKey // nil: none was found
	err    error            // why there is none
	due    time.Time        // when to ask again
	flight chan struct{}    // closed when a fetch under way has ended; nil: there is none
}

func newKeys(o Options) *keys { return &keys{options: o, held: map[string]*entry{}} }

// get returns the key of an id. The error is ErrUnknownKey if there is none, any other one if that cannot be told. A key
// that is held is used on if it cannot be fetched anew; one that is gone is not.
func (k *keys) get(ctx context.Context, id string) (*ecdsa.PublicKey, error) {
	url, ok := k.options.LoadBalancer.keyURL(id)
	if !ok {
		return nil, ErrUnknownKey
	}
	now := k.options.Now()
	k.mu.Lock()
	e := k.held[id]
	switch {
	case e != nil && e.flight != nil:
		flight := e.flight
		k.mu.Unlock()
		select {
		case <-flight:
		case <-ctx.Done():
		}
		k.mu.Lock()
	case e != nil && now.Before(e.due):
	case e == nil || e.key == nil:
		if !k.admit(now) {
			k.mu.Unlock()
			return nil, errBusy
		}
		if e == nil {
			e = &entry{}
			k.remember(id, e)
		}
		k.fetch(ctx, e, url)
	default: // it has been held for long enough
		k.fetch(ctx, e, url)
	}
	defer k.mu.Unlock()
	switch {
	case e.key != nil:
		return e.key, nil
	case e.err == nil: // the fetch of another goes on
		return nil, ctx.Err()
	default:
		return nil, e.err
	}
}

// fetch asks for a key. The caller holds the lock, which is free in the meantime.
func (k *keys) fetch(ctx context.Context, e *entry, url string) {
	e.flight = make(chan struct{})
	k.mu.Unlock()
	key, err := k.ask(ctx, url)
	now := k.options.Now()
	k.mu.Lock()
	close(e.flight)
	e.flight = nil
	switch {
	case err == nil:
		e.key, e.err, e.due = key, nil, now.Add(cached)
	case errors.Is(err, ErrNoKey):
		e.key, e.err, e.due = nil, ErrUnknownKey, now.Add(pause)
	case e.key != nil:
		e.due = now.Add(pause)
		k.options.Log.ErrorContext(ctx, "a public key of the load balancer was not renewed, the last good one is used", "error", err)
	default:
		e.err, e.due = fmt.Errorf("public key of the load balancer: %w", err), now.Add(shortPause)
	}
}

func (k *keys) ask(ctx context.Context, url string) (*ecdsa.PublicKey, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	text, err := k.options.Store.Fetch(ctx, url)
	if err != nil {
		return nil, err
	}
	return parseKey(text)
}

// parseKey reads a public key of the curve P-256 as PEM. It is all of the text.
func parseKey(text []byte) (*ecdsa.PublicKey, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 {
		return nil, errors.New("what is at the address of a public key is none")
	}
	found, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errors.New("what is at the address of a public key cannot be read")
	}
	key, ok := found.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("what is at the address of a public key is a key of another kind")
	}
	return key, nil
}

// admit reports whether a key that is not held may be asked for, and counts it.
func (k *keys) admit(now time.Time) bool {
	recent := k.fetches[:0]
	for _, at := range k.fetches {
		if now.Sub(at) < time.Minute {
			recent = append(recent, at)
		}
	}
	k.fetches = recent
	if len(k.fetches) >= maxFetches {
		return false
	}
	k.fetches = append(k.fetches, now)
	return true
}

// remember keeps an entry, for one that holds no key or, if all do, for the one that was fetched first.
func (k *keys) remember(id string, e *entry) {
	if len(k.held) >= maxKeys {
		oldest := ""
		for other, held := range k.held {
			if held.flight != nil {
				continue
			}
			if oldest == "" || worse(held, k.held[oldest]) {
				oldest = other
			}
		}
		delete(k.held, oldest)
	}
	k.held[id] = e
}

func worse(a, b *entry) bool {
	if (a.key == nil) != (b.key == nil) {
		return a.key == nil
	}
	return a.due.Before(b.due)
}
