//go:build conformance

package notice_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/approval"
	"callback-completer/internal/conformance/emulator"
	"callback-completer/internal/notice"
)

// TestMotoTakesIt sends a notice to moto, which knows the shape of each call.
func TestMotoTakesIt(t *testing.T) {
	t.Parallel()
	moto, err := emulator.Moto(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(moto.Close)
	prepare := func(r emulator.Request) string {
		t.Helper()
		answer, err := moto.Call(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return string(answer)
	}
	const form = "application/x-www-form-urlencoded"
	prepare(emulator.Request{Service: "sns", Method: http.MethodPost, Path: "/", ContentType: form, Body: []byte("Action=CreateTopic&Name=approvals")})
	prepare(emulator.Request{
		Service: "ses", Method: http.MethodPost, Path: "/v2/email/identities", Body: []byte(`{"EmailIdentity":"approvals@example.com"}`),
	})

	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg := (&server{}).config()
	cfg.Region, cfg.BaseEndpoint, cfg.HTTPClient = emulator.Region, aws.String(moto.URL), emulator.Client{HTTP: &http.Client{Transport: transport}}
	for name, to := range map[string]approval.Channel{
		"topic": must(notice.NewTopic(cfg, "arn:aws:sns:"+emulator.Region+":123456789012:approvals"))(t),
		"mail":  must(newMail(cfg, sender, []string{"ann@example.com"}))(t),
		"bus":   must(notice.NewBus(cfg, "default"))(t),
	} {
		if err := to.Deliver(t.Context(), sample()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	sent := prepare(emulator.Request{Method: http.MethodGet, Path: "/moto-api/data.json"})
	for _, want := range []string{"Deploy shop 4.2 to production", canaryLink} {
		if !strings.Contains(sent, want) {
			t.Errorf("moto does not hold %q", want)
		}
	}
}
