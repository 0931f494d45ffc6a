package telemetry

import (
	"context"
	"log/slog"
	"strings"

	"callback-completer/internal/callback"
)

// Recorder tells what became of the deliveries of an invocation.
type Recorder struct {
	Log     *slog.Logger
	Metrics *Metrics
}

// Batch writes a line for each delivery that did not simply succeed (at debug level for each that did), one for
// the batch, and the metrics.
func (r *Recorder) Batch(ctx context.Context, trigger string, deliveries []callback.Delivery, reports []callback.Report) {
	counts := map[callback.Verdict]int{}
	for i, report := range reports {
		counts[report.Verdict]++
		if level := level(report); r.Log.Enabled(ctx, level) { // hardly any line is written of those that simply succeed
			r.Log.LogAttrs(ctx, level, "callback", attributes(deliveries[i], report)...)
		}
	}
	summary := []slog.Attr{slog.String("trigger", trigger), slog.Int("size", len(reports))}
	for _, v := range callback.Verdicts() {
		if counts[v] > 0 {
			summary = append(summary, slog.Int(v.String(), counts[v]))
		}
	}
	r.Log.LogAttrs(ctx, slog.LevelInfo, "batch", summary...)
	if err := r.Metrics.Batch(trigger, RequestID(ctx), reports); err != nil {
		r.Log.ErrorContext(ctx, "metrics were not written", "error", err)
	}
}

// Refused tells of a webhook that was not believed: of which source, and why. One of an unknown source, which is empty,
// is what every open URL gets, so it is neither counted nor worth a warning.
func (r *Recorder) Refused(ctx context.Context, trigger, source, reason string) {
	if source == "" {
		r.Log.InfoContext(ctx, "webhook refused", "reason", reason)
		return
	}
	r.Log.WarnContext(ctx, "webhook refused", "source", source, "reason", reason)
	if err := r.Metrics.Refused(trigger, RequestID(ctx)); err != nil {
		r.Log.ErrorContext(ctx, "metrics were not written", "error", err)
	}
}

func level(r callback.Report) slog.Level {
	switch r.Verdict {
	case callback.Delivered, callback.Ignored:
		failed := r.Code != "" && r.Code != callback.CodeHeartbeatObsolete // a heartbeat that nobody will send again
		if failed || len(r.Cuts) > 0 {
			return slog.LevelWarn
		}
		return slog.LevelDebug
	case callback.Duplicate:
		return slog.LevelInfo
	default:
		return slog.LevelWarn
	}
}

func attributes(d callback.Delivery, r callback.Report) []slog.Attr {
	list := []slog.Attr{slog.String("verdict", r.Verdict.String()), slog.String("sourceId", d.SourceID)}
	text := func(key, value string) {
		if value != "" {
			list = append(list, slog.String(key, value))
		}
	}
	text("errorCode", string(r.Code))
	text("errorMessage", r.Message)
	text("mapping", r.Mapping)
	text("envelopes", strings.Join(r.Envelopes, ","))
	text("tokenFingerprint", r.Fingerprint)
	if r.Failure != nil {
		text("awsRequestId", r.Failure.RequestID)
		text("detail", r.Failure.Detail)
	}
	if r.Queued {
		list = append(list, slog.Bool("queued", true))
	}
	if r.Callbacks > 1 {
		list = append(list, slog.Int("callbacks", r.Callbacks))
	}
	for _, c := range r.Cuts {
		list = append(list, slog.Int(c.Field+"Bytes", c.Bytes))
	}
	if r.Latency > 0 {
		list = append(list, slog.Float64("latencyMs", milliseconds(r.Latency)))
	}
	return list
}
