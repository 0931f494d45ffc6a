package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// fetchTimeout is for all of a source's secrets together.
const fetchTimeout = 2 * time.Second

// ring holds the secrets of a source that were fetched together. It is never changed.
type ring struct {
	scheme  *Scheme
	secrets []Secret
	places  []int // of the references that the secrets are from
}

// verify is [Scheme.Verify], with the reference's place for the secret's.
func (r *ring) verify(now time.Time, h http.Header, body []byte) (Delivery, error) {
	delivery, err := r.scheme.Verify(now, h, body, r.secrets)
	if err == nil {
		delivery.Signer = r.places[delivery.Signer]
	}
	return delivery, err
}

// fetch reads all of a source's secrets at once. It is all or nothing, but for references without a version: with some
// of the secrets only, good deliveries would be refused for ever instead of for now. An error that is [ErrSecret] means
// that one of them is unusable. The errors name no more
// of a reference than its ARN, and not the source.
func fetch(ctx context.Context, store Store, source Source) (*ring, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	type answer struct {
		place int
		text  string
		err   error
	}
	arrivals := make(chan answer, len(source.Secrets)) // with room for who answers too late
	for place, reference := range source.Secrets {
		go func() {
			text, err := store.Fetch(ctx, reference)
			arrivals <- answer{place, text, err}
		}()
	}
	answers := make([]answer, len(source.Secrets))
	for range answers {
		select {
		case a := <-arrivals:
			answers[a.place] = a
		case <-ctx.Done():
			return nil, fmt.Errorf("the secrets did not arrive in time: %w", ctx.Err())
		}
	}

	r := &ring{scheme: source.Scheme}
	var problems []error
	for place, a := range answers {
		if errors.Is(a.err, ErrNoVersion) {
			continue
		}
		secret, err := Secret{}, a.err
		if err == nil {
			secret, err = source.Scheme.ParseSecret(a.text)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("secret %d (%s): %w", place+1, source.Secrets[place].ARN, err))
			continue
		}
		r.secrets = append(r.secrets, secret)
		r.places = append(r.places, place)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if len(r.secrets) == 0 {
		return nil, fmt.Errorf("none of the secrets has a value: %w", ErrNoVersion)
	}
	return r, nil
}
