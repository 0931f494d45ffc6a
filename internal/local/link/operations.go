package link

import (
	"context"
	"time"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/stepfunctions"
)

// TargetPrefix goes before the operation's name in X-Amz-Target.
const TargetPrefix = "CallbackLocal"

// Place is where the stand-in has what a link needs.
type Place struct {
	Pages  string `json:"pages"` // the address of a page without its link, with a slash at its end
	Table  string `json:"table"`
	Region string `json:"region"`
}

// waiting is an execution that waits.
type waiting struct {
	Execution string    `json:"execution"`
	Resource  string    `json:"resource"`
	Since     time.Time `json:"since"`
	Token     string    `json:"taskToken"`
}

// whatWaits is the answer of ListWaiting.
type whatWaits struct {
	Waiting []waiting `json:"waiting"`
}

type nothing struct{}

// Operations are what the stand-in answers beside AWS's operations, under TargetPrefix. place may wait for ctx until it
// knows.
func Operations(place func(ctx context.Context) (Place, error), tasks func() []stepfunctions.Waiting) map[string]awsjson.Operation {
	return map[string]awsjson.Operation{
		"Describe": awsjson.Op(func(ctx context.Context, _ nothing) (Place, error) { return place(ctx) }),
		"ListWaiting": awsjson.Op(func(context.Context, nothing) (whatWaits, error) {
			out := whatWaits{Waiting: []waiting{}}
			for _, t := range tasks() {
				out.Waiting = append(out.Waiting, waiting{t.Execution, t.Resource, t.Since, t.Token})
			}
			return out, nil
		}),
	}
}
