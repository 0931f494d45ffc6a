package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"callback-completer/internal/config"
	"callback-completer/internal/telemetry"
)

// surveyMargin is kept free before the end of the invocation, for the write under way and the metrics.
const surveyMargin = 6 * time.Second

// ApprovalsNotSurveyed means that the open requests could not be counted. No state sees it: the schedule asks, and does so again
// soon.
type ApprovalsNotSurveyed struct{ Err error }

func (e *ApprovalsNotSurveyed) Error() string {
	return fmt.Sprintf("the open approval requests could not be counted: %v", e.Err)
}

func (e *ApprovalsNotSurveyed) Unwrap() error { return e.Err }

// forSurvey reports whether an event is the schedule's: exactly that and nothing beside it. A request has a task token, so
// none is taken for it.
func forSurvey(event json.RawMessage) bool {
	var given, want bytes.Buffer
	return json.Compact(&given, event) == nil && json.Compact(&want, []byte(config.SurveyEvent)) == nil && bytes.Equal(given.Bytes(), want.Bytes())
}

// survey counts the open requests, and takes those that have expired off their list.
func (h *handler) survey(ctx context.Context) error {
	within := ctx
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		within, cancel = context.WithDeadline(ctx, end.Add(-min(surveyMargin, time.Until(end)/2)))
		defer cancel()
	}
	v, err := h.service.Survey(within)
	if err != nil {
		return &ApprovalsNotSurveyed{err}
	}
	oldest := v.Oldest
	if !v.Known() {
		oldest = -1
	}
	if err := h.metrics.Open(trigger, telemetry.RequestID(ctx), v.Open, oldest, v.Cut); err != nil {
		h.log.ErrorContext(ctx, "metrics were not written", "error", err)
	}
	level, message := slog.LevelDebug, "open approval requests"
	switch {
	case v.Cut:
		level, message = slog.LevelWarn, "there is more to do than one survey of the open approval requests does; the next one goes on"
	case v.Swept > 0:
		level = slog.LevelInfo
	}
	h.log.Log(ctx, level, message, "open", v.Open, "swept", v.Swept)
	return nil
}
