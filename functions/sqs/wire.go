package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
)

func newHandler(ctx context.Context, lookup config.Lookup, log *slog.Logger) (*handler, error) {
	settings, cfg, err := service.Load(ctx, config.LoadSQS, lookup)
	if err != nil {
		return nil, err
	}
	return assemble(settings, cfg, log, os.Stdout)
}

// assemble builds the handler on an AWS configuration. Metrics go to out.
func assemble(settings config.SQS, cfg aws.Config, log *slog.Logger, out io.Writer) (*handler, error) {
	mapper, err := service.Mapper(settings.Common, settings.WebhookSources)
	if err != nil {
		return nil, err
	}
	return build(mapper, settings, cfg, log, out), nil
}

// build is assemble with mappings that are compiled already.
func build(mapper callback.Mapper, settings config.SQS, cfg aws.Config, log *slog.Logger, out io.Writer) *handler {
	return &handler{service: service.New(mapper, settings.Common, service.Options{Trigger: trigger, Concurrency: settings.Concurrency, Patient: true}, cfg, log, out)}
}
