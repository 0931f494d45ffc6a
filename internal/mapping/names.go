package mapping

import (
	"cmp"

	"callback-completer/internal/callback"
)

// The names under which a job carries its task token, unless [Engine.WithTokenNames] says otherwise.
const (
	DefaultTokenEnvironment = "TASK_TOKEN"
	DefaultTokenParameter   = "taskToken"
)

// TokenNames are the names under which a job carries its task token. Programs read them as
// $meta.tokenNames.environment and $meta.tokenNames.parameter. An empty name stands for the default.
type TokenNames struct {
	Environment string // of an environment variable of a container or build
	Parameter   string // of a parameter, hyperparameter, metadata entry or member of an input
}

// WithTokenNames returns an engine with the same programs that tells them these names. What a trigger puts into
// $meta never overrides them.
func (e *Engine) WithTokenNames(names TokenNames) *Engine {
	named := *e
	named.names = names
	return &named
}

func (n TokenNames) meta() map[string]any {
	return map[string]any{
		"environment": cmp.Or(n.Environment, DefaultTokenEnvironment),
		"parameter":   cmp.Or(n.Parameter, DefaultTokenParameter),
	}
}

// metaNames is the name under which $meta has the names.
const metaNames = "tokenNames"

// open opens the payload's envelopes and adds to $meta what the engine itself tells the programs.
func (e *Engine) open(payload string, meta callback.Meta) (opened, error) {
	o, err := open(payload, meta)
	o.meta[metaNames] = e.names.meta() // a map of its own for each payload: programs may write to it
	return o, err
}
