// Package signed is a client of Step Functions as a careful user would make one without the SDK: net/http with enough
// idle connections, Signature Version 4 by hand with its key derived once a day, encoding/json, and retries of what can
// be retried.
package signed

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	attempts = 8
	timeout  = 10 * time.Second
)

// Client calls Step Functions. It is safe for concurrent use.
type Client struct {
	Transport http.RoundTripper

	endpoint string
	host     string
	region   string
	id       string
	secret   string
	session  string

	mu  sync.Mutex
	day string
	key []byte
}

// New makes a client that keeps so many idle connections. It reads the environment that Lambda sets through lookup.
func New(lookup func(string) string, connections int) (*Client, error) {
	c := &Client{
		endpoint: lookup("AWS_ENDPOINT_URL_SFN"), region: lookup("AWS_REGION"),
		id: lookup("AWS_ACCESS_KEY_ID"), secret: lookup("AWS_SECRET_ACCESS_KEY"), session: lookup("AWS_SESSION_TOKEN"),
	}
	if c.endpoint == "" {
		c.endpoint = "https://states." + c.region + ".amazonaws.com"
	}
	u, err := url.Parse(c.endpoint)
	if err != nil {
		return nil, fmt.Errorf("read the endpoint: %w", err)
	}
	c.host, c.endpoint = u.Host, strings.TrimSuffix(c.endpoint, "/")+"/"
	c.Transport = &http.Transport{MaxIdleConns: connections, MaxIdleConnsPerHost: connections, TLSHandshakeTimeout: 5 * time.Second}
	return c, nil
}

// Success is the body of SendTaskSuccess.
type Success struct {
	TaskToken string `json:"taskToken"`
	Output    string `json:"output"`
}

// Failure is the body of SendTaskFailure.
type Failure struct {
	TaskToken string `json:"taskToken"`
	Error     string `json:"error"`
	Cause     string `json:"cause"`
}

// SendTaskSuccess completes a task with a JSON document.
func (c *Client) SendTaskSuccess(ctx context.Context, in Success) error {
	return c.call(ctx, "AWSStepFunctions.SendTaskSuccess", in)
}

// SendTaskFailure lets a task fail.
func (c *Client) SendTaskFailure(ctx context.Context, in Failure) error {
	return c.call(ctx, "AWSStepFunctions.SendTaskFailure", in)
}

func (c *Client) call(ctx context.Context, target string, in any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	for attempt := 1; ; attempt++ {
		again, err := c.send(ctx, target, body)
		if err == nil || !again || attempt == attempts {
			return err
		}
		pause := time.NewTimer(time.Duration(rand.Int64N(int64(min(50*time.Millisecond<<attempt, 500*time.Millisecond))))) //nolint:gosec // jitter
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return err
		}
	}
}

// send makes one attempt and tells whether another one may help.
func (c *Client) send(ctx context.Context, target string, body []byte) (again bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	c.sign(request.Header, target, body, time.Now().UTC())
	response, err := (&http.Client{Transport: c.Transport, Timeout: timeout}).Do(request)
	if err != nil {
		return true, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return true, err
	case response.StatusCode == http.StatusOK:
		return false, nil
	}
	return response.StatusCode >= 500 || bytes.Contains(answer, []byte("Throttling")), errors.New(response.Status + " " + string(answer))
}

// sign sets the headers of Signature Version 4.
func (c *Client) sign(h http.Header, target string, body []byte, now time.Time) {
	stamp := now.Format("20060102T150405Z")
	sum := sha256.Sum256(body)
	const signed = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
	canonical := sha256.Sum256([]byte("POST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:" + c.host + "\nx-amz-date:" + stamp +
		"\nx-amz-security-token:" + c.session + "\nx-amz-target:" + target + "\n\n" + signed + "\n" + hex.EncodeToString(sum[:])))
	scope := stamp[:8] + "/" + c.region + "/states/aws4_request"
	signature := mac(c.signingKey(stamp[:8]), "AWS4-HMAC-SHA256\n"+stamp+"\n"+scope+"\n"+hex.EncodeToString(canonical[:]))
	h.Set("Content-Type", "application/x-amz-json-1.0")
	h.Set("X-Amz-Date", stamp)
	h.Set("X-Amz-Security-Token", c.session)
	h.Set("X-Amz-Target", target)
	h.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+c.id+"/"+scope+", SignedHeaders="+signed+", Signature="+hex.EncodeToString(signature))
}

func (c *Client) signingKey(day string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if day != c.day {
		c.key = []byte("AWS4" + c.secret)
		for _, part := range []string{day, c.region, "states", "aws4_request"} {
			c.key = mac(c.key, part)
		}
		c.day = day
	}
	return c.key
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
