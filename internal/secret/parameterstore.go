package secret

import (
	"cmp"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"callback-completer/internal/awscall"
	"callback-completer/internal/webhook"
)

func (s *Store) parameter(ctx context.Context, r webhook.Reference) (string, error) {
	out, err := s.parameters().GetParameter(ctx,
		&ssm.GetParameterInput{Name: aws.String(r.ARN), WithDecryption: aws.Bool(true)},
		func(o *ssm.Options) { o.Region = cmp.Or(r.Region, o.Region) })
	switch {
	case err != nil:
		return "", awscall.Describe(err)
	case out.Parameter == nil || out.Parameter.Value == nil:
		return "", errors.New("the answer holds no parameter")
	case out.Parameter.Type != types.ParameterTypeSecureString:
		return "", errors.New("the parameter is no SecureString, so it is kept without encryption; create it anew as one")
	default:
		return *out.Parameter.Value, nil
	}
}
