package secrets_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"
	"go.uber.org/goleak"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/secrets"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a service over loopback HTTP with the real SDK's clients for it.
type bench struct {
	*secrets.Service

	faults  *fault.Injector
	manager *secretsmanager.Client
	store   *ssm.Client
}

func newBench(t *testing.T) bench {
	t.Helper()
	b := bench{Service: secrets.New(secrets.Options{Region: "eu-west-1", Account: "123456789012"}), faults: fault.New(1)}
	api := awsjson.NewServer(b.faults)
	api.Register(secrets.SecretsManagerPrefix, b.SecretsManager())
	api.Register(secrets.ParameterStorePrefix, b.ParameterStore())
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	transport := server.Client()
	t.Cleanup(transport.CloseIdleConnections)
	cfg := aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), HTTPClient: transport,
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	}
	b.manager, b.store = secretsmanager.NewFromConfig(cfg), ssm.NewFromConfig(cfg)
	return b
}

// wantCode checks an answer's error. Without a code it wants none.
func wantCode(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	switch {
	case err == nil && code == "":
	case !errors.As(err, &api):
		t.Errorf("error %v, want %q", err, code)
	case api.ErrorCode() != code || api.ErrorMessage() != message:
		t.Errorf("error %q %q, want %q %q", api.ErrorCode(), api.ErrorMessage(), code, message)
	}
}

func TestFaultsStrikeByOperation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.faults.Add(fault.Rule{Operation: "GetSecretValue", Kind: fault.Throttle, Next: 1})
	b.faults.Add(fault.Rule{Operation: "GetParameter", Kind: fault.AccessDenied, Next: 1})
	_, err := b.manager.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("x")})
	wantCode(t, err, "ThrottlingException", "Rate exceeded")
	_, err = b.store.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("x")})
	wantCode(t, err, "AccessDeniedException", "injected fault")
}

// TestPutRefuses: what AWS would not keep, the stand-in does not keep either.
func TestPutRefuses(t *testing.T) {
	t.Parallel()
	s := secrets.New(secrets.Options{})
	for name, put := range map[string]func() (string, error){
		"secret without a name":           func() (string, error) { return s.PutSecret("", "x") },
		"secret with a blank":             func() (string, error) { return s.PutSecret("a b", "x") },
		"secret with a long name":         func() (string, error) { return s.PutSecret(long(513), "x") },
		"empty secret":                    func() (string, error) { return s.PutSecret("a", "") },
		"long secret":                     func() (string, error) { return s.PutSecret("a", long(65_537)) },
		"empty binary secret":             func() (string, error) { return s.PutBinarySecret("a", nil) },
		"long binary secret":              func() (string, error) { return s.PutBinarySecret("a", make([]byte, 65_537)) },
		"parameter without a name":        func() (string, error) { return s.PutParameter("", secrets.String, "x") },
		"parameter with a blank":          func() (string, error) { return s.PutParameter("a b", secrets.String, "x") },
		"parameter of Systems Manager":    func() (string, error) { return s.PutParameter("/SSM/a", secrets.String, "x") },
		"parameter with a partial path":   func() (string, error) { return s.PutParameter("a/b", secrets.String, "x") },
		"parameter of no type":            func() (string, error) { return s.PutParameter("a", "", "x") },
		"parameter of an unknown type":    func() (string, error) { return s.PutParameter("a", "Secret", "x") },
		"empty parameter":                 func() (string, error) { return s.PutParameter("a", secrets.String, "") },
		"parameter with a value too long": func() (string, error) { return s.PutParameter("a", secrets.String, long(8193)) },
	} {
		arn, err := put()
		var refused *awsjson.Error
		if !errors.As(err, &refused) || refused.Code != "ValidationException" || refused.Status >= http.StatusInternalServerError || arn != "" {
			t.Errorf("%s: %q, %v; want a ValidationException", name, arn, err)
		}
	}
}

func long(n int) string { return strings.Repeat("a", n) }
