package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/api"
	"callback-completer/internal/apigw"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/elb"
	"callback-completer/internal/secret"
	"callback-completer/internal/telemetry"
)

// webhookMargin is kept free for the callback queue and the dead-letter queue before a webhook must be answered. Their
// connections may have to be made first, which takes a small function some tenths of a second.
const webhookMargin = time.Second

func newHandler(ctx context.Context, lookup config.Lookup, log *slog.Logger) (*apigw.Adapter, error) {
	settings, cfg, err := service.Load(ctx, config.LoadHTTP, lookup)
	if err != nil {
		return nil, err
	}
	return assemble(ctx, settings, cfg, http.DefaultClient, log, os.Stdout)
}

// assemble builds the handler on an AWS configuration. Slack and the keys of load balancers are reached through client, metrics go to out.
func assemble(
	ctx context.Context, settings config.HTTP, cfg aws.Config, client *http.Client, log *slog.Logger, out io.Writer,
) (*apigw.Adapter, error) {
	mapper, err := service.Mapper(settings.Common, settings.WebhookSources)
	if err != nil {
		return nil, err
	}
	return build(ctx, mapper, settings, cfg, client, log, out)
}

// build is assemble with mappings that are compiled already.
func build(
	ctx context.Context, mapper callback.Mapper, settings config.HTTP, cfg aws.Config, client *http.Client, log *slog.Logger, out io.Writer,
) (*apigw.Adapter, error) {
	senders, err := senders(ctx, settings.WebhookSources, secret.New(cfg), log)
	if err != nil {
		return nil, err
	}
	options := service.Options{Trigger: api.TriggerCallbacks, Concurrency: 1, CallbackQueueURL: settings.CallbackQueueURL}
	callbacks := service.New(mapper, settings.Common, options, cfg, log, out)
	webhooks := callbacks.As(api.TriggerWebhooks, webhookMargin)
	h := &api.API{
		Callbacks: callbacks, Allowed: authorised(settings.CallbacksAuthorizer),
		Webhooks: webhooks, Senders: senders, Refusals: webhooks,
		RequestID: telemetry.RequestID, Now: time.Now,
	}
	if settings.ApprovalsTable != "" || settings.ApprovalKeys.ARN != "" {
		metrics := &telemetry.Metrics{W: out, Namespace: settings.MetricsNamespace, Now: time.Now}
		people, err := newApprovals(&settings, cfg, callbacks.Completer(), log, metrics)
		if err != nil {
			return nil, err
		}
		h.Approvals, h.Answers, h.Actor = people, people, newDoorkeeper(settings, elb.New(client), log, metrics).actor
		h.Interactions = interactions(settings.WebhookSources, client, log)
	}
	return handler(h, settings, log), nil
}
