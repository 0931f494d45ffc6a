package demo

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestInvitation: a browser sends the form and finds the page there afterwards; the reader is told what came of it.
func TestInvitation(t *testing.T) {
	t.Parallel()
	for decision, want := range map[string]string{
		"approve": `The workflow went to Deploy and is SUCCEEDED: {"title":`, "reject": `The workflow went to Rejected and is SUCCEEDED: {"title":`,
	} {
		t.Run(decision, func(t *testing.T) {
			t.Parallel()
			out, page, ended := invitedToWait(t, time.Hour, nil)
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, page, strings.NewReader(
				url.Values{"decision": {decision}, "comment": {"because"}}.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := client.Do(r) // it follows the redirect
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(answer.Body)
			if answer.Body.Close() != nil || err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(text), "because") {
				t.Errorf("after the form the page is %d, %v:\n%s", answer.StatusCode, err, text)
			}
			if err := <-ended; err != nil || !strings.Contains(out.String(), want) {
				t.Errorf("%v after\n%s", err, out)
			}
		})
	}
}

// invitedToWait plays no scene, and is asked at once.
func invitedToWait(t *testing.T, wait time.Duration, enough <-chan struct{}) (out *printed, page string, ended <-chan error) {
	t.Helper()
	out = newPrinted()
	folder := functions(t)
	share(t)
	end := make(chan error, 1)
	go func() {
		end <- invite(t.Context(), Options{Functions: folder, Wait: wait, Enough: enough}, &screen{w: out})
	}()
	text := out.wait(t, " ends it before.\n")
	return out, find(t, text, `(?m)^    (http://127\.0\.0\.1:\d+/approvals/\S{32})$`), end
}

func TestInvitationThatTheReaderEnds(t *testing.T) {
	t.Parallel()
	enough := make(chan struct{})
	out, _, ended := invitedToWait(t, time.Hour, enough)
	if !strings.Contains(out.String(), "The page is here for an hour. Enter ends it before.\n") {
		t.Errorf("it says\n%s", out)
	}
	close(enough)
	if err := <-ended; err != nil || !strings.HasSuffix(out.String(), "\nNobody has decided. The workflow ends with this run, and the page with it.\n") {
		t.Errorf("%v after\n%s", err, out)
	}
}

func TestInvitationThatNobodyTakes(t *testing.T) {
	t.Parallel()
	out, _, ended := invitedToWait(t, 10*time.Millisecond, nil)
	if err := <-ended; err != nil || !strings.HasSuffix(out.String(), "\nNobody decided within 10ms. The workflow ends with this run, and the page with it.\n") {
		t.Errorf("%v after\n%s", err, out)
	}
}

// TestInvitationWithoutAReader shows a page that was there and says that it is gone.
func TestInvitationWithoutAReader(t *testing.T) {
	t.Parallel()
	out, folder := newPrinted(), functions(t)
	share(t)
	if err := invite(t.Context(), Options{Functions: folder}, &screen{w: out}); err != nil {
		t.Error(err)
	}
	find(t, out.String(), `(?m)^    (http://127\.0\.0\.1:\d+/approvals/\S{32})$`)
	if !strings.HasSuffix(out.String(), "so this run ends now, and the page with it.\nThis keeps one until somebody decides: go run ./cmd/callback local --open\n") {
		t.Errorf("it says\n%s", out)
	}
}

func TestInvitationWithABrokenFunction(t *testing.T) {
	t.Parallel()
	const broken = "testdata/exits-at-start/bootstrap"
	folder, out := otherFunctions(t, map[string]string{"sqs": broken, "eventbridge": broken, "http": broken, "approval": broken}), newPrinted()
	share(t)
	err := invite(t.Context(), Options{Functions: folder}, &screen{w: out})
	if err == nil || !strings.HasPrefix(err.Error(), "ask for a decision: ") {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(out.String(), "The end of the log of functions/approval") {
		t.Errorf("it shows no log:\n%s", out)
	}
}

func TestInvitationInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	out, folder := newPrinted(), functions(t)
	share(t)
	ended := make(chan error, 1)
	go func() { ended <- invite(ctx, Options{Functions: folder, Wait: time.Hour}, &screen{w: out}) }()
	out.wait(t, "Ctrl-C ends it before.\n")
	cancel()
	if err := <-ended; err != nil || !strings.HasSuffix(out.String(), "Nobody has decided. The workflow ends with this run, and the page with it.\n") {
		t.Errorf("%v after\n%s", err, out)
	}
}
