package sfn_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"callback-completer/internal/callback"
	"callback-completer/internal/race"
	"callback-completer/internal/sfn"
)

// instant answers without a network.
type instant struct{}

func (instant) RoundTrip(r *http.Request) (*http.Response, error) {
	_, err := io.Copy(io.Discard, r.Body)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte("{}")))}, err
}

func (i instant) Do(r *http.Request) (*http.Response, error) { return i.RoundTrip(r) }

func benchConfig() aws.Config {
	return aws.Config{
		Region: "eu-west-1", HTTPClient: instant{},
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("AKID", "SECRET", strings.Repeat("S", 800))),
	}
}

// BenchmarkComplete is what a call takes besides the network: the SDK's stack and the watch over it.
func BenchmarkComplete(b *testing.B) {
	for name, size := range map[string]int{"1KB": 1 << 10, "100KB": 100 << 10} {
		b.Run(name, func(b *testing.B) {
			c := sfn.New(benchConfig(), sfn.Options{})
			call := success(b, `"`+strings.Repeat("x", size-2)+`"`)
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Complete(b.Context(), call); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStack is what each change to the SDK's stack gives, without the watch over it. The output is an object of numbers.
func BenchmarkStack(b *testing.B) {
	token := strings.Repeat("A", 600)
	for _, size := range []int{1 << 10, 100 << 10} {
		output := `{` + strings.Repeat(`"item":12,`, size/10) + `"end":1}`
		for _, bm := range []struct {
			name    string
			changes sfn.Changes
		}{
			{"SDK", sfn.Changes{}},
			{"shorter", sfn.Changes{Trim: true}},
			{"serializer", sfn.Changes{Serialize: true}},
			{"deserializer", sfn.Changes{Deserialize: true}},
			{"transport", sfn.Changes{Transport: true}},
			{"all", sfn.Changes{Trim: true, Serialize: true, Deserialize: true, Transport: true}},
		} {
			b.Run(fmt.Sprintf("%dKB/%s", size>>10, bm.name), func(b *testing.B) {
				call := sfn.Stack(benchConfig(), instant{}, bm.changes)
				b.ReportAllocs()
				for b.Loop() {
					if err := call(b.Context(), token, output); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestAllocations pins how often a call takes memory, nearly all of it in the SDK, whatever the size of the output.
func TestAllocations(t *testing.T) { //nolint:paralleltest // allocations of others would count
	if race.Enabled {
		t.Skip("the race detector allocates too")
	}
	for _, size := range []int{1 << 10, 100 << 10} {
		c := sfn.New(benchConfig(), sfn.Options{})
		call := success(t, `"`+strings.Repeat("x", size-2)+`"`)
		got := testing.AllocsPerRun(100, func() {
			if err := c.Complete(t.Context(), call); err != nil {
				t.Fatal(err)
			}
		})
		if most := 300.0; got > most {
			t.Errorf("%d bytes: %v allocations, at most %v were agreed on", size, got, most)
		}
	}
}

func success(tb testing.TB, output string) callback.Callback {
	tb.Helper()
	c, err := callback.Parse([]byte(`{"taskToken": "` + strings.Repeat("A", 600) + `", "output": ` + output + `}`))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}
