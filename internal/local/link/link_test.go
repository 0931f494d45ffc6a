package link_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
	"callback-completer/internal/local"
	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/link"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/store/bolt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const pages = "http://127.0.0.1:1/approvals/"

// world is a stand-in with a desk for it.
type world struct {
	*testing.T

	stack  *local.Stack
	people *approval.Service // who answer
	desk   *link.Desk
}

func newWorld(t *testing.T) *world {
	t.Helper()
	file, err := bolt.Open(filepath.Join(t.TempDir(), "approvals.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	w := &world{T: t}
	w.stack, err = local.Start(local.Options{Own: func(s *local.Stack) map[string]map[string]awsjson.Operation {
		return map[string]map[string]awsjson.Operation{link.TargetPrefix: link.Operations(func(context.Context) (link.Place, error) {
			return link.Place{Pages: pages, Table: "approvals", Region: s.Region()}, nil
		}, s.StepFunctions.Waiting)}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.stack.Close)
	w.stack.DynamoDB.KeepApprovals("approvals", file)
	w.people = &approval.Service{Store: file, Completer: completer{w.stack.StepFunctions}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if w.desk, err = link.Open(t.Context(), w.stack.URL()+"/"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.desk.Close)
	return w
}

// completer completes in process.
type completer struct{ workflows *stepfunctions.Service }

func (c completer) Complete(_ context.Context, done callback.Callback) error {
	for _, w := range c.workflows.Waiting() {
		if token, err := callback.NewToken(w.Token); err == nil && token.Fingerprint() == done.Token.Fingerprint() {
			if done.Outcome == callback.Success {
				return c.workflows.SendTaskSuccess(w.Token, string(done.Output))
			}
			return c.workflows.SendTaskFailure(w.Token, done.Error, done.Cause)
		}
	}
	return errors.New("nobody waits")
}

// start starts an execution that waits for a message's answer.
func (w *world) start(machine, name string) (arn string) {
	w.Helper()
	if _, err := w.stack.SQS.CreateQueue("requests", nil); err != nil {
		w.Fatal(err)
	}
	created, err := w.stack.StepFunctions.CreateStateMachine(machine, `{"StartAt": "Wait", "States": {"Wait": {"Type": "Task", "End": true,
		"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
		"Parameters": {"QueueUrl": "`+w.stack.URL()+`/000000000000/requests", "MessageBody": {"taskToken.$": "$$.Task.Token"}}}}}`)
	if err != nil {
		w.Fatal(err)
	}
	before := len(w.stack.StepFunctions.Waiting())
	if arn, err = w.stack.StepFunctions.StartExecution(created, name, ""); err != nil {
		w.Fatal(err)
	}
	for len(w.stack.StepFunctions.Waiting()) == before {
		select {
		case <-time.After(time.Millisecond):
		case <-w.Context().Done():
			w.Fatal("it never waits")
		}
	}
	return arn
}

func (w *world) mint(r link.Request) link.Minted {
	w.Helper()
	if r.Expires == 0 {
		r.Expires = time.Hour
	}
	m, err := w.desk.Mint(w.Context(), &r)
	if err != nil {
		w.Fatal(err)
	}
	return m
}

func (w *world) show(ref string) link.Shown {
	w.Helper()
	s, err := w.desk.Show(w.Context(), ref)
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// TestALinkFromBeginningToEnd is minted for an order, answered by a person and shown, without what he wrote.
func TestALinkFromBeginningToEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn := w.start("orders", "A-1")
	asked := link.Request{
		Title: "Accept the order", Description: "It is large.", Fields: []approval.Field{{Label: "Amount", Value: "120"}},
		Approvers: []string{"bob@example.com"}, Requester: "carol@example.com", Comment: "required",
	}
	m := w.mint(asked)
	if m.Execution != arn || m.Before || time.Until(m.ExpiresAt).Round(time.Minute) != time.Hour || !strings.HasPrefix(m.Page, pages) {
		t.Errorf("minted %+v", m)
	}
	open := w.show(m.Page)
	if diff := cmp.Diff(&link.Content{
		Title: asked.Title, Description: asked.Description, Fields: asked.Fields, Requester: asked.Requester, Approvers: asked.Approvers,
		Decisions: []approval.Option{{Value: "approve"}, {Value: "reject", Rejects: true}}, Approvals: 1,
	}, open.Content); diff != "" || open.Stage != approval.StageOpen || open.Execution != arn || open.DeliveredAt.IsZero() || open.Answer != nil {
		t.Errorf("open: %+v (-want +got):\n%s", open, diff)
	}
	v := w.people.Decide(t.Context(), path.Base(m.Page), approval.Actor{}, url.Values{"decision": {"approve"}, "comment": {"a secret remark"}})
	if v.Outcome != approval.OutcomeAnswered {
		t.Fatalf("the answer is %s %v", v.Outcome, v.Problems)
	}
	e, err := w.stack.StepFunctions.Wait(t.Context(), arn)
	if err != nil || e.Status != stepfunctions.Succeeded || !strings.Contains(e.Output, `"decision":"approve"`) {
		t.Errorf("the execution is %s %s, %v", e.Status, e.Output, err)
	}
	answered := w.show(m.Page)
	if a := answered.Answer; a == nil || a.Decision != "approve" || a.By != "bob@example.com" || a.Verified || !a.Certain || answered.Stage != approval.StageAnswered {
		t.Errorf("answered: %+v %+v", answered, a)
	}
	text, err := json.Marshal(answered)
	if err != nil || strings.Contains(string(text), "remark") || strings.Contains(string(text), path.Base(m.Page)) {
		t.Errorf("a comment or the link is shown: %s, %v", text, err)
	}
	byID := w.show(string(m.ID))
	if byID.Content != nil || byID.Answer != nil || byID.Stage != approval.StageAnswered {
		t.Errorf("by its id: %+v", byID)
	}
	if all, err := w.desk.List(t.Context()); len(all) != 0 || err != nil {
		t.Errorf("open: %+v, %v", all, err)
	}
}

// TestMintAgain gives the link that there is, and changes nothing.
func TestMintAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start("orders", "A-1")
	first := w.mint(link.Request{Title: "First"})
	second := w.mint(link.Request{Title: "Second"})
	if first.Page != second.Page || !second.Before || !second.ExpiresAt.Equal(first.ExpiresAt) {
		t.Errorf("%+v, then %+v", first, second)
	}
	if s := w.show(second.Page); s.Content.Title != "First" {
		t.Errorf("it asks %q", s.Content.Title)
	}
}

// TestWhichExecution: one is meant, or none is asked for.
func TestWhichExecution(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	try := func(ref string) string {
		m, err := w.desk.Mint(t.Context(), &link.Request{Execution: ref, Expires: time.Minute})
		if err != nil {
			return err.Error()
		}
		return m.Execution
	}
	if got := try(""); got != "no execution waits for its task token" {
		t.Errorf("nothing waits: %s", got)
	}
	first := w.start("orders", "A-1")
	if got := try(""); got != first {
		t.Errorf("the only one: %s", got)
	}
	second, third := w.start("orders", "A-2"), w.start("parcels", "A-1")
	for ref, want := range map[string]string{
		"":     "several executions wait, --execution says which is meant; these wait:\n    " + first + "  sqs:sendMessage.waitForTaskToken since 2",
		"A-1":  `"A-1" is the name of several executions, use the ARN of one; these wait:` + "\n    " + first,
		"A-2":  second,
		third:  third,
		"none": `"none" does not wait for its task token; these wait:`,
	} {
		if got := try(ref); !strings.HasPrefix(got, want) || strings.Contains(got, "AAAAKgAAAAI") {
			t.Errorf("%q: %s", ref, got)
		}
	}
}

// TestMintForWhatHasJustStarted: an execution needs a moment to come to the state that waits.
func TestMintForWhatHasJustStarted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start("orders", "A-1")
	mint := func(ctx context.Context) (minted chan string, ended chan error) {
		minted, ended = make(chan string, 1), make(chan error, 1)
		go func() {
			m, err := w.desk.Mint(ctx, &link.Request{Execution: "A-2", Expires: time.Minute, Patience: time.Minute})
			minted <- m.Execution
			ended <- err
		}()
		return minted, ended
	}
	minted, ended := mint(t.Context())
	select {
	case err := <-ended:
		t.Fatalf("it does not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	impatient, cancel := context.WithCancel(t.Context())
	_, interrupted := mint(impatient)
	cancel()
	if err := <-interrupted; !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	second := w.start("orders", "A-2")
	if got, err := <-minted, <-ended; got != second || err != nil {
		t.Errorf("%s, %v, want %s", got, err, second)
	}
}

// TestMintByTheRules of the function.
func TestMintByTheRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start("orders", "A-1")
	var invalid *approval.RequestError
	_, err := w.desk.Mint(t.Context(), &link.Request{Title: strings.Repeat("x", 201), Comment: "perhaps", Expires: -time.Second})
	if !errors.As(err, &invalid) || len(invalid.Problems) != 3 {
		t.Errorf("the error is %v", err)
	}
	if all, err := w.desk.List(t.Context()); len(all) != 0 || err != nil {
		t.Errorf("kept: %+v, %v", all, err)
	}
}

// TestRevoke ends a request; its execution waits on.
func TestRevoke(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn := w.start("orders", "A-1")
	first := w.mint(link.Request{Execution: arn})
	for at := time.Now().UnixMilli(); time.Now().UnixMilli() == at; { // times are kept to the millisecond
		runtime.Gosched()
	}
	second := w.mint(link.Request{Execution: w.start("orders", "A-2")})
	all, err := w.desk.List(t.Context())
	if err != nil || len(all) != 2 || all[0].ID != first.ID || all[1].ID != second.ID || all[0].Execution != arn {
		t.Errorf("open: %+v, %v", all, err)
	}
	if id, err := w.desk.Revoke(t.Context(), string(first.ID)); id != first.ID || err != nil {
		t.Errorf("%s, %v", id, err)
	}
	if v := w.people.Show(t.Context(), path.Base(first.Page), approval.Actor{}); v.Status != http.StatusGone || v.Standing.Stage != approval.StageRevoked {
		t.Errorf("its page is %d %s", v.Status, v.Standing.Stage)
	}
	if e, err := w.stack.StepFunctions.DescribeExecution(arn); e.Status != stepfunctions.Running || err != nil {
		t.Errorf("the execution is %s, %v", e.Status, err)
	}
	for ref, want := range map[string]error{
		string(first.ID):                approval.ErrNotOpen,
		first.Page:                      approval.ErrNotOpen,
		strings.Repeat("0", 32):         approval.ErrNotFound,
		pages + strings.Repeat("A", 32): approval.ErrNotFound,
	} {
		if _, err := w.desk.Revoke(t.Context(), ref); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", ref, err, want)
		}
	}
	if _, err := w.desk.Revoke(t.Context(), second.Page); err != nil {
		t.Errorf("by its address: %v", err)
	}
}

func TestWhatIsNoRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for ref, want := range map[string]string{
		"x": "this is neither", "": "this is neither", strings.Repeat("g", 31): "this is neither",
		strings.Repeat("A", 800): "a sealed link, of which nothing is kept",
	} {
		if _, err := w.desk.Show(t.Context(), ref); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", ref, err)
		}
	}
	if _, err := w.desk.Show(t.Context(), pages+strings.Repeat("A", 32)); !errors.Is(err, approval.ErrNotFound) {
		t.Errorf("an unknown link: %v", err)
	}
}

func TestOpenElsewhere(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	stack, err := local.Start(local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer stack.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for endpoint, want := range map[string]error{other.URL: link.ErrNotServe, stack.URL(): link.ErrNotServe, gone.URL: link.ErrNobodyThere} {
		if _, err := link.Open(t.Context(), endpoint); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", endpoint, err, want)
		}
	}
	for _, endpoint := range []string{"", "127.0.0.1:6270", "https://127.0.0.1", "http://", "http://a b"} {
		if _, err := link.Open(t.Context(), endpoint); err == nil || !strings.Contains(err.Error(), "must be an address") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := link.Open(ctx, stack.URL()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
