package webhook

import (
	"context"
	"errors"
)

// Store is where secrets are kept. Its methods are called by several goroutines.
type Store interface {
	// Fetch returns the secret's text: with [Reference.Key], the member of that name. It returns soon after ctx has
	// ended. Its errors are logged, so their texts must hold nothing of a secret; [ErrNoVersion] among them has a
	// meaning of its own.
	Fetch(ctx context.Context, r Reference) (string, error)
}

// ErrNoVersion says that the secret is there, but has no version in the stage that was asked for: one that was never
// exchanged has no AWSPREVIOUS. A [Store] wraps it.
var ErrNoVersion = errors.New("there is no version in this stage")
