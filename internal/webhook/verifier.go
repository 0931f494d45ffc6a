package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	// cached is how long secrets are used before they are fetched again.
	cached = 5 * time.Minute
	// pause is the least time from a failed fetch, or from one for a bad signature, to the next of its kind: what a
	// stranger sends must not become load on the store.
	pause = time.Minute
	// firstPause is the least time between fetches as long as none has succeeded.
	firstPause = time.Second
)

// ErrUnavailable says that no good secrets are held and none can be fetched now. It is no [Refusal]: the request may
// be good, and its sender should try again.
var ErrUnavailable = errors.New("webhook: the secrets are not available")

// Verifier verifies the deliveries of one source with secrets that it fetches when they are needed. It is safe for use
// by several goroutines.
//
// Secrets are used for five minutes, then fetched again; after a bad signature at once, at most once a minute. When
// that fails, or gives an unusable secret, the last good ones are used, however old they are: the failure is logged, and
// the next try is a minute later at the earliest. Before there were any, each request tries, at most once a second.
//
// There is one fetch at a time, of two seconds at most. Only those wait for it who cannot do without: a request that
// begins it, one that finds no secrets, and one with a bad signature.
type Verifier struct {
	source Source
	store  Store
	now    func() time.Time
	log    *slog.Logger

	mu     sync.Mutex // held for a look at these, never while something is fetched or computed
	ring   *ring      // the last good one; nil before there was one
	flight *flight    // the fetch under way; nil if there is none
	due    time.Time  // from when a request fetches
	again  time.Time  // from when a bad signature fetches
}

// NewVerifier returns a verifier that holds no secrets yet. The source must be one that [ParseSources] gave.
func NewVerifier(source Source, store Store, now func() time.Time, log *slog.Logger) *Verifier {
	return &Verifier{source: source, store: store, now: now, log: log}
}

// Load fetches the secrets, whether some are held or not. If one is unusable, the error is an [ErrSecret]: no later
// delivery could be told from a forged one, so the caller should not start. With any other error the store could not be
// read, or holds no version of any of the secrets, and [Verifier.Verify] tries again. The errors do not name the
// source and quote no secret.
func (v *Verifier) Load(ctx context.Context) error {
	now := v.now()
	v.mu.Lock()
	f := v.flight
	if f == nil {
		f = v.begin(ctx, now, false)
	}
	v.mu.Unlock()
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return fmt.Errorf("the secrets did not arrive in time: %w", context.Cause(ctx))
	}
}

// Verify reports whether one of the source's secrets signed this request, as [Scheme.Verify] does. [Delivery.Signer] is
// the index of the reference in [Source.Secrets]. The error is a [Refusal] or [ErrUnavailable].
func (v *Verifier) Verify(ctx context.Context, h http.Header, body []byte) (Delivery, error) {
	held, fetched := v.current(ctx)
	if held == nil {
		return Delivery{}, ErrUnavailable
	}
	delivery, err := held.verify(v.now(), h, body)
	if fetched || !errors.Is(err, ErrBadSignature) {
		return delivery, err
	}
	if newer := v.newer(ctx, held); newer != held {
		return newer.verify(v.now(), h, body)
	}
	return delivery, err
}
