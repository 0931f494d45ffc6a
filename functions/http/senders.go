package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"callback-completer/internal/api"
	"callback-completer/internal/webhook"
)

// senders fetches the secrets of the sources. The error names every source with a secret that is not fit to be one:
// whoever may guess it could complete tasks. A source whose secrets cannot be read refuses its webhooks until they can.
func senders(ctx context.Context, sources []webhook.Source, store webhook.Store, log *slog.Logger) (map[string]api.Sender, error) {
	all := make(map[string]api.Sender, len(sources))
	problems := make([]error, len(sources))
	var fetches sync.WaitGroup
	for i, source := range sources {
		verifier := webhook.NewVerifier(source, store, time.Now, log)
		all[source.Name] = verifier
		fetches.Go(func() {
			switch err := verifier.Load(ctx); {
			case errors.Is(err, webhook.ErrSecret):
				problems[i] = fmt.Errorf("webhook source %s: %w", source.Name, err)
			case err != nil:
				log.ErrorContext(ctx, "the secrets of a webhook source cannot be read; its webhooks are refused until they can",
					"source", source.Name, "error", err)
			}
		})
	}
	fetches.Wait()
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("secrets: %w", err)
	}
	return all, nil
}
