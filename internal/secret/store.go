package secret

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"callback-completer/internal/awscall"
	"callback-completer/internal/webhook"
)

// A call has two attempts of two seconds each: the sender of a webhook waits, and there may be an older value to go by.
const (
	maxAttempts    = 2
	attemptTimeout = 2 * time.Second
)

// Store fetches secrets. It is safe for concurrent use.
type Store struct {
	// Built on first need: most deployments keep their secrets in one of the two services.
	secrets    func() *secretsmanager.Client
	parameters func() *ssm.Client
}

var _ webhook.Store = (*Store)(nil)

// New returns a store for the account of cfg. The region is the one in a reference's ARN.
func New(cfg aws.Config) *Store {
	cfg.ClientLogMode = 0 // whatever it is elsewhere, answers with secrets in them are not logged
	timeout := awscall.Timeout(attemptTimeout)
	return &Store{
		secrets: sync.OnceValue(func() *secretsmanager.Client {
			return secretsmanager.NewFromConfig(cfg, func(o *secretsmanager.Options) {
				o.Retryer, o.RetryMaxAttempts = awscall.Retryer(maxAttempts), 0
				o.APIOptions = append(o.APIOptions, timeout)
			})
		}),
		parameters: sync.OnceValue(func() *ssm.Client {
			return ssm.NewFromConfig(cfg, func(o *ssm.Options) {
				o.Retryer, o.RetryMaxAttempts = awscall.Retryer(maxAttempts), 0
				o.APIOptions = append(o.APIOptions, timeout)
			})
		}),
	}
}

// Fetch returns the text of the secret that r points to. It makes one call, and a second one where a secret has no version in
// r's stage; each takes at most about four seconds. The errors name the operation, the ARN and the service's code. They are
// [webhook.ErrNoVersion] where the secret is there but not in that stage.
func (s *Store) Fetch(ctx context.Context, r webhook.Reference) (string, error) {
	return s.fetch(ctx, r, text)
}

// Document returns what fetches a secret that is a JSON object by nature, such as the keyring of approvals. It is [Store.Fetch],
// but for that it gives the whole secret where r names no key.
func (s *Store) Document(r webhook.Reference) func(ctx context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		text, err := s.fetch(ctx, r, document)
		return []byte(text), err
	}
}

// fetch has pick take the secret from its value and the reference's key.
func (s *Store) fetch(ctx context.Context, r webhook.Reference, pick func(value, key string) (string, error)) (string, error) {
	switch r.Service {
	case webhook.SecretsManager:
		text, err := s.secretValue(ctx, r)
		if err == nil {
			text, err = pick(text, r.Key)
		}
		if err != nil {
			return "", fmt.Errorf("GetSecretValue of %s: %w", r.ARN, err)
		}
		return text, nil
	case webhook.ParameterStore:
		text, err := s.parameter(ctx, r)
		if err != nil {
			return "", fmt.Errorf("GetParameter of %s: %w", r.ARN, err)
		}
		return text, nil
	default:
		return "", fmt.Errorf("fetch %s: secrets are in Secrets Manager or Parameter Store only", r.ARN)
	}
}
