package webhook_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/webhook"
)

func TestBadSignatureFetchesOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.load(nil)
		r.store.becomes(gives(hexSecret(2))) // exchanged
		time.Sleep(time.Second)
		r.delivery(2, nil)
		r.fetched(2)
		for range 100 {
			r.delivery(1, webhook.ErrBadSignature)
			r.delivery(3, webhook.ErrBadSignature)
			r.delivery(2, nil)
		}
		r.fetched(2)
		time.Sleep(time.Minute - 1)
		r.delivery(3, webhook.ErrBadSignature)
		r.fetched(2)
		time.Sleep(time.Nanosecond)
		r.delivery(3, webhook.ErrBadSignature)
		r.fetched(3)
		r.delivery(3, webhook.ErrBadSignature)
		r.fetched(3)
		// What was fetched for a bad signature is five minutes good.
		time.Sleep(5*time.Minute - 1)
		r.delivery(2, nil)
		r.fetched(3)
		r.logged(0)
	})
}

// TestOnlyABadSignatureFetches: all other refusals stand, whatever the secrets are.
func TestOnlyABadSignatureFetches(t *testing.T) {
	t.Parallel()
	requests := map[webhook.Refusal]http.Header{
		webhook.ErrNoSignature:     {},
		webhook.ErrMalformedHeader: headers("X-Hub-Signature-256", "sha256=00"),
	}
	for want, h := range requests {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(r rig) {
				r.load(nil)
				time.Sleep(2 * time.Minute)
				for range 10 {
					if _, err := r.verifier.Verify(r.Context(), h, nil); !errors.Is(err, want) {
						r.Error(err)
					}
				}
				r.fetched(1)
			})
		})
	}
}

func TestConcurrentBadSignaturesFetchOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.load(nil)
		r.store.becomes(slowly(time.Second, gives(hexSecret(2))))
		time.Sleep(time.Minute)
		began := time.Now()
		var all sync.WaitGroup
		for i := range uint64(200) {
			all.Go(func() {
				if i%2 == 0 {
					r.delivery(2, nil)
				} else {
					r.delivery(3, webhook.ErrBadSignature)
				}
			})
		}
		all.Wait()
		r.fetched(2)
		if took := time.Since(began); took != time.Second {
			r.Errorf("all of them took %v", took)
		}
	})
}

// TestABadSignatureAtAHangingStore: good deliveries pass by, the others wait two seconds and no longer.
func TestABadSignatureAtAHangingStore(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.load(nil)
		r.store.becomes(never())
		time.Sleep(time.Minute)
		began := time.Now()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { r.delivery(2, webhook.ErrBadSignature) })
		}
		synctest.Wait() // all of them wait for the store
		for range 50 {
			r.delivery(1, nil)
		}
		if took := time.Since(began); took != 0 {
			r.Errorf("good deliveries took %v", took)
		}
		all.Wait()
		if took := time.Since(began); took != 2*time.Second {
			r.Errorf("bad ones took %v", took)
		}
		r.delivery(2, webhook.ErrBadSignature) // at once
		if took := time.Since(began); took != 2*time.Second {
			r.Errorf("the next one took %v more", took-2*time.Second)
		}
		r.fetched(2)
		r.logged(1)
	})
}

// TestOneRequestRenews: while it waits for a slow store, the others use what is there.
func TestOneRequestRenews(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.load(nil)
		r.store.becomes(slowly(time.Second, gives(hexSecret(2))))
		time.Sleep(5 * time.Minute)
		began := time.Now()
		var first sync.WaitGroup
		first.Go(func() { r.delivery(2, nil) })
		synctest.Wait()
		r.delivery(1, nil)
		if took := time.Since(began); took != 0 {
			r.Errorf("another request took %v", took)
		}
		first.Wait()
		r.fetched(2)
		// The five minutes began when the store was asked, a second ago.
		r.store.becomes(gives(hexSecret(3)))
		time.Sleep(5*time.Minute - time.Second - time.Nanosecond)
		r.delivery(2, nil)
		time.Sleep(time.Nanosecond)
		r.delivery(2, webhook.ErrBadSignature)
		r.fetched(3)
	})
}

// TestSecretsThatChangeMeanwhile are used without one fetch more: a bad signature was checked while they came.
func TestSecretsThatChangeMeanwhile(t *testing.T) {
	t.Parallel()
	sources, err := webhook.ParseSources(`[{"name":"acme","scheme":"github","secret":"` + secretARN + `"}]`)
	if err != nil {
		t.Fatal(err)
	}
	store := &fakeStore{fetch: gives(hexSecret(1))}
	readings := 0
	var v *webhook.Verifier
	v = webhook.NewVerifier(sources[0], store, func() time.Time {
		readings++
		if readings == 4 { // 1 and 2 are Load's, 3 is for the age of the secrets, 4 for that of the signature
			store.becomes(gives(hexSecret(2)))
			if err := v.Load(t.Context()); err != nil {
				t.Error(err)
			}
		}
		return noon
	}, slog.New(slog.DiscardHandler))
	if err := v.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(t.Context(), signed(2), []byte("{}")); err != nil || store.fetches() != 2 {
		t.Errorf("%v after %d fetches", err, store.fetches())
	}
}

// TestNothingLoadedYet: however many ask, the store is asked once, and all of them know what it said.
func TestNothingLoadedYet(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fetch func(context.Context, webhook.Reference) (string, error)
		takes time.Duration
		want  error
	}{
		"slow":           {slowly(time.Second, gives(hexSecret(1))), time.Second, nil},
		"slow to fail":   {slowly(time.Second, fails(errStore)), time.Second, webhook.ErrUnavailable},
		"slow and short": {slowly(time.Second, gives("short")), time.Second, webhook.ErrUnavailable},
		"hanging":        {never(), 2 * time.Second, webhook.ErrUnavailable},
		"deaf to the end": {func(context.Context, webhook.Reference) (string, error) {
			time.Sleep(time.Hour)
			return hexSecret(1), nil
		}, 2 * time.Second, webhook.ErrUnavailable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(r rig) {
				r.store.becomes(test.fetch)
				began := time.Now()
				var all sync.WaitGroup
				for range 50 {
					all.Go(func() { r.delivery(1, test.want) })
				}
				all.Wait()
				r.fetched(1)
				if took := time.Since(began); took != test.takes {
					r.Errorf("they took %v", took)
				}
				if test.want != nil {
					r.logged(1)
				}
			})
		})
	}
}

// TestARequestThatEnds takes nobody with it.
func TestARequestThatEnds(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.store.becomes(slowly(time.Second, gives(hexSecret(1))))
		short, cancel := context.WithTimeout(r.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		var all sync.WaitGroup
		all.Go(func() {
			r.deliveryWithin(short, 1, webhook.ErrUnavailable)
			if took := time.Since(began); took != 100*time.Millisecond {
				r.Errorf("it took %v", took)
			}
		})
		synctest.Wait()
		all.Go(func() { r.delivery(1, nil) })
		all.Go(func() { r.load(nil) }) // waits for the same fetch
		all.Wait()
		r.fetched(1)
		ended, cancel := context.WithCancel(r.Context())
		cancel()
		r.deliveryWithin(ended, 1, nil) // needs nothing that it would have to wait for
		if err := r.verifier.Load(ended); !errors.Is(err, context.Canceled) {
			r.Errorf("load: %v", err)
		}
	})
}
