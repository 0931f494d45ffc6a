package secret

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"callback-completer/internal/awscall"
	"callback-completer/internal/webhook"
)

const current = "AWSCURRENT"

func (s *Store) secretValue(ctx context.Context, r webhook.Reference) (string, error) {
	stage := cmp.Or(r.Stage, current)
	out, err := s.getSecretValue(ctx, r, stage)
	if err != nil {
		return "", s.missing(ctx, r, stage, err)
	}
	switch {
	case out.SecretString != nil:
		return *out.SecretString, nil
	case out.SecretBinary != nil:
		return "", errors.New("the secret is binary; store it as a text (SecretString)")
	default:
		return "", errors.New("the answer holds no secret")
	}
}

func (s *Store) getSecretValue(ctx context.Context, r webhook.Reference, stage string) (*secretsmanager.GetSecretValueOutput, error) {
	return s.secrets().GetSecretValue(ctx,
		&secretsmanager.GetSecretValueInput{SecretId: aws.String(r.ARN), VersionStage: aws.String(stage)},
		func(o *secretsmanager.Options) { o.Region = cmp.Or(r.Region, o.Region) })
}

// missing says whether the secret or only its version is not there. The service has one error for both, and tells them apart
// in prose; whether there is a current version says it as well.
func (s *Store) missing(ctx context.Context, r webhook.Reference, stage string, err error) error {
	var notFound *types.ResourceNotFoundException
	if stage == current || !errors.As(err, &notFound) {
		return awscall.Describe(err)
	}
	if _, err = s.getSecretValue(ctx, r, current); err != nil {
		return awscall.Describe(err)
	}
	return fmt.Errorf("%s: %w", stage, webhook.ErrNoVersion)
}
