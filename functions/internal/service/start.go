package service

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"callback-completer/internal/config"
)

// Load reads a function's settings with load, and the AWS configuration of its execution environment.
func Load[T any](ctx context.Context, load func(config.Lookup) (T, error), lookup config.Lookup) (T, aws.Config, error) {
	settings, err := load(lookup)
	if err != nil {
		return settings, aws.Config{}, fmt.Errorf("settings: %w", err)
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return settings, cfg, fmt.Errorf("load the AWS configuration: %w", err)
	}
	return settings, cfg, nil
}
