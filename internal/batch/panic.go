package batch

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// logPanic logs where it happened. The value of a panic may quote the payload, so only its type is logged, and its
// text where the Go runtime wrote it.
func (r *Runner) logPanic(ctx context.Context, v any, sourceID string) {
	text := ""
	if err, ok := v.(runtime.Error); ok {
		text = err.Error()
	}
	r.Log.ErrorContext(ctx, "panic; the payload stays where it is",
		"sourceId", sourceID, "type", fmt.Sprintf("%T", v), "text", text, "stack", string(debug.Stack()))
}
