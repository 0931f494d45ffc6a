package secret_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/local"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/secrets"
	"callback-completer/internal/secret"
	"callback-completer/internal/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	canary  = "CANARY-mC6vS0aYk1xWq9T"
	account = "123456789012"
)

// bench is a store before the stand-in's two services, behind the real SDK and without a socket.
type bench struct {
	store   *secret.Store
	secrets *secrets.Service
	faults  *fault.Injector
	cfg     aws.Config

	mu    sync.Mutex
	calls []string // operation, region and service of the signature, stage
}

func newBench() *bench {
	b := &bench{faults: fault.New(1)}
	stack := local.New(local.Options{Region: "eu-west-1", Account: account, Faults: b.faults})
	b.secrets = stack.Secrets
	b.answerWith(stack.API)
	return b
}

// answerWith puts a handler in the place of the services.
func (b *bench) answerWith(h http.Handler) {
	b.cfg = aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://127.0.0.1"), HTTPClient: local.Direct{Handler: b.listen(h)},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
		RetryMaxAttempts: 7, // somebody's AWS_MAX_ATTEMPTS
	}
	b.store = secret.New(b.cfg)
}

func (b *bench) listen(h http.Handler) http.Handler {
	scope := regexp.MustCompile(`Credential=AKID/\d+/([^/]+/[^/]+)/`)
	stage := regexp.MustCompile(`"VersionStage":"(\w+)"|"WithDecryption":(true)`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		call := []string{operation, scope.FindStringSubmatch(r.Header.Get("Authorization"))[1]}
		call = append(call, stage.FindStringSubmatch(string(body))[1:]...)
		b.mu.Lock()
		b.calls = append(b.calls, strings.TrimSpace(strings.Join(call, " ")))
		b.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

// seen returns the calls since it was last called.
func (b *bench) seen() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	calls := b.calls
	b.calls = nil
	return calls
}

func (b *bench) wantCalls(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, b.seen()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// put stores values one after the other and returns the secret's ARN.
func (b *bench) put(t *testing.T, name string, values ...string) string {
	t.Helper()
	var arn string
	for _, value := range values {
		var err error
		if arn, err = b.secrets.PutSecret(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return arn
}

func (b *bench) putParameter(t *testing.T, name string, kind secrets.Kind, value string) string {
	t.Helper()
	arn, err := b.secrets.PutParameter(name, kind, value)
	if err != nil {
		t.Fatal(err)
	}
	return arn
}

func reference(t *testing.T, text string) webhook.Reference {
	t.Helper()
	r, err := webhook.ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantRefused checks that fetching fails with the text, and is ErrNoVersion if the text says so.
func (b *bench) wantRefused(t *testing.T, r webhook.Reference, want string) {
	t.Helper()
	got, err := b.store.Fetch(t.Context(), r)
	if got != "" || err == nil || err.Error() != want {
		t.Errorf("%s: %q, %v\nwant %s", r, got, err, want)
	}
	if noVersion := strings.HasSuffix(want, ": there is no version in this stage"); errors.Is(err, webhook.ErrNoVersion) != noVersion {
		t.Errorf("%v is ErrNoVersion: %t", err, !noVersion)
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	b := newBench()
	plain := b.put(t, "acme/plain", "one", "two", "three")
	object := b.put(t, "acme/object", `{"key":"old","other":1}`, `{"other": {}, "key": "n\u0065w"}`)
	bare := plain[:len(plain)-7]
	parameter := b.putParameter(t, "/acme/hook", secrets.SecureString, "hidden")
	for _, tt := range []struct{ reference, want, call string }{
		{plain, "three", "GetSecretValue eu-west-1/secretsmanager AWSCURRENT"},
		{plain + "::AWSCURRENT", "three", "GetSecretValue eu-west-1/secretsmanager AWSCURRENT"},
		{plain + "::AWSPREVIOUS", "two", "GetSecretValue eu-west-1/secretsmanager AWSPREVIOUS"},
		{bare, "three", "GetSecretValue eu-west-1/secretsmanager AWSCURRENT"},
		{object + ":key", "new", "GetSecretValue eu-west-1/secretsmanager AWSCURRENT"},
		{object + ":key:AWSPREVIOUS", "old", "GetSecretValue eu-west-1/secretsmanager AWSPREVIOUS"},
		{parameter, "hidden", "GetParameter eu-west-1/ssm  true"},
	} {
		got, err := b.store.Fetch(t.Context(), reference(t, tt.reference))
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.reference, got, err, tt.want)
		}
		b.wantCalls(t, tt.call)
	}
}

// TestTheRegionIsTheReferences: the function may run elsewhere.
func TestTheRegionIsTheReferences(t *testing.T) {
	t.Parallel()
	b := newBench()
	b.answerWith(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"SecretString":"one","Parameter":{"Type":"SecureString","Value":"two"}}`)
	}))
	for _, text := range []string{
		"arn:aws-us-gov:secretsmanager:us-gov-west-1:" + account + ":secret:a", "arn:aws-cn:ssm:cn-north-1:" + account + ":parameter/a",
		"arn:aws:secretsmanager:eu-west-1:" + account + ":secret:a",
	} {
		if got, err := b.store.Fetch(t.Context(), reference(t, text)); err != nil || got == "" {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	b.wantCalls(t, "GetSecretValue us-gov-west-1/secretsmanager AWSCURRENT", "GetParameter cn-north-1/ssm  true",
		"GetSecretValue eu-west-1/secretsmanager AWSCURRENT")
}

// TestSecretsAreNotLogged, not even where somebody asked the SDK to log all.
func TestSecretsAreNotLogged(t *testing.T) {
	t.Parallel()
	b := newBench()
	var lines []string
	b.cfg.Logger = logging.LoggerFunc(func(_ logging.Classification, format string, _ ...any) { lines = append(lines, format) })
	b.cfg.ClientLogMode = aws.LogResponseWithBody | aws.LogRequestWithBody | aws.LogSigning | aws.LogRetries
	b.store = secret.New(b.cfg)
	for _, arn := range []string{b.put(t, "acme", canary), b.putParameter(t, "/acme", secrets.SecureString, canary)} {
		if _, err := b.store.Fetch(t.Context(), reference(t, arn)); err != nil {
			t.Fatal(err)
		}
	}
	if len(lines) != 0 {
		t.Errorf("the SDK logs %q", lines)
	}
}

func TestConcurrentFetches(t *testing.T) {
	t.Parallel()
	b := newBench()
	arns := []string{b.put(t, "acme", canary), b.putParameter(t, "/acme", secrets.SecureString, canary)}
	var all sync.WaitGroup
	for _, arn := range slices.Repeat(arns, 8) {
		r := reference(t, arn)
		all.Go(func() {
			if got, err := b.store.Fetch(t.Context(), r); err != nil || got != canary {
				t.Errorf("%s: %q, %v", r, got, err)
			}
		})
	}
	all.Wait()
}

func TestUnknownService(t *testing.T) {
	t.Parallel()
	newBench().wantRefused(t, webhook.Reference{Service: "s3", ARN: "arn:aws:s3:::x"},
		"fetch arn:aws:s3:::x: secrets are in Secrets Manager or Parameter Store only")
}
