package apigw_test

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/apigw"
)

var update = flag.Bool("update", false, "rewrite testdata/samples.golden.json")

// seen is what a handler sees of a request.
type seen struct {
	FrontDoor  string         `json:"frontDoor"`
	RequestID  string         `json:"requestId,omitempty"`
	SourceIP   string         `json:"sourceIp"`
	Scheme     string         `json:"scheme"`
	Stage      string         `json:"stage,omitempty"`
	Identity   apigw.Identity `json:"identity"`
	Method     string         `json:"method"`
	Path       string         `json:"path"`
	RawPath    string         `json:"rawPath,omitempty"`
	RawQuery   string         `json:"rawQuery,omitempty"`
	RequestURI string         `json:"requestURI"`
	Host       string         `json:"host"`
	RemoteAddr string         `json:"remoteAddr"`
	Proto      string         `json:"proto"`
	Header     http.Header    `json:"header"`
	Length     int64          `json:"contentLength"`
	Body       []byte         `json:"body,omitempty"` // base64 in the golden file
}

func see(t *testing.T, r *http.Request) seen {
	t.Helper()
	facts, ok := apigw.FromContext(r.Context())
	if !ok {
		t.Error("the request's context carries no facts")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return seen{
		FrontDoor: facts.FrontDoor.String(), RequestID: facts.RequestID, SourceIP: facts.SourceIP.String(),
		Scheme: facts.Scheme, Stage: facts.Stage, Identity: facts.Identity,
		Method: r.Method, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery, RequestURI: r.RequestURI,
		Host: r.Host, RemoteAddr: r.RemoteAddr, Proto: r.Proto, Header: r.Header, Length: r.ContentLength, Body: body,
	}
}

// sample is what becomes of a sample event.
type sample struct {
	Request  seen            `json:"request"`
	Response json.RawMessage `json:"response"`
}

// TestSampleEvents compares the request in every sample event, and one and the same response to it in the form of its
// front door, with the golden file.
func TestSampleEvents(t *testing.T) {
	t.Parallel()
	const golden = "testdata/samples.golden.json"
	files, err := filepath.Glob("../../events/http-*.json")
	if err != nil || len(files) < 14 {
		t.Fatalf("%d sample events, %v", len(files), err)
	}
	got := map[string]sample{}
	for _, file := range files {
		payload, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var s sample
		adapter := apigw.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.Request = see(t, r)
			w.Header()["Set-Cookie"] = []string{"a=1; Secure", "b=2; Secure"}
			w.Header()["Vary"] = []string{"Accept", "Cookie"}
			w.WriteHeader(http.StatusAccepted)
			_, _ = io.WriteString(w, "größer")
		}), apigw.Options{})
		if s.Response, err = adapter.Invoke(t.Context(), payload); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		got[filepath.Base(file)] = s
	}
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile(golden, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}
