package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/apigw"
	"callback-completer/internal/config"
)

func newHandler(ctx context.Context, lookup config.Lookup, log *slog.Logger) (*apigw.Adapter, error) {
	settings, err := config.LoadHTTP(lookup)
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
func assemble(settings config.HTTP, cfg aws.Config, log *slog.Logger, out io.Writer) (*apigw.Adapter, error) {
	engine, err := service.Engine(settings.Common)
	if err != nil {
		return nil, err
	}
	return handler(service.New(trigger, engine, settings.Common, 1, cfg, log, out), log), nil
}
