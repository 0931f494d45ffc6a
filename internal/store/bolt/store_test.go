package bolt_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"callback-completer/internal/approval"
	"callback-completer/internal/store/bolt"
	"callback-completer/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, path string, now func() time.Time) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, now)
	return closing(t, s, err)
}

func closing(t *testing.T, s *bolt.Store, err error) *bolt.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) approval.Store {
		t.Helper()
		s, err := bolt.OpenUnsynced(filepath.Join(t.TempDir(), "approvals.db"), time.Now)
		return closing(t, s, err)
	})
}

// noon is when the tests below begin.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func record(id approval.ID) approval.Record {
	return approval.Record{
		ID: id, State: approval.Open, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour), PurgeAt: noon.Add(2 * time.Hour), Request: []byte("sealed"),
	}
}

func create(t *testing.T, s *bolt.Store, r approval.Record) {
	t.Helper()
	if err := s.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// TestTheFileStays: another process finds what the last one left.
func TestTheFileStays(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "approvals.db")
	s, err := bolt.Open(path, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	want := record("a")
	create(t, s, want)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, path, func() time.Time { return noon }).Get(t.Context(), "a")
	want.Revision = 1
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
}

func TestAFileThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	taken, text := filepath.Join(folder, "taken.db"), filepath.Join(folder, "text.db")
	open(t, taken, time.Now)
	if err := os.WriteFile(text, bytes.Repeat([]byte("no database\n"), 10_000), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		taken:                                 "another process has " + taken + " open",
		text:                                  "open the store of approvals " + text,
		filepath.Join(folder, "none", "a.db"): "no such file or directory",
		folder:                                "is a directory",
	} {
		if s, err := bolt.Open(path, time.Now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v, want %q", path, s, err, want)
		}
	}
}

func TestAfterClose(t *testing.T) {
	t.Parallel()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "approvals.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Errorf("close twice: %v", err)
	}
	if err := s.Create(t.Context(), record("a")); err == nil || errors.Is(err, approval.ErrExists) {
		t.Errorf("create: %v", err)
	}
	if _, err := s.Get(t.Context(), "a"); err == nil || errors.Is(err, approval.ErrNotFound) {
		t.Errorf("get: %v", err)
	}
}

// TestPurge: a record whose time is over is as good as none, and leaves the file when there is a new one.
func TestPurge(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "approvals.db")
	now := noon
	s, err := bolt.Open(path, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	short, long, endless := record("short"), record("long"), record("endless")
	long.PurgeAt, endless.PurgeAt = noon.Add(24*time.Hour), time.Time{}
	for _, r := range []approval.Record{short, long, endless} {
		create(t, s, r)
	}
	moved := short
	moved.Revision, moved.PurgeAt = 1, noon.Add(3*time.Hour)
	if _, err := s.Update(t.Context(), moved); err != nil {
		t.Fatal(err)
	}
	state := func() map[approval.ID]error {
		all := map[approval.ID]error{}
		for _, id := range []approval.ID{"short", "long", "endless"} {
			_, all[id] = s.Get(t.Context(), id)
		}
		return all
	}
	pending := func() []approval.ID {
		records, err := s.Pending(t.Context(), 9)
		if err != nil {
			t.Fatal(err)
		}
		var ids []approval.ID
		for _, r := range records {
			ids = append(ids, r.ID)
		}
		return ids
	}
	for _, tt := range []struct {
		after   time.Duration
		lost    []approval.ID
		pending []approval.ID
	}{
		{3*time.Hour - time.Millisecond, nil, []approval.ID{"endless", "long", "short"}},
		{3 * time.Hour, []approval.ID{"short"}, []approval.ID{"endless", "long"}},
		{24 * time.Hour, []approval.ID{"short", "long"}, []approval.ID{"endless"}},
	} {
		now = noon.Add(tt.after)
		want := map[approval.ID]error{"short": nil, "long": nil, "endless": nil}
		for _, id := range tt.lost {
			want[id] = approval.ErrNotFound
		}
		same := cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) && errors.Is(b, a) || a == nil && b == nil })
		if diff := cmp.Diff(want, state(), same); diff != "" {
			t.Errorf("after %v (-want +got):\n%s", tt.after, diff)
		}
		if diff := cmp.Diff(tt.pending, pending()); diff != "" {
			t.Errorf("pending after %v (-want +got):\n%s", tt.after, diff)
		}
	}
	moved.Revision = 2
	if _, err := s.Update(t.Context(), moved); !errors.Is(err, approval.ErrConflict) {
		t.Errorf("update: %v, want ErrConflict", err)
	}
	again := record("short")
	again.PurgeAt = now.Add(time.Hour)
	create(t, s, again)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"records": 2, "open": 2, "purge": 1}, count(t, path)); diff != "" {
		t.Errorf("what is in the file (-want +got):\n%s", diff)
	}
}

// count counts what is in the buckets.
func count(t *testing.T, path string) map[string]int {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	all := map[string]int{}
	if err := db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			all[string(name)] = b.Stats().KeyN
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestADamagedRecord is no answer to whether there is one, and is not quoted.
func TestADamagedRecord(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no JSON":           `{"CANARY`,
		"another type":      `{"Revision": "CANARY"}`,
		"another's record":  `{"ID": "CANARY", "Revision": 1}`,
		"nobody's, nothing": `{}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "approvals.db")
			s, err := bolt.Open(path, time.Now)
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
			damage(t, path, text)
			s = open(t, path, time.Now)
			_, getError := s.Get(t.Context(), "a")
			_, updateError := s.Update(t.Context(), record("a"))
			_, pendingError := s.Pending(t.Context(), 9)
			for call, err := range map[string]error{
				"create": s.Create(t.Context(), record("a")), "get": getError, "update": updateError, "pending": pendingError,
			} {
				if err == nil || !strings.HasSuffix(err.Error(), ": the file is damaged") {
					t.Errorf("%s: %v", call, err)
				}
			}
		})
	}
}

// damage writes a text in the place of the record "a", and lists it as open since 1970.
func damage(t *testing.T, path, text string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(tx.Bucket([]byte("records")).Put([]byte("a"), []byte(text)),
			tx.Bucket([]byte("open")).Put([]byte("\x80\x00\x00\x00\x00\x00\x00\x00a"), nil))
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
