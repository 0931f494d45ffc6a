package dynamo_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/store/dynamo"
)

const id = approval.ID("00112233445566778899aabbccddeeff")

// record returns one whose every text is a canary.
func record() approval.Record {
	created := time.Date(2026, 11, 23, 12, 0, 0, 7e6, time.UTC)
	return approval.Record{
		ID: id, State: approval.Open, CreatedAt: created, ExpiresAt: created.Add(time.Hour), PurgeAt: created.Add(2 * time.Hour),
		Execution: "CANARY-execution", Request: []byte("CANARY-request"), Progress: []byte("CANARY-progress"),
	}
}

func (b bench) created(t *testing.T) approval.Record {
	t.Helper()
	r := record()
	if err := b.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Revision = 1
	return r
}

// wantRevision wants the record to be stored with that revision.
func (b bench) wantRevision(t *testing.T, want int64) {
	t.Helper()
	if r, err := b.Get(t.Context(), id); err != nil || r.Revision != want {
		t.Errorf("the stored revision is %d, %v, want %d", r.Revision, err, want)
	}
}

// calls are the store's, each as its only answer is whether it fails.
var calls = map[string]func(context.Context, *dynamo.Store) error{
	"store the record: PutItem": func(ctx context.Context, s *dynamo.Store) error {
		r := record()
		r.ID = "another"
		return s.Create(ctx, r)
	},
	"read the record: GetItem": func(ctx context.Context, s *dynamo.Store) error {
		_, err := s.Get(ctx, id)
		return err
	},
	"change the record: PutItem": func(ctx context.Context, s *dynamo.Store) error {
		r := record()
		r.Revision = 1
		_, err := s.Update(ctx, r)
		return err
	},
	"list the open records: Query": func(ctx context.Context, s *dynamo.Store) error {
		_, err := s.Pending(ctx, 9)
		return err
	},
}

// TestFaults makes the table fail in each way, once and for good.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule  fault.Rule
		retry bool // more attempts are made, and help where the fault struck less often
		want  string
	}{
		"throttled":     {fault.Rule{Kind: fault.Throttle}, true, "ThrottlingException"},
		"server error":  {fault.Rule{Kind: fault.ServerError}, true, "InternalFailure"},
		"load balancer": {fault.Rule{Kind: fault.HTMLError}, true, "HTTP status 503 without an error code"},
		"reset":         {fault.Rule{Kind: fault.Reset}, true, "the connection broke"},
		"hanging":       {fault.Rule{Kind: fault.Slow, Delay: time.Minute}, true, "no answer within 1.5s"},
		"access denied": {fault.Rule{Kind: fault.AccessDenied}, false, "AccessDeniedException"},
	} {
		for operation, call := range calls {
			t.Run(name+", "+operation, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, dynamo.New)
					b.created(t)
					began := time.Now()
					always := tt.rule
					always.Rate = 1
					b.faults.Add(always)
					err := call(t.Context(), b.Store)
					if want := operation + ": " + tt.want; err == nil || err.Error() != want {
						t.Errorf("%v, want %q", err, want)
					}
					for _, sentinel := range []error{approval.ErrNotFound, approval.ErrExists, approval.ErrConflict} {
						if errors.Is(err, sentinel) {
							t.Errorf("%v is %v", err, sentinel)
						}
					}
					if took := time.Since(began); took > 5*time.Second {
						t.Errorf("it took %v", took)
					}
					if !tt.retry {
						return
					}
					b = newBench(t, dynamo.New) // what hangs is carried out in the end
					b.created(t)
					twice := tt.rule
					twice.Next = 2
					b.faults.Add(twice)
					if err := call(t.Context(), b.Store); err != nil {
						t.Errorf("in the third attempt: %v", err)
					}
				})
			})
		}
	}
}

// lost are the ways in which the answer to a call that was carried out does not arrive.
var lost = map[string]fault.Rule{
	"reset":         {Kind: fault.Reset, Applied: true},
	"server error":  {Kind: fault.ServerError, Applied: true},
	"load balancer": {Kind: fault.HTMLError, Applied: true},
	"hanging":       {Kind: fault.Slow, Applied: true, Delay: time.Minute},
}

// TestLostAnswers: a write that was carried out in an attempt whose answer was lost has succeeded, once.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, rule := range lost {
		for _, answers := range []int{1, 2} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					b, rule := newBench(t, dynamo.New), rule
					rule.Next = answers
					b.faults.Add(rule)
					r := b.created(t)
					b.wantRevision(t, 1)
					b.faults.Add(rule)
					if revision, err := b.Update(t.Context(), r); revision != 2 || err != nil {
						t.Errorf("update: %d, %v, want 2", revision, err)
					}
					b.wantRevision(t, 2)
					if err := b.Create(t.Context(), r); !errors.Is(err, approval.ErrExists) {
						t.Errorf("create again: %v, want ErrExists", err)
					}
					if _, err := b.Update(t.Context(), r); !errors.Is(err, approval.ErrConflict) {
						t.Errorf("update of what was read before: %v, want ErrConflict", err)
					}
				})
			})
		}
	}
}

// TestNoAnswerAtAll: whether a write happened whose every answer was lost, the next call tells.
func TestNoAnswerAtAll(t *testing.T) {
	t.Parallel()
	for name, rule := range lost {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b, rule := newBench(t, dynamo.New), rule
				rule.Next = 3
				b.faults.Add(rule)
				err := b.Create(t.Context(), record())
				if err == nil || errors.Is(err, approval.ErrExists) {
					t.Errorf("create: %v, want an error that is not ErrExists", err)
				}
				if err := b.Create(t.Context(), record()); !errors.Is(err, approval.ErrExists) {
					t.Errorf("create again: %v, want ErrExists", err)
				}
				r := record()
				r.Revision = 1
				b.faults.Add(rule)
				_, err = b.Update(t.Context(), r)
				if err == nil || errors.Is(err, approval.ErrConflict) {
					t.Errorf("update: %v, want an error that is not ErrConflict", err)
				}
				if _, err := b.Update(t.Context(), r); !errors.Is(err, approval.ErrConflict) {
					t.Errorf("update again: %v, want ErrConflict", err)
				}
				b.wantRevision(t, 2)
			})
		})
	}
}

// TestSomebodyElsesRecord is not taken for one's own because an attempt got no answer, not even if it is the same.
func TestSomebodyElsesRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, dynamo.New)
		r := b.created(t)
		b.faults.Add(fault.Rule{Kind: fault.Reset, Next: 1})
		if err := b.Create(t.Context(), record()); !errors.Is(err, approval.ErrExists) {
			t.Errorf("create: %v, want ErrExists", err)
		}
		if _, err := b.Update(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		b.faults.Add(fault.Rule{Kind: fault.Reset, Next: 1})
		if _, err := b.Update(t.Context(), r); !errors.Is(err, approval.ErrConflict) {
			t.Errorf("update: %v, want ErrConflict", err)
		}
		b.wantRevision(t, 2)
	})
}

// TestOvertaken: somebody else changes the record between an attempt and the next. The write happened and is told as a
// conflict, after which the caller reads the record, and his own change in it.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, dynamo.Patient)
	r := b.created(t)
	cfg, first := b.cfg, true
	cfg.HTTPClient = clientFunc(func(request *http.Request) (*http.Response, error) {
		answer, err := b.cfg.HTTPClient.Do(request)
		if err != nil || !first {
			return answer, err
		}
		first = false
		other := r
		other.Revision = 2
		if _, err := dynamo.Patient(b.cfg, table).Update(t.Context(), other); err != nil {
			t.Errorf("the other's update: %v", err)
		}
		return nil, errors.Join(syscall.ECONNRESET, answer.Body.Close())
	})
	if _, err := dynamo.Patient(cfg, table).Update(t.Context(), r); !errors.Is(err, approval.ErrConflict) {
		t.Errorf("update: %v, want ErrConflict", err)
	}
	b.wantRevision(t, 3)
}

type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

// TestATableThatIsNotThere is no record that is not there.
func TestATableThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := dynamo.Patient(newBench(t, dynamo.Patient).cfg, "another")
	for operation, call := range calls {
		if err := call(t.Context(), s); err == nil || err.Error() != operation+": ResourceNotFoundException" {
			t.Errorf("%s: %v", operation, err)
		}
	}
}

// TestAnswersThatTellMore: whatever a service says beside its code stays behind.
func TestAnswersThatTellMore(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"an error":      `{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException","message":"CANARY"}`,
		"a broken text": `{"CANARY`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := dynamo.Patient(config(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(answer))
			})), table)
			for operation, call := range calls {
				err := call(t.Context(), s)
				if err == nil || !strings.HasPrefix(err.Error(), operation+": ") || strings.Contains(err.Error(), "CANARY") {
					t.Errorf("%s: %v", operation, err)
				}
			}
		})
	}
}
