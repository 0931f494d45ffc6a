package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
)

func newHandler(ctx context.Context, lookup config.Lookup, log *slog.Logger) (*handler, error) {
	settings, err := config.LoadSQS(lookup)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	return assemble(settings, cfg, log, os.Stdout)
}

// assemble builds the handler on an AWS configuration. Metrics go to out.
func assemble(settings config.SQS, cfg aws.Config, log *slog.Logger, out io.Writer) (*handler, error) {
	engine, err := service.Engine(settings.Common)
	if err != nil {
		return nil, err
	}
	return build(engine, settings, cfg, log, out), nil
}

// build is assemble with mappings that are compiled already.
func build(mapper callback.Mapper, settings config.SQS, cfg aws.Config, log *slog.Logger, out io.Writer) *handler {
	return &handler{service: service.New(trigger, mapper, settings.Common, settings.Concurrency, cfg, log, out)}
}
