package notice_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/notice"
)

// TestTheClientsOwnTimeout says no more than ours.
func TestTheClientsOwnTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: reply{ends: hang}.ServeHTTP}
		client := s.slack()
		client.Timeout = time.Second
		slack, err := notice.NewSlack(client, canaryWebhook, notice.SlackOptions{})
		if err != nil {
			t.Fatal(err)
		}
		err = slack.Deliver(t.Context(), sample())
		if want := "post to the Slack webhook: no answer in time"; text(err) != want || len(s.sent()) != 3 {
			t.Errorf("%v after %d attempts, want %q", err, len(s.sent()), want)
		}
	})
}

// TestSlackIsGivenTime: as much as it asks for, or a second.
func TestSlackIsGivenTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		first reply
		want  time.Duration
	}{
		{wait("3"), 3 * time.Second},
		{wait("5"), 5 * time.Second},
		{wait("0"), time.Second},
		{slackAnswer(500, ""), time.Second},
		{reply{ends: hang}, 4 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &server{}
			s.answer = func(w http.ResponseWriter, r *http.Request) {
				if len(s.sent()) == 1 {
					tt.first.ServeHTTP(w, r)
					return
				}
				_, _ = io.WriteString(w, `{"ok": true}`)
			}
			began := time.Now()
			err := s.webhook(t, false).Deliver(t.Context(), sample())
			if took := time.Since(began); err != nil || took != tt.want {
				t.Errorf("%v after %v, want %v", err, took, tt.want)
			}
		})
	}
}

// TestTheCallersTimeInTheLastAttempt is told from an attempt that took too long.
func TestTheCallersTimeInTheLastAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: reply{ends: hang}.ServeHTTP}
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		err := s.webhook(t, false).Deliver(ctx, sample())
		if !errors.Is(err, context.DeadlineExceeded) || len(s.sent()) != 3 {
			t.Errorf("%v after %d attempts", err, len(s.sent()))
		}
	})
}
