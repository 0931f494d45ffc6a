package telemetry

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// NewLogger returns a logger that writes Lambda's JSON log format: timestamp, level, message, and requestId where
// the context is an invocation's. Lambda indexes such lines by level and request.
func NewLogger(w io.Writer, level slog.Leveler) *slog.Logger {
	lines := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: lambdaKeys})
	return slog.New(requestHandler{Handler: lines, base: lines})
}

func lambdaKeys(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.TimeKey:
		return slog.String("timestamp", a.Value.Time().UTC().Format("2006-01-02T15:04:05.000Z"))
	case slog.MessageKey:
		a.Key = "message"
	}
	return a
}

// requestHandler adds the invocation's request id to every line, outside any group.
type requestHandler struct {
	slog.Handler // with steps applied

	base  slog.Handler
	steps []func(slog.Handler) slog.Handler // what WithAttrs and WithGroup did since base
}

func (h requestHandler) Handle(ctx context.Context, r slog.Record) error {
	id := RequestID(ctx)
	if id == "" {
		return h.Handler.Handle(ctx, r)
	}
	line := h.base.WithAttrs([]slog.Attr{slog.String("requestId", id)})
	for _, step := range h.steps {
		line = step(line)
	}
	return line.Handle(ctx, r)
}

func (h requestHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.with(func(next slog.Handler) slog.Handler { return next.WithAttrs(attrs) })
}

func (h requestHandler) WithGroup(name string) slog.Handler {
	return h.with(func(next slog.Handler) slog.Handler { return next.WithGroup(name) })
}

func (h requestHandler) with(step func(slog.Handler) slog.Handler) slog.Handler {
	return requestHandler{step(h.Handler), h.base, append(slices.Clip(h.steps), step)}
}

// RequestID returns the id of the invocation that ctx belongs to, empty outside one.
func RequestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
