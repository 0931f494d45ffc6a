package service

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/config"
)

// Load reads a function's settings with load, and the AWS configuration of its execution environment. It also tells Go how many
// processors there are.
func Load[T any](ctx context.Context, load func(config.Lookup) (T, error), lookup config.Lookup) (T, aws.Config, error) {
	settings, err := load(lookup)
	if err != nil {
		return settings, aws.Config{}, fmt.Errorf("settings: %w", err)
	}
	useProcessors(lookup)
	cfg, err := loadAWS(ctx, os.Environ()) //nolint:forbidigo // the SDK reads the process's own as well, and no other
	return settings, cfg, err
}
