// Package service builds what the functions have in common: mappings, Step Functions client and dead-letter queue
// around one [callback.Service], and the runner and recorder before it.
//
// It only wires. Clients are built once for each execution environment.
package service

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/functions/mappings"
	"callback-completer/internal/batch"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/deadletter"
	"callback-completer/internal/mapping"
	"callback-completer/internal/sfn"
	"callback-completer/internal/telemetry"
)

// memoryPercent is the share of the function's memory that Go may use; the rest is for what the limit does not count.
const memoryPercent = 85

// Service takes deliveries to their verdicts and tells what became of them.
type Service struct {
	runner   *batch.Runner
	recorder *telemetry.Recorder
	trigger  string
}

// Engine compiles the user's mapping and those that ship with the functions. The error names every one that does not
// compile.
func Engine(settings config.Common) (*mapping.Engine, error) {
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
	return engine.WithTokenNames(mapping.TokenNames{Environment: settings.TokenEnvironment, Parameter: settings.TokenParameter}), nil
}

// New builds a service for a trigger on an AWS configuration. Metrics go to out.
//
// It tells the Go runtime how much memory Lambda gives: near that the collector works harder, so that a batch of large
// payloads is slow and not killed.
func New(trigger string, mapper callback.Mapper, settings config.Common, concurrency int, cfg aws.Config, log *slog.Logger, out io.Writer) *Service {
	if settings.MemoryMB > 0 {
		debug.SetMemoryLimit(int64(settings.MemoryMB) << 20 / 100 * memoryPercent)
	}
	return &Service{
		trigger: trigger,
		runner: &batch.Runner{
			Processor: &callback.Service{
				Mapper:      mapper,
				Completer:   sfn.New(cfg, sfn.Options{Concurrency: concurrency}),
				DeadLetters: deadletter.New(cfg, settings.DeadLetterQueueURL),
				Ledger:      callback.NewMemoryLedger(),
				Now:         time.Now,
				Log:         log,
			},
			Concurrency: concurrency, Margin: settings.DeadlineMargin, Now: time.Now, Log: log,
		},
		recorder: &telemetry.Recorder{
			Log:     log,
			Metrics: &telemetry.Metrics{W: out, Namespace: settings.MetricsNamespace, Now: time.Now},
		},
	}
}

// Run takes the deliveries of one invocation to their verdicts and records them. See [batch.Runner.Run].
func (s *Service) Run(ctx context.Context, deliveries []callback.Delivery) []callback.Report {
	reports := s.runner.Run(ctx, deliveries)
	s.recorder.Batch(ctx, s.trigger, deliveries, reports)
	return reports
}
