package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"callback-completer/internal/webhook"
)

func TestLoadTellsUnusableSecretsFromAStoreThatIsDown(t *testing.T) {
	t.Parallel()
	answers := map[string]func() (string, error){
		secretARN:                    func() (string, error) { return hexSecret(1), nil },
		secretARN + ":short":         func() (string, error) { return "CANARY-short", nil },
		secretARN + ":filler":        func() (string, error) { return "changeme-CANARY-1234567890", nil },
		secretARN + ":empty":         func() (string, error) { return "", nil },
		secretARN + ":down":          func() (string, error) { return "", errStore },
		secretARN + "::AWSPREVIOUS":  func() (string, error) { return "", fmt.Errorf("stage: %w", webhook.ErrNoVersion) },
		secretARN + "::other":        func() (string, error) { return "", fmt.Errorf("stage: %w", webhook.ErrNoVersion) },
		secretARN + ":second":        func() (string, error) { return hexSecret(2), nil },
		parameterARN:                 func() (string, error) { return hexSecret(3), nil },
		secretARN + ":CANARYkey:two": func() (string, error) { return "", errStore },
	}
	const place = secretARN + "): "
	tests := []struct {
		name       string
		references []string
		is, isNot  error
		texts      []string
	}{
		{"good", []string{secretARN}, nil, nil, nil},
		{"four", []string{secretARN, secretARN + ":second", parameterARN, secretARN + "::AWSPREVIOUS"}, nil, nil, nil},
		{"never exchanged", []string{secretARN + "::AWSPREVIOUS", secretARN}, nil, nil, nil},
		{"short", []string{secretARN + ":short"}, webhook.ErrSecret, nil, []string{"secret 1 (" + place + "unusable webhook secret: it is shorter than 24 bytes."}},
		{"placeholder", []string{secretARN + ":filler"}, webhook.ErrSecret, nil, []string{"secret 1 (" + place + "unusable webhook secret: it is a placeholder."}},
		{"empty", []string{secretARN + ":empty"}, webhook.ErrSecret, nil, []string{"secret 1 (" + place + "unusable webhook secret: it is empty."}},
		{"one good, one short", []string{secretARN, secretARN + ":short"}, webhook.ErrSecret, nil, []string{"secret 2 (" + place}},
		{"two short", []string{secretARN + ":short", secretARN + ":empty"}, webhook.ErrSecret, nil, []string{"secret 1 (" + place, "secret 2 (" + place}},
		{"down", []string{secretARN + ":down"}, errStore, webhook.ErrSecret, []string{"secret 1 (" + place + errStore.Error()}},
		{"one good, one down", []string{secretARN, secretARN + ":down"}, errStore, webhook.ErrSecret, []string{"secret 2 (" + place}},
		{"one down, one short", []string{secretARN + ":down", secretARN + ":short"}, webhook.ErrSecret, nil, []string{"secret 1 (", "secret 2 ("}},
		{"no version", []string{secretARN + "::AWSPREVIOUS"}, webhook.ErrNoVersion, webhook.ErrSecret, []string{"none of the secrets has a value"}},
		{"no version of either", []string{secretARN + "::AWSPREVIOUS", secretARN + "::other"}, webhook.ErrNoVersion, webhook.ErrSecret, nil},
		{"no version of one, the other down", []string{secretARN + "::AWSPREVIOUS", secretARN + ":down"}, errStore, webhook.ErrSecret, nil},
		{"no version of one, the other short", []string{secretARN + "::AWSPREVIOUS", secretARN + ":short"}, webhook.ErrSecret, nil, nil},
		{"no more than an ARN", []string{secretARN + ":CANARYkey:two"}, errStore, webhook.ErrSecret, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(r rig) {
				r.store.becomes(func(_ context.Context, reference webhook.Reference) (string, error) {
					return answers[reference.String()]()
				})
				err := r.verifier.Load(r.Context())
				if !errors.Is(err, test.is) || test.isNot != nil && errors.Is(err, test.isNot) {
					r.Fatalf("%v, want %v and not %v", err, test.is, test.isNot)
				}
				for _, want := range test.texts {
					if !strings.Contains(err.Error(), want) {
						r.Errorf("%v, without %q", err, want)
					}
				}
				if err != nil && strings.Contains(err.Error(), "CANARY") {
					r.Errorf("the error says too much: %v", err)
				}
				r.logged(0)
				slices.Sort(r.store.calls)
				slices.Sort(test.references)
				if !slices.Equal(r.store.calls, test.references) {
					r.Errorf("%v were asked for", r.store.calls)
				}
				if err != nil {
					r.delivery(1, webhook.ErrUnavailable)
				}
			}, slices.Clone(test.references)...)
		})
	}
}

// TestSignerIsTheReference, not the secret: some references have none.
func TestSignerIsTheReference(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.store.becomes(func(_ context.Context, reference webhook.Reference) (string, error) {
			switch reference.Key {
			case "b":
				return hexSecret(1), nil
			case "d":
				return hexSecret(2), nil
			default:
				return "", webhook.ErrNoVersion
			}
		})
		r.load(nil)
		for seed, want := range map[uint64]int{1: 1, 2: 3} {
			if got := r.delivery(seed, nil).Signer; got != want {
				r.Errorf("secret %d is that of reference %d, want %d", seed, got, want)
			}
		}
	}, secretARN+":a", secretARN+":b", secretARN+":c", secretARN+":d")
}

// TestRotationOfVersions is an exchange as Secrets Manager does it: each secret is good as long as it has a stage.
func TestRotationOfVersions(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		versions := func(current, previous string) {
			r.store.becomes(func(_ context.Context, reference webhook.Reference) (string, error) {
				switch {
				case reference.Stage == "":
					return current, nil
				case previous == "":
					return "", webhook.ErrNoVersion
				default:
					return previous, nil
				}
			})
		}
		versions(hexSecret(1), "")
		r.load(nil)
		r.delivery(1, nil)
		versions(hexSecret(2), hexSecret(1))
		time.Sleep(time.Minute)
		r.delivery(1, nil) // which the sender goes on with for a while
		r.delivery(2, nil)
		r.delivery(1, nil)
		versions(hexSecret(3), hexSecret(2))
		time.Sleep(5 * time.Minute)
		r.delivery(1, webhook.ErrBadSignature)
		r.delivery(2, nil)
		r.delivery(3, nil)
		r.logged(0)
	}, secretARN, secretARN+"::AWSPREVIOUS")
}

// TestAllReferencesAreFetchedAtOnce: each answers only once all have been asked for.
func TestAllReferencesAreFetchedAtOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		var asked sync.WaitGroup
		asked.Add(4)
		r.store.becomes(func(context.Context, webhook.Reference) (string, error) {
			asked.Done()
			asked.Wait()
			return hexSecret(1), nil
		})
		r.load(nil)
	}, secretARN+":a", secretARN+":b", secretARN+":c", parameterARN)
}

// TestLoadAgain fetches, whether some are held or not.
func TestLoadAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(r rig) {
		r.load(nil)
		r.store.becomes(gives(hexSecret(2)))
		r.load(nil)
		r.fetched(2)
		r.delivery(2, nil)
		r.delivery(1, webhook.ErrBadSignature)
		r.fetched(3)
	})
}
