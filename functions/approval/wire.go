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
	"callback-completer/internal/approval"
	"callback-completer/internal/config"
	"callback-completer/internal/secret"
	"callback-completer/internal/store/dynamo"
	"callback-completer/internal/telemetry"
)

// pagePath is what the routes of the pages begin with.
const pagePath = "/approvals/"

func newHandler(ctx context.Context, lookup config.Lookup, log *slog.Logger) (*handler, error) {
	settings, cfg, err := service.Load(ctx, config.LoadApproval, lookup)
	if err != nil {
		return nil, err
	}
	return assemble(&settings, cfg, http.DefaultClient, log, os.Stdout)
}

// assemble builds the handler on an AWS configuration. Slack is reached through client, metrics go to out.
func assemble(settings *config.Approval, cfg aws.Config, client *http.Client, log *slog.Logger, out io.Writer) (*handler, error) {
	channels, err := newChannels(settings, cfg, client)
	if err != nil {
		return nil, err
	}
	// There is no Completer: the function asks, and others answer.
	requests := &approval.Service{Identities: settings.Identities, Now: time.Now, Log: log}
	if settings.Sealed {
		requests.Keys = &approval.Keys{Fetch: secret.New(cfg).Document(settings.Keys), Now: time.Now, Log: log}
	} else {
		requests.Store = dynamo.New(cfg, settings.Table)
	}
	return &handler{
		service:  requests,
		channels: channels,
		pages:    settings.BaseURL + pagePath,
		metrics:  &telemetry.Metrics{W: out, Namespace: settings.MetricsNamespace, Now: time.Now},
		log:      log,
	}, nil
}
