package webhook_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callback-completer/internal/webhook"
)

// TestVerifierKeepsItsRules lets time pass, secrets be exchanged, the store go down and requests come in any order, and
// holds what the verifier says and asks for against the rules.
func TestVerifierKeepsItsRules(t *testing.T) {
	t.Parallel()
	sources, err := webhook.ParseSources(`[{"name":"acme","scheme":"github","secret":"` + secretARN + `"}]`)
	if err != nil {
		t.Fatal(err)
	}
	accepted, refused, unavailable := 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		const nothing = 99
		now := noon
		current, held := uint64(1), uint64(nothing)
		down := rapid.SampledFrom([]string{"", "down", "short"}).Draw(rt, "at first")
		fetches := 0
		var tried, failed, good time.Time // the last fetch, one that failed since the last good one, the last good one
		store := &fakeStore{fetch: func(context.Context, webhook.Reference) (string, error) {
			fetches++
			switch {
			case held == nothing && now.Sub(tried) < time.Second:
				rt.Errorf("%v after the last try without secrets", now.Sub(tried))
			case held != nothing && now.Sub(failed) < time.Minute:
				rt.Errorf("%v after a failure", now.Sub(failed))
			}
			tried = now
			switch down {
			case "down":
				failed = now
				return "", errStore
			case "short":
				failed = now
				return "short", nil
			default:
				held, good, failed = current, now, time.Time{}
				return hexSecret(current), nil
			}
		}}
		v := webhook.NewVerifier(sources[0], store, func() time.Time { return now }, slog.New(slog.DiscardHandler))
		var asked time.Time // the last fetch for a bad signature
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0:
				now = now.Add(rapid.SampledFrom([]time.Duration{1, time.Second, 30 * time.Second, time.Minute, 5*time.Minute - 1, 5 * time.Minute}).Draw(rt, "wait"))
			case 1:
				current = rapid.Uint64Range(1, 3).Draw(rt, "secret")
			case 2:
				down = rapid.SampledFrom([]string{"", "", "down", "short"}).Draw(rt, "store")
			case 3:
				seed := rapid.Uint64Range(1, 3).Draw(rt, "signed with")
				before, fresh, was := fetches, now.Sub(good) < 5*time.Minute, held
				_, err := v.Verify(t.Context(), signed(seed), []byte("{}"))
				fetched := fetches > before
				if fetches > before+1 {
					rt.Errorf("%d fetches for one request", fetches-before)
				}
				if fetched && fresh {
					if was == seed {
						rt.Error("a good request fetched")
					}
					if now.Sub(asked) < time.Minute {
						rt.Errorf("a bad signature fetched %v after another", now.Sub(asked))
					}
					asked = now
				}
				switch {
				case err == nil && held != seed:
					rt.Errorf("accepted with secret %d, held is %d", seed, held)
				case err == nil:
					accepted++
				case errors.Is(err, webhook.ErrUnavailable) && held != nothing:
					rt.Error("secrets are held, but they are not available")
				case errors.Is(err, webhook.ErrUnavailable):
					unavailable++
				case !errors.Is(err, webhook.ErrBadSignature) || held == seed:
					rt.Errorf("signed with the secret that is held: %v", err)
				case current == seed && down == "" && now.Sub(tried) >= time.Minute:
					rt.Error("refused, although one fetch would have been enough and was due")
				default:
					refused++
				}
			}
		}
	})
	if accepted == 0 || refused == 0 || unavailable == 0 {
		t.Errorf("%d accepted, %d refused, %d neither: a side was never tried", accepted, refused, unavailable)
	}
}
