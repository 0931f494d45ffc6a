package main

import (
	"maps"
	"net/http"
	"testing"
	"testing/synctest"

	"callback-completer/internal/config"
	"callback-completer/internal/local/stepfunctions"
)

// abusedRig is the function as strangers find it.
type abusedRig struct {
	*senderRig

	settings config.HTTP
}

// newAbused starts the function with sources that all mappings are tried for, open to whoever reaches it.
func newAbused(t *testing.T) *abusedRig {
	t.Helper()
	r := &abusedRig{senderRig: &senderRig{httpRig: newRig(t)}}
	r.callbacks, r.faults = r.Queue("callbacks", nil), r.Faults
	r.settings = config.HTTP{
		CallbacksAuthorizer: config.NoAuthorizer, CallbackQueueURL: r.callbacks.URL(),
		WebhookSources: r.sources(map[string]string{"acme": acmeSecret(), "github": githubKey, "slack": slackKey}, `[
			{"name": "acme", "scheme": "standard-webhooks", "secret": "acme"},
			{"name": "github", "scheme": "github", "secret": "github"},
			{"name": "slack", "scheme": "slack", "secret": "slack"}
		]`),
	}
	r.restart()
	return r
}

// restart starts an execution environment that remembers nothing.
func (r *abusedRig) restart() {
	r.T.Helper()
	r.configure(r.settings)
}

// with returns headers with some changed; those that become empty are left out.
func with(headers map[string]string, changes map[string]string) http.Header {
	all := maps.Clone(headers)
	for name, value := range changes {
		all[name] = value
		if value == "" {
			delete(all, name)
		}
	}
	return header(all)
}

// untouched demands that nothing was called, kept or queued.
func (r *abusedRig) untouched(arn string) {
	r.T.Helper()
	synctest.Wait()
	if got := r.Execution(arn).Status; got != stepfunctions.Running || len(r.Letters.Peek())+len(r.callbacks.Peek()) > 0 {
		r.T.Errorf("execution %v, dead letters %v, %d on the callback queue", got, r.Codes(), len(r.callbacks.Peek()))
	}
}

// answered demands a status of every front door.
func answered(t *testing.T, what string, all map[string]heard, status int) {
	t.Helper()
	for name, got := range all {
		if got.Status != status {
			t.Errorf("%s, %s: %d %s, want %d", what, name, got.Status, got.Body, status)
		}
	}
}

// everywhere sends a request through every front door.
func (r *abusedRig) everywhere(request wire) map[string]heard {
	r.T.Helper()
	all := map[string]heard{}
	for _, d := range doors() {
		all[d.name] = r.through(d, request)
	}
	return all
}
