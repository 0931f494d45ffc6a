// Package service builds what the functions have in common: mappings, Step Functions client and dead-letter queue
// around one [callback.Service], and the runner and recorder before it.
//
// It only wires. Clients are built once for each execution environment.
package service

import (
	"context"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/batch"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/deadletter"
	"callback-completer/internal/queue"
	"callback-completer/internal/sfn"
	"callback-completer/internal/telemetry"
)

// memoryPercent is the share of the function's memory that Go may use; the rest is for what the limit does not count.
const memoryPercent = 85

// Service takes deliveries to their verdicts and tells what became of them.
type Service struct {
	runner    *batch.Runner
	completer callback.Completer
	recorder  *telemetry.Recorder
	trigger   string
}

// Options are what differs between the functions.
type Options struct {
	Trigger          string
	Concurrency      int    // callbacks under way at once
	Patient          bool   // what Step Functions throttles is tried again until the time is up; nobody waits for the answer
	CallbackQueueURL string // where callbacks of deferred deliveries wait for another try; empty: nowhere
}

// New builds a service on an AWS configuration. Metrics go to out.
//
// It tells the Go runtime how much memory Lambda gives: near that the collector works harder, so that a batch of large
// payloads is slow and not killed.
func New(mapper callback.Mapper, settings config.Common, o Options, cfg aws.Config, log *slog.Logger, out io.Writer) *Service {
	if settings.MemoryMB > 0 {
		debug.SetMemoryLimit(int64(settings.MemoryMB) << 20 / 100 * memoryPercent)
	}
	processor := &callback.Service{
		Mapper: mapper,
		Completer: sfn.New(cfg, sfn.Options{
			Concurrency: o.Concurrency, Rate: settings.SendTaskRate, Processors: settings.Processors(), Patient: o.Patient,
		}),
		DeadLetters: deadletter.New(cfg, settings.DeadLetterQueueURL),
		Ledger:      callback.NewMemoryLedger(),
		Now:         time.Now,
		Log:         log,
	}
	if o.CallbackQueueURL != "" {
		processor.Queue = queue.New(cfg, o.CallbackQueueURL)
	}
	return &Service{
		trigger:   o.Trigger,
		completer: processor.Completer,
		runner:    &batch.Runner{Processor: processor, Concurrency: o.Concurrency, Margin: settings.DeadlineMargin, Now: time.Now, Log: log},
		recorder: &telemetry.Recorder{
			Log:     log,
			Metrics: &telemetry.Metrics{W: out, Namespace: settings.MetricsNamespace, Now: time.Now},
		},
	}
}

// As returns the same service for another trigger, whose deliveries leave the margin before the end of their context.
func (s *Service) As(trigger string, margin time.Duration) *Service {
	runner := *s.runner
	runner.Margin = margin
	return &Service{trigger: trigger, runner: &runner, completer: s.completer, recorder: s.recorder}
}

// Completer returns the client of Step Functions, for answers that are no deliveries.
func (s *Service) Completer() callback.Completer { return s.completer }

// Refused records a webhook that was not believed.
func (s *Service) Refused(ctx context.Context, source, reason string) {
	s.recorder.Refused(ctx, s.trigger, source, reason)
}

// Run takes the deliveries of one invocation to their verdicts and records them. See [batch.Runner.Run].
func (s *Service) Run(ctx context.Context, deliveries []callback.Delivery) []callback.Report {
	reports := s.runner.Run(ctx, deliveries)
	s.recorder.Batch(ctx, s.trigger, deliveries, reports)
	return reports
}
