package login_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/login"
)

// errStore is what a store says that cannot be reached.
var errStore = errors.New("dial tcp: connection refused")

// endless is a good header for a day.
func endless(id string) string {
	return strings.NewReplacer("1795867320", "1795953600", keyID, id).Replace(goodHeader)
}

// unavailable reports whether it cannot be told for the moment who somebody is.
func unavailable(ok bool, err error) bool {
	var refusal login.Refusal
	return !ok && err != nil && !errors.As(err, &refusal)
}

// TestAKeyIsFetchedOnceAnHour and used on where it cannot be fetched anew.
func TestAKeyIsFetchedOnceAnHour(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	headers := with(sign(t, h.key, endless(keyID), `{"sub":"`+canary+`"}`))
	keys := h.store.keys
	check := func(after time.Duration, fetches int, want error) {
		t.Helper()
		h.now = noon.Add(after)
		_, _, err := h.Verify(t.Context(), headers)
		if !errors.Is(err, want) || h.store.fetches() != fetches {
			t.Errorf("after %v: %v with %d fetches, want %v with %d", after, err, h.store.fetches(), want, fetches)
		}
	}
	check(0, 1, nil)
	check(time.Hour-time.Second, 1, nil)
	check(time.Hour, 2, nil)
	h.store.becomes(nil, errStore)
	check(2*time.Hour-time.Second, 2, nil)
	check(2*time.Hour, 3, nil)
	check(2*time.Hour+59*time.Second, 3, nil)
	check(2*time.Hour+time.Minute, 4, nil)
	if !strings.Contains(h.log.String(), "not renewed") || !strings.Contains(h.log.String(), errStore.Error()) {
		t.Errorf("the log does not say that an old key is used: %s", h.log)
	}
	h.store.becomes(keys, nil)
	check(2*time.Hour+2*time.Minute, 5, nil)
	h.store.becomes(nil, nil) // withdrawn
	check(3*time.Hour+2*time.Minute, 6, login.ErrUnknownKey)
	check(3*time.Hour+3*time.Minute-time.Second, 6, login.ErrUnknownKey)
	h.store.becomes(keys, nil)
	check(3*time.Hour+3*time.Minute, 7, nil)
	h.quiet(t)
}

// TestAKeyThatCannotBeFetched is asked for again soon: until then nobody can log in.
func TestAKeyThatCannotBeFetched(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	keys := h.store.keys
	h.store.becomes(nil, errStore)
	headers := with(sign(t, h.key, endless(keyID), goodClaims))
	for _, step := range []struct {
		after   time.Duration
		fetches int
	}{{0, 1}, {time.Second, 1}, {5 * time.Second, 2}} {
		h.now = noon.Add(step.after)
		if _, ok, err := h.Verify(t.Context(), headers); !unavailable(ok, err) || !errors.Is(err, errStore) || h.store.fetches() != step.fetches {
			t.Errorf("after %v: %v, %v, %d fetches", step.after, ok, err, h.store.fetches())
		}
	}
	h.store.becomes(keys, nil)
	h.now = noon.Add(10 * time.Second)
	if _, ok, err := h.Verify(t.Context(), headers); !ok {
		t.Error(err)
	}
	h.quiet(t)
}

// TestAStormOfUnknownKeys costs ten calls a minute, and those who have logged in before nothing.
func TestAStormOfUnknownKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := with(sign(t, h.key, endless(keyID), `{"sub":"`+canary+`"}`))
	if _, ok, err := h.Verify(t.Context(), good); !ok {
		t.Fatal(err)
	}
	storm := func(minute int) (refused, unable int) {
		for i := range 1000 {
			id := fmt.Sprintf("%08d-0000-0000-0000-%012d", minute, i)
			_, ok, err := h.Verify(t.Context(), with(sign(t, h.key, endless(id), goodClaims)))
			switch {
			case unavailable(ok, err):
				unable++
			case errors.Is(err, login.ErrUnknownKey):
				refused++
			default:
				t.Fatalf("%v, %v", ok, err)
			}
		}
		return refused, unable
	}
	if refused, unable := storm(0); refused != 9 || unable != 991 || h.store.fetches() != 10 {
		t.Errorf("%d refused, %d not told, %d fetches", refused, unable, h.store.fetches())
	}
	for minute := 1; minute <= 5; minute++ {
		h.now = noon.Add(time.Duration(minute) * time.Minute)
		if refused, _ := storm(minute); refused != 10 || h.store.fetches() != 10*(minute+1) {
			t.Errorf("minute %d: %d refused, %d fetches", minute, refused, h.store.fetches())
		}
	}
	if _, ok, err := h.Verify(t.Context(), good); !ok || h.store.fetches() != 60 {
		t.Errorf("%v after %d fetches: %v", ok, h.store.fetches(), err)
	}
	h.quiet(t)
}

// TestOneIDIsAskedForOnceAMinute, whatever else is asked for.
func TestOneIDIsAskedForOnceAMinute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	headers := with(sign(t, h.key, endless("00000000-0000-0000-0000-000000000000"), goodClaims))
	for second := range 180 {
		h.now = noon.Add(time.Duration(second) * time.Second)
		if _, _, err := h.Verify(t.Context(), headers); !errors.Is(err, login.ErrUnknownKey) {
			t.Fatal(err)
		}
	}
	if n := h.store.fetches(); n != 3 {
		t.Errorf("%d fetches in three minutes", n)
	}
}

// TestManyAtOnce share one fetch, and none waits longer than he may.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		headers := with(sign(t, h.key, endless(keyID), goodClaims))
		h.store.hangs = true
		began := time.Now()
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i+1)*time.Minute)
				defer cancel()
				if i == 7 {
					cancel()
				}
				if _, ok, err := h.Verify(ctx, headers); !unavailable(ok, err) {
					t.Errorf("%v, %v", ok, err)
				}
			})
		}
		all.Wait()
		if n, took := h.store.fetches(), time.Since(began); n != 1 || took > 2*time.Second {
			t.Errorf("%d fetches in %v", n, took)
		}
	})
}
