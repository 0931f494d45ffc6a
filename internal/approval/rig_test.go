package approval_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
	"callback-completer/internal/race"
)

func TestMain(m *testing.M) {
	race.Plays(25)
	goleak.VerifyTestMain(m)
}

const canaryToken = "CANARY-TOKEN-AAAA-0000000000000000000000000000"

// team is who is asked where several must approve. late and guest look at what others do.
const team = `,"approvers":["ann","bob","eve","late","guest"]`

// start is when the rigs' clocks begin.
func start() time.Time { return time.Date(2026, time.November, 23, 15, 4, 5, 0, time.UTC) }

// memory is a store that keeps records in a map, and fails where before says so.
type memory struct {
	// before is asked at the beginning of every operation: "create", "get", "update", "pending".
	before func(operation string) error
	// after is asked at the end of a create that was carried out.
	after func() error

	mu      sync.Mutex
	records map[approval.ID]approval.Record
	asked   []approval.ID
	updates int
}

var _ approval.Store = (*memory)(nil)

func (m *memory) enter(operation string) error {
	if m.before == nil {
		return nil
	}
	return m.before(operation)
}

func (m *memory) Create(_ context.Context, r approval.Record) error {
	if err := m.enter("create"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.records[r.ID]; there {
		return approval.ErrExists
	}
	r.Revision = 1
	m.put(r)
	if m.after != nil {
		return m.after()
	}
	return nil
}

func (m *memory) put(r approval.Record) {
	if m.records == nil {
		m.records = map[approval.ID]approval.Record{}
	}
	r.Request, r.Progress = bytes.Clone(r.Request), bytes.Clone(r.Progress)
	m.records[r.ID] = r
}

func (m *memory) Get(_ context.Context, id approval.ID) (approval.Record, error) {
	if err := m.enter("get"); err != nil {
		return approval.Record{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, id)
	r, there := m.records[id]
	if !there {
		return approval.Record{}, approval.ErrNotFound
	}
	return r, nil
}

func (m *memory) Update(_ context.Context, r approval.Record) (int64, error) {
	if err := m.enter("update"); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records[r.ID].Revision != r.Revision {
		return 0, approval.ErrConflict
	}
	r.Revision++
	m.updates++
	m.put(r)
	return r.Revision, nil
}

func (m *memory) Pending(_ context.Context, limit int) ([]approval.Record, error) {
	if err := m.enter("pending"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	open := slices.DeleteFunc(slices.Collect(maps.Values(m.records)), func(r approval.Record) bool { return r.State != approval.Open })
	slices.SortFunc(open, func(a, b approval.Record) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return open[:min(limit, len(open))], nil
}

// of returns the records of requests, or the pointers.
func (m *memory) of(pointers bool) []approval.Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Collect(maps.Values(m.records)), func(r approval.Record) bool {
		return (r.State == approval.Pointer) != pointers
	})
}

// only returns the record of the one request that there is.
func (m *memory) only(t *testing.T) approval.Record {
	t.Helper()
	all := m.of(false)
	if len(all) != 1 {
		t.Fatalf("%d records", len(all))
	}
	return all[0]
}

// tasks are the waiting states: each takes one answer.
type tasks struct {
	// before is asked before a call; its error is the call's end, and nothing is delivered.
	before func(c callback.Callback) error
	// after is asked when the task took the answer; its error is the call's end all the same.
	after func(c callback.Callback) error

	mu     sync.Mutex
	calls  int
	closed map[string]bool
	taken  map[string]callback.Callback
}

var errClosed = &callback.Error{Kind: callback.TaskClosed, Code: callback.CodeTaskTimedOut, Message: "closed"}

func (f *tasks) Complete(_ context.Context, c callback.Callback) error {
	if f.before != nil {
		if err := f.before(c); err != nil {
			f.mu.Lock()
			f.calls++
			f.mu.Unlock()
			return err
		}
	}
	if err := f.take(c); err != nil {
		return err
	}
	if f.after != nil {
		return f.after(c)
	}
	return nil
}

func (f *tasks) take(c callback.Callback) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	id := c.Token.Fingerprint()
	if f.closed[id] {
		return errClosed
	}
	if f.closed == nil {
		f.closed, f.taken = map[string]bool{}, map[string]callback.Callback{}
	}
	f.closed[id], f.taken[id] = true, c
	return nil
}

// expire closes a task without an answer, as its timeout does.
func (f *tasks) expire(token callback.Token) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed == nil {
		f.closed, f.taken = map[string]bool{}, map[string]callback.Callback{}
	}
	f.closed[token.Fingerprint()] = true
}

// rig is a service with all that it stands on.
type rig struct {
	*approval.Service

	store *memory
	tasks *tasks
	log   *locked
	mu    sync.Mutex
	time  time.Time
}

type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newRig() *rig {
	r := &rig{store: &memory{}, tasks: &tasks{}, log: &locked{}, time: start()}
	r.Service = &approval.Service{
		Store: r.store, Completer: r.tasks, Identities: true, Now: r.now, Log: slog.New(slog.NewJSONHandler(r.log, nil)),
	}
	return r
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.time
}

func (r *rig) wait(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.time = r.time.Add(d)
}

// asking returns a request of a title, a deadline in two hours, and more members.
func asking(t *testing.T, more string) approval.Request {
	t.Helper()
	text := `{"taskToken":"` + canaryToken + `","title":"Deploy version 7","expires":7200` + more + `}`
	r, err := approval.ParseRequest([]byte(text), start())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ask mints a request and returns its link as text.
func (r *rig) ask(t *testing.T, more string) string {
	t.Helper()
	m, err := r.Mint(t.Context(), asking(t, more))
	if err != nil {
		t.Fatal(err)
	}
	return m.Link.Expose()
}

// form returns a form of decision, comment and phrase, as many as there are.
func form(values ...string) url.Values {
	f := url.Values{}
	for i, name := range []string{approval.FormDecision, approval.FormComment, approval.FormPhrase}[:len(values)] {
		f.Set(name, values[i])
	}
	return f
}

func known(id string, aliases ...string) approval.Actor {
	return approval.Actor{ID: id, Aliases: aliases, Method: "jwt", Verified: true}
}

// taken returns what the task was told, nil if nothing.
func (r *rig) taken() map[string]any {
	r.tasks.mu.Lock()
	defer r.tasks.mu.Unlock()
	for _, c := range r.tasks.taken {
		text := string(c.Output)
		if c.Outcome == callback.Failure {
			text = c.Cause
		}
		var said map[string]any
		if json.Unmarshal([]byte(text), &said) != nil {
			return map[string]any{"unreadable": text}
		}
		if c.Outcome == callback.Failure {
			said["error"] = c.Error
		}
		return said
	}
	return nil
}

var allPages = sync.OnceValues(approval.NewPages)

// render returns the page of a view. html/template writes a plus sign as a reference, which says the same.
func render(t *testing.T, v approval.View, wanted approval.Locale) string {
	t.Helper()
	pages, err := allPages()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := pages.Render(&b, v, wanted); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(b.String(), "&#43;", "+")
}

var errBroken = errors.New("broken")

// id returns the ID of the one request that there is.
func (m *memory) id() approval.ID {
	for _, r := range m.of(false) {
		return r.ID
	}
	return ""
}
