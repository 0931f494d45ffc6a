package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/api"
	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/secret"
	"callback-completer/internal/store/dynamo"
	"callback-completer/internal/telemetry"
)

// approvalMargin is kept free before the end of the invocation, so that what Step Functions said is still recorded and the page
// written. The core takes up to three seconds to record it.
const approvalMargin = 4 * time.Second

// approvals are the requests and their pages.
type approvals struct {
	*approval.Service
	*approval.Pages

	metrics *telemetry.Metrics
}

var (
	_ api.Approvals = approvals{}
	_ api.Answers   = approvals{}
)

// newApprovals returns the requests that are stored, those that are sealed into their links, or both: an installation may be on
// its way from one to the other.
func newApprovals(
	settings *config.HTTP, cfg aws.Config, completer callback.Completer, log *slog.Logger, metrics *telemetry.Metrics,
) (approvals, error) {
	pages, err := approval.NewPages()
	if err != nil {
		return approvals{}, fmt.Errorf("approval pages: %w", err)
	}
	requests := &approval.Service{Completer: completer, Now: time.Now, Log: log}
	if settings.ApprovalKeys.ARN != "" { // read when the first link needs it, so that it is in nobody else's way
		requests.Keys = &approval.Keys{Fetch: secret.New(cfg).Document(settings.ApprovalKeys), Now: time.Now, Log: log}
	}
	if settings.ApprovalsTable != "" {
		requests.Store = dynamo.New(cfg, settings.ApprovalsTable)
	}
	return approvals{requests, pages, metrics}, nil
}

// Decide leaves the margin before the end of the invocation, or half of the time where there is little.
func (a approvals) Decide(ctx context.Context, link string, by approval.Actor, form url.Values) approval.View {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-min(approvalMargin, time.Until(end)/2)))
		defer cancel()
	}
	return a.Service.Decide(ctx, link, by, form)
}

// Answered writes a line and counts for each form.
func (a approvals) Answered(ctx context.Context, v approval.View, by approval.Actor) {
	method := by.Method
	if method == "" {
		method = approval.MethodLink
	}
	level := slog.LevelInfo
	answered := v.Outcome == approval.OutcomeAnswered || v.Outcome == approval.OutcomeProbable
	failed := v.Outcome == approval.OutcomeRetry || v.Outcome == approval.OutcomeFailed
	if failed {
		level = slog.LevelWarn
	}
	a.Log.LogAttrs(ctx, level, "approval form",
		slog.String("outcome", string(v.Outcome)), slog.Int("status", v.Status), slog.String("approvalId", string(v.ID)), slog.String("method", method))
	if err := a.metrics.Answer(api.TriggerApprovals, telemetry.RequestID(ctx), answered, failed); err != nil {
		a.Log.ErrorContext(ctx, "metrics were not written", "error", err)
	}
}
