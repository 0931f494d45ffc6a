package states_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"callback-completer/bench/contender/signed"
	"callback-completer/bench/load"
	"callback-completer/bench/states"
)

// open starts an endpoint and returns a client that trusts it.
func open(t *testing.T) (*states.Endpoint, *http.Client) {
	t.Helper()
	certificate, authority, err := states.Certificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	e, err := states.Start(t.Context(), certificate, load.WebhookSecret)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}, MaxIdleConnsPerHost: 32}
	t.Cleanup(transport.CloseIdleConnections)
	return e, &http.Client{Transport: transport}
}

// signer makes a hand-made client of the endpoint, which signs with a secret.
func signer(t *testing.T, e *states.Endpoint, client *http.Client, secret string) *signed.Client {
	t.Helper()
	environment := map[string]string{
		"AWS_ENDPOINT_URL_SFN": e.URL(), "AWS_REGION": load.Region,
		"AWS_ACCESS_KEY_ID": load.AccessKeyID, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": load.SessionToken,
	}
	c, err := signed.New(func(name string) string { return environment[name] }, 32)
	if err != nil {
		t.Fatal(err)
	}
	c.Transport = client.Transport
	return c
}

// message is what a contender finds in a batch of one.
func message(t *testing.T, b *load.Batch, number int) signed.Success {
	t.Helper()
	payload, err := b.Next(number)
	if err != nil {
		t.Fatal(err)
	}
	var in struct{ Records []struct{ Body string } }
	if err := json.Unmarshal(payload, &in); err != nil {
		t.Fatal(err)
	}
	var m struct {
		TaskToken string
		Output    json.RawMessage
	}
	if err := json.Unmarshal([]byte(in.Records[0].Body), &m); err != nil {
		t.Fatal(err)
	}
	return signed.Success{TaskToken: m.TaskToken, Output: string(m.Output)}
}

func TestEveryTaskCountsOnce(t *testing.T) {
	t.Parallel()
	e, client := open(t)
	b, err := load.SQS(1, 1024)
	if err != nil {
		t.Fatal(err)
	}
	c := signer(t, e, client, load.SecretAccessKey)
	e.Set(states.Behaviour{Strict: b.Check})
	e.Expect(100, 20)
	var wg sync.WaitGroup
	for number := 100; number < 120; number++ {
		in := message(t, b, number)
		wg.Go(func() {
			if err := c.SendTaskSuccess(t.Context(), in); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := c.SendTaskSuccess(t.Context(), message(t, b, 119)); err != nil { // again
		t.Error(err)
	}
	if err := c.SendTaskSuccess(t.Context(), message(t, b, 120)); err != nil { // not expected
		t.Error(err)
	}
	if err := e.Fault(); err != nil {
		t.Error(err)
	}
	got := e.Take()
	if got.Completed != 20 || got.Repeated != 2 || got.Calls != 22 || got.Throttled != 0 || got.Connections < 1 || got.Connections > 22 {
		t.Errorf("%+v", got)
	}
	if again := e.Take(); again != (states.Counts{}) {
		t.Errorf("after it was taken: %+v", again)
	}
}

func TestThrottling(t *testing.T) {
	t.Parallel()
	e, client := open(t)
	b, err := load.SQS(1, 1024)
	if err != nil {
		t.Fatal(err)
	}
	e.Set(states.Behaviour{Throttle: 1})
	e.Expect(0, 1)
	body := `{"taskToken":"` + message(t, b, 0).TaskToken + `","output":"{}"}`
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.URL(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "AWSStepFunctions.SendTaskSuccess")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusBadRequest || !bytes.Contains(answer, []byte("#ThrottlingException")) {
		t.Errorf("%s %s %v", response.Status, answer, err)
	}
	if got := e.Take(); got.Throttled != 1 || got.Completed != 0 || got.Calls != 1 {
		t.Errorf("%+v", got)
	}
}

func TestLatency(t *testing.T) {
	t.Parallel()
	e, client := open(t)
	b, err := load.SQS(1, 1024)
	if err != nil {
		t.Fatal(err)
	}
	c := signer(t, e, client, load.SecretAccessKey)
	e.Set(states.Behaviour{Latency: 30 * time.Millisecond})
	e.Expect(0, 1)
	started := time.Now()
	if err := c.SendTaskSuccess(t.Context(), message(t, b, 0)); err != nil {
		t.Fatal(err)
	}
	if elapsed := time.Since(started); elapsed < 30*time.Millisecond {
		t.Errorf("answered after %v", elapsed)
	}
}

// TestStrict: what a contender does wrong is noticed.
func TestStrict(t *testing.T) {
	t.Parallel()
	b, err := load.SQS(1, 1024)
	if err != nil {
		t.Fatal(err)
	}
	good := message(t, b, 0)
	tests := []struct {
		name   string
		secret string
		change func(*signed.Success)
		want   string
	}{
		{"nothing", load.SecretAccessKey, func(*signed.Success) {}, ""},
		{"another secret", "another", func(*signed.Success) {}, "signature"},
		{"another output", load.SecretAccessKey, func(s *signed.Success) { s.Output = strings.Replace(s.Output, "shipped", "lost", 1) }, "output"},
		{"no output", load.SecretAccessKey, func(s *signed.Success) { s.Output = "" }, "output"},
		{"a shorter token", load.SecretAccessKey, func(s *signed.Success) { s.TaskToken = s.TaskToken[:500] }, "token"},
		{"no token", load.SecretAccessKey, func(s *signed.Success) { s.TaskToken = "none" }, "token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, client := open(t)
			e.Set(states.Behaviour{Strict: b.Check})
			e.Expect(0, 1)
			in := good
			tt.change(&in)
			if err := signer(t, e, client, tt.secret).SendTaskSuccess(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			err := e.Fault()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestAnOperationThatNobodyNeeds(t *testing.T) {
	t.Parallel()
	e, client := open(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.URL(), strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "AWSStepFunctions.ListActivities")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusBadRequest || e.Fault() == nil {
		t.Errorf("%s, and no fault", response.Status)
	}
}

// TestClose: a client that waits for its answer sees the connection end.
func TestClose(t *testing.T) {
	t.Parallel()
	e, client := open(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.URL(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	response, err := client.Do(request)
	if err == nil {
		_ = response.Body.Close()
		t.Fatal("a closed endpoint answers")
	}
}
