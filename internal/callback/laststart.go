package callback

import (
	"context"
	"time"
)

type lastStartKey struct{}

// WithLastStart returns a context in which no call to complete a task begins at or after t: what is begun shall have the time
// to end. A call that would have to wait until then, for whatever reason, fails at once as out of time.
func WithLastStart(ctx context.Context, t time.Time) context.Context {
	return context.WithValue(ctx, lastStartKey{}, t)
}

// LastStart returns the time before which a call must begin, if there is one. It is for a [Completer] that lets calls wait.
func LastStart(ctx context.Context) (time.Time, bool) {
	t, ok := ctx.Value(lastStartKey{}).(time.Time)
	return t, ok
}
