package sfn_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sfn"
	"pgregory.net/rapid"

	"callback-completer/internal/sfn"
)

// listener keeps the last request.
type listener struct {
	header http.Header
	body   []byte
}

func (l *listener) Do(r *http.Request) (resp *http.Response, err error) {
	l.header = r.Header.Clone()
	l.body, err = io.ReadAll(r.Body)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, err
}

// TestRequestsAreTheSDKs: what is written in its place says the same, whatever is in the strings.
func TestRequestsAreTheSDKs(t *testing.T) {
	t.Parallel()
	var theirs, ours listener
	cfg := benchConfig()
	cfg.HTTPClient = &theirs
	plain := sdk.NewFromConfig(cfg)
	cfg.HTTPClient = &ours
	ownWords := sdk.NewFromConfig(cfg, sfn.WithSerializer)
	special := []rune{'"', '\\', '/', 0, '\b', '\f', '\n', '\r', '\t', 0x1f, 0x7f, 0x80, '<', '&', 0x2028, 0xfffd, 0x1f600}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(
			rapid.StringOf(rapid.SampledFrom(special)), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		)
		token, other := aws.String("t"+text.Draw(r, "token")), rapid.Ptr(text, true).Draw(r, "other")
		var call func(c *sdk.Client) error
		switch rapid.IntRange(0, 2).Draw(r, "call") {
		case 0:
			call = func(c *sdk.Client) error {
				_, err := c.SendTaskSuccess(t.Context(), &sdk.SendTaskSuccessInput{TaskToken: token, Output: token})
				return err
			}
		case 1:
			call = func(c *sdk.Client) error {
				_, err := c.SendTaskFailure(t.Context(), &sdk.SendTaskFailureInput{TaskToken: token, Error: other, Cause: token})
				return err
			}
		default:
			call = func(c *sdk.Client) error {
				_, err := c.SendTaskHeartbeat(t.Context(), &sdk.SendTaskHeartbeatInput{TaskToken: token})
				return err
			}
		}
		if err := errors.Join(call(plain), call(ownWords)); err != nil {
			r.Fatal(err)
		}
		if !same(theirs.body, ours.body) {
			r.Errorf("the SDK writes %q, we write %q", theirs.body, ours.body)
		}
		for _, name := range []string{"Content-Type", "X-Amz-Target"} {
			if got, want := ours.header.Get(name), theirs.header.Get(name); got != want {
				r.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	})
}

// same tells whether two texts are the same JSON.
func same(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
