package load_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"callback-completer/bench/load"
)

func TestABatchHasItsMessages(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1 << 10, 100 << 10, 256 << 10} {
		b, err := load.SQS(3, size)
		if err != nil {
			t.Fatal(err)
		}
		for _, first := range []int{0, 7, 9_999_999_998} {
			payload, err := b.Next(first)
			if err != nil {
				t.Fatal(err)
			}
			var in struct{ Records []struct{ Body string } }
			if err := json.Unmarshal(payload, &in); err != nil || len(in.Records) != 3 {
				t.Fatalf("%d records, %v", len(in.Records), err)
			}
			for i, r := range in.Records[:2] {
				var m struct {
					TaskToken string
					Output    json.RawMessage
				}
				if err := json.Unmarshal([]byte(r.Body), &m); err != nil {
					t.Fatal(err)
				}
				if n, ok := load.Number([]byte(m.TaskToken)); !ok || n != first+i || len(m.TaskToken) != 600 || len(m.Output) != size {
					t.Errorf("message %d of %d: number %d %t, token of %d bytes, output of %d, want %d", i, first, n, ok, len(m.TaskToken), len(m.Output), size)
				}
			}
		}
	}
}

func TestWhatIsGivenBackIsCounted(t *testing.T) {
	t.Parallel()
	b, err := load.SQS(1, 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	w, err := load.NewWebhook(1<<10, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		event interface {
			Left(answer []byte) (int, error)
		}
		answer string
		want   int
	}{
		{b, `{"batchItemFailures":[]}`, 0},
		{b, `{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b"}]}`, 2},
		{w, `{"statusCode":200}`, 0},
		{w, `{"statusCode":401}`, 1},
	}
	for _, tt := range tests {
		if got, err := tt.event.Left([]byte(tt.answer)); err != nil || got != tt.want {
			t.Errorf("%s: %d, %v; want %d", tt.answer, got, err, tt.want)
		}
		if _, err := tt.event.Left([]byte("{")); err == nil {
			t.Error("half an answer is read")
		}
	}
}

func TestAnEventHasItsToken(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile(filepath.Join("..", "..", "events", "eventbridge-batch-job-failed.json"))
	if err != nil {
		t.Fatal(err)
	}
	j, err := load.EventBridge(sample)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := j.Next(42)
	if n, ok := load.Number(payload); err != nil || !ok || n != 42 || !json.Valid(payload) {
		t.Errorf("%d %t %v", n, ok, err)
	}
	if _, err := load.EventBridge(bytes.ReplaceAll(sample, []byte("AAAA"), []byte("BBBB"))); err == nil {
		t.Error("a sample without its token is taken")
	}
}
