package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"callback-completer/internal/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// errStore is what a store says that cannot be read.
var errStore = errors.New("GetSecretValue: ThrottlingException")

// fakeStore answers as its function does and counts.
type fakeStore struct {
	mu    sync.Mutex
	calls []string // the references that were asked for
	fetch func(ctx context.Context, r webhook.Reference) (string, error)
}

func (s *fakeStore) Fetch(ctx context.Context, r webhook.Reference) (string, error) {
	s.mu.Lock()
	s.calls = append(s.calls, r.String())
	fetch := s.fetch
	s.mu.Unlock()
	return fetch(ctx, r)
}

// becomes changes what the store answers.
func (s *fakeStore) becomes(fetch func(ctx context.Context, r webhook.Reference) (string, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetch = fetch
}

func (s *fakeStore) fetches() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

func gives(text string) func(context.Context, webhook.Reference) (string, error) {
	return func(context.Context, webhook.Reference) (string, error) { return text, nil }
}

func fails(err error) func(context.Context, webhook.Reference) (string, error) {
	return func(context.Context, webhook.Reference) (string, error) { return "", err }
}

// slowly answers after a while, or when it is told to stop.
func slowly(d time.Duration, then func(context.Context, webhook.Reference) (string, error)) func(context.Context, webhook.Reference) (string, error) {
	return func(ctx context.Context, r webhook.Reference) (string, error) {
		select {
		case <-time.After(d):
			return then(ctx, r)
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// never answers before it is told to stop.
func never() func(context.Context, webhook.Reference) (string, error) {
	return func(ctx context.Context, _ webhook.Reference) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}
}

// rig is a verifier of a source that signs as GitHub does, in a bubble with a clock of its own.
type rig struct {
	*testing.T
	store    *fakeStore
	log      *lockedBuffer
	verifier *webhook.Verifier
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// bubble runs f with a verifier whose store has the first secret.
func bubble(t *testing.T, f func(r rig), references ...string) {
	t.Helper()
	if len(references) == 0 {
		references = []string{secretARN}
	}
	synctest.Test(t, func(t *testing.T) {
		text := fmt.Sprintf(`[{"name":"acme","scheme":"github","secrets":["%s"]}]`, strings.Join(references, `","`))
		sources, err := webhook.ParseSources(text)
		if err != nil {
			t.Fatal(err)
		}
		r := rig{T: t, store: &fakeStore{fetch: gives(hexSecret(1))}, log: &lockedBuffer{}}
		r.verifier = webhook.NewVerifier(sources[0], r.store, time.Now, slog.New(slog.NewJSONHandler(r.log, nil)))
		f(r)
		time.Sleep(2 * time.Hour)      // until nobody waits for the store any more
		for seed := range uint64(10) { // the canaries of every test
			if strings.Contains(r.log.String(), hexSecret(seed)) {
				t.Errorf("secret %d was logged: %s", seed, r.log)
			}
		}
	})
}

func (r rig) load(want error) {
	r.Helper()
	if err := r.verifier.Load(r.Context()); !errors.Is(err, want) {
		r.Errorf("load: %v, want %v", err, want)
	}
}

// delivery sends a delivery that is signed with a secret and compares the verdict; nil is for one that is good.
func (r rig) delivery(seed uint64, want error) webhook.Delivery {
	r.Helper()
	return r.deliveryWithin(r.Context(), seed, want)
}

func (r rig) deliveryWithin(ctx context.Context, seed uint64, want error) webhook.Delivery {
	r.Helper()
	got, err := r.verifier.Verify(ctx, signed(seed), []byte("{}"))
	if !errors.Is(err, want) {
		r.Errorf("signed with secret %d: %v, want %v", seed, err, want)
	}
	if err != nil && got != (webhook.Delivery{}) {
		r.Errorf("refused, yet there is a delivery: %+v", got)
	}
	return got
}

func (r rig) fetched(want int) {
	r.Helper()
	if got := r.store.fetches(); got != want {
		r.Errorf("%d fetches, want %d", got, want)
	}
}

func (r rig) logged(want int) {
	r.Helper()
	if got := strings.Count(r.log.String(), "\n"); got != want {
		r.Errorf("%d lines in the log, want %d:\n%s", got, want, r.log)
	}
}

func signed(seed uint64) http.Header {
	for _, s := range senders() {
		if s.name == "github" {
			return s.request(hexSecret(seed), noon, []byte("{}"))
		}
	}
	return nil
}
