package main

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/batch"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/telemetry"
)

// obliging takes every callback at once.
type obliging struct{}

func (obliging) Complete(context.Context, callback.Callback) error { return nil }

// BenchmarkCore takes an invocation's bytes to its answer and its log lines, with no call to anybody.
func BenchmarkCore(b *testing.B) {
	mapper, err := service.Mapper(config.Common{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	event := benchEvent(1000)
	log := telemetry.NewLogger(io.Discard, slog.LevelInfo)
	recorder := telemetry.Recorder{Log: log, Metrics: &telemetry.Metrics{W: io.Discard, Namespace: "N", Now: time.Now}}
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		messages, err := read(event)
		if err != nil {
			b.Fatal(err)
		}
		deliveries, err := decode(messages, "r-1")
		if err != nil {
			b.Fatal(err)
		}
		runner := batch.Runner{
			Processor:   &callback.Service{Mapper: mapper, Completer: obliging{}, Ledger: callback.NewMemoryLedger(), Now: time.Now, Log: log},
			Concurrency: 32, Now: time.Now, Log: log,
		}
		reports := runner.Run(b.Context(), deliveries)
		recorder.Batch(b.Context(), trigger, deliveries, reports)
		if response := respond(deliveries, reports); len(response.BatchItemFailures) > 0 || reports[999].Verdict != callback.Delivered {
			b.Fatalf("%d failures, %v", len(response.BatchItemFailures), reports[999].Decision)
		}
	}
}
