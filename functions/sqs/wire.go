package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"callback-completer/functions/mappings"
	"callback-completer/internal/batch"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/deadletter"
	"callback-completer/internal/mapping"
	"callback-completer/internal/sfn"
	"callback-completer/internal/telemetry"
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
	programs, err := mappings.Shipped()
	if err != nil {
		return nil, err
	}
	if settings.Mapping != "" {
		programs = append([]mapping.Program{{Name: config.EnvMapping, Source: settings.Mapping}}, programs...)
	}
	engine, err := mapping.New(programs...)
	if err != nil {
		return nil, fmt.Errorf("mappings: %w", err)
	}
	service := &callback.Service{
		Mapper:      engine,
		Completer:   sfn.New(cfg, sfn.Options{Concurrency: settings.Concurrency}),
		DeadLetters: deadletter.New(cfg, settings.DeadLetterQueueURL),
		Ledger:      callback.NewMemoryLedger(),
		Now:         time.Now,
		Log:         log,
	}
	return &handler{
		runner: &batch.Runner{
			Processor: service, Concurrency: settings.Concurrency, Margin: settings.DeadlineMargin, Now: time.Now, Log: log,
		},
		recorder: &telemetry.Recorder{
			Log:     log,
			Metrics: &telemetry.Metrics{W: out, Namespace: settings.MetricsNamespace, Now: time.Now},
		},
	}, nil
}
