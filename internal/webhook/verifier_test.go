package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/webhook"
)

func TestSecretsAreCachedForFiveMinutes(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.load(nil)
		for n := range 3 {
			r.delivery(1, nil)
			r.fetched(n + 1)
			time.Sleep(5*time.Minute - 1)
			r.delivery(1, nil)
			r.fetched(n + 1)
			time.Sleep(time.Nanosecond)
			r.delivery(1, nil)
			r.fetched(n + 2)
		}
		r.logged(0)
	})
}

func TestTheFirstRequestFetches(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.delivery(1, nil)
		r.fetched(1)
		r.delivery(1, nil)
		r.fetched(1)
	})
}

// TestWithdrawnSecrets are believed for five minutes, or until somebody asks with a bad signature.
func TestWithdrawnSecrets(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.load(nil)
		r.store.becomes(gives(hexSecret(2)))
		time.Sleep(5*time.Minute - 1)
		r.delivery(1, nil)
		time.Sleep(time.Nanosecond)
		r.delivery(1, webhook.ErrBadSignature)
		r.fetched(2) // not once more for the bad signature: the secrets are as new as can be
		r.delivery(2, nil)
	})
}

func TestTheLastGoodSecretsAreUsed(t *testing.T) {
	t.Parallel()
	const hidden = "changeme-CANARY-changeme-CANARY"
	failures := map[string]struct {
		fetch func(context.Context, webhook.Reference) (string, error)
		takes time.Duration
	}{
		"the store cannot be read": {fails(errStore), 0},
		"it never answers":         {never(), 2 * time.Second},
		"it answers too late":      {slowly(2*time.Second+1, gives(hexSecret(2))), 2 * time.Second},
		"an unusable secret":       {gives(hidden), 0},
		"an empty secret":          {gives(""), 0},
		"no version":               {fails(fmt.Errorf("stage: %w", webhook.ErrNoVersion)), 0},
	}
	for name, failure := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(r rig) {
				r.load(nil)
				r.store.becomes(failure.fetch)
				time.Sleep(5 * time.Minute)
				began := time.Now()
				r.delivery(1, nil)
				if took := time.Since(began); took != failure.takes {
					r.Errorf("the request took %v", took)
				}
				r.fetched(2)
				r.logged(1)
				for _, want := range []string{
					`"level":"ERROR"`, `"msg":"webhook secrets were not renewed, the last good ones are used"`, `"source":"acme"`,
				} {
					if !strings.Contains(r.log.String(), want) {
						r.Errorf("no %s in the log: %s", want, r.log)
					}
				}
				if strings.Contains(r.log.String(), "CANARY") {
					r.Errorf("the log quotes the secret: %s", r.log)
				}
				// Neither age nor a bad signature fetches again within a minute.
				time.Sleep(time.Minute - 1)
				r.delivery(1, nil)
				r.delivery(2, webhook.ErrBadSignature)
				r.fetched(2)
				r.logged(1)
				time.Sleep(time.Nanosecond)
				r.delivery(1, nil)
				r.fetched(3)
				r.logged(2)
				// Not even after an hour are they forgotten.
				time.Sleep(time.Hour)
				r.delivery(1, nil)
				r.store.becomes(gives(hexSecret(2)))
				time.Sleep(time.Minute)
				r.delivery(2, nil)
				r.delivery(1, webhook.ErrBadSignature)
				r.logged(3)
			})
		})
	}
}

func TestNothingLoaded(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.store.becomes(fails(errStore))
		r.load(errStore)
		r.logged(0) // it is the caller's to say so
		for range 10 {
			r.delivery(1, webhook.ErrUnavailable)
		}
		r.fetched(1)
		time.Sleep(time.Second - 1)
		r.delivery(1, webhook.ErrUnavailable)
		r.fetched(1)
		time.Sleep(time.Nanosecond)
		r.delivery(1, webhook.ErrUnavailable)
		r.fetched(2)
		r.logged(1)
		for _, want := range []string{
			`"level":"ERROR"`, `"msg":"webhook secrets are missing, nothing of their source can be verified"`, `"source":"acme"`, errStore.Error(),
		} {
			if !strings.Contains(r.log.String(), want) {
				r.Errorf("no %s in the log: %s", want, r.log)
			}
		}
		r.delivery(1, webhook.ErrUnavailable)
		r.fetched(2)
		r.store.becomes(gives(hexSecret(1)))
		time.Sleep(time.Second)
		r.delivery(1, nil)
		r.fetched(3)
		time.Sleep(5*time.Minute - 1)
		r.delivery(1, nil)
		r.fetched(3)
	})
}

func TestUnavailableIsNoRefusal(t *testing.T) {
	t.Parallel()
	var refusal webhook.Refusal
	if errors.As(webhook.ErrUnavailable, &refusal) {
		t.Error("its sender would be told that the signature is bad")
	}
}
