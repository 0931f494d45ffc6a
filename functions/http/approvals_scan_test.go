package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/race"
)

// look is a request that only reads, and what it hears by its method.
type look struct {
	wire

	status map[string]int
}

// TestLookingDecidesNothing, whoever looks, wherever and however often: hundreds at once at every URL that completes a task when it
// is posted to, with all that does, and hundreds at the others.
func TestLookingDecidesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newPress(t)
		a := r.ask("")
		page := form(a.path(), "decision", "approve", "comment", canaryComment)
		callback := wire{
			path: "/callbacks", body: fmt.Sprintf(`{"taskToken": %q, "output": 1}`, a.Token),
			header: header(map[string]string{"content-type": "application/json"}),
		}
		press := pressing("U1A", "callback-completer:approve", a.link)
		allowed := func(options, others int) map[string]int {
			return map[string]int{"OPTIONS": options, "GET": others, "HEAD": others}
		}
		r.scan(look{page, allowed(405, 200)})
		r.scan(look{callback, allowed(405, 405)})
		r.scan(look{press, allowed(405, 405)})
		r.scan(
			look{at(page, "/healthz"), allowed(405, 200)}, look{at(page, "/"), allowed(404, 404)},
			look{at(page, "/approvals/"), allowed(405, 404)}, look{at(page, a.path()+"/"), allowed(405, 404)},
			look{at(page, "/approvals/"+strings.Repeat("A", 32)), allowed(405, 404)},
		)
		r.open(a)
		calls := slices.DeleteFunc(r.calls.names(), func(name string) bool { return name == "GetSecretValue" }) // when it starts
		if diff := cmp.Diff([]string{"GetItem"}, calls); diff != "" || len(r.Letters.Peek()) > 0 {
			t.Errorf("dead letters %v, calls (-want +got):\n%s", r.Codes(), diff)
		}
		if got := r.submit(page); got.Status != 303 || told(t, r.closing(a)).Decision != "approve" {
			t.Errorf("nobody can answer any more: %+v", got)
		}
		r.quiet()
	})
}

// at is the request at another path.
func at(request wire, path string) wire {
	request.path = path
	return request
}

// scan looks a thousand times at once (under the race detector a quarter of that), through all front doors, in turn at each place
// and by each method.
func (r *pressRig) scan(looks ...look) {
	r.T.Helper()
	methods := []string{http.MethodGet, http.MethodHead, http.MethodOptions}
	var scanners sync.WaitGroup
	n := 1000
	if race.Enabled {
		n = 250
	}
	for i := range n {
		request := looks[i%len(looks)]
		i /= len(looks)
		request.method = methods[i%len(methods)]
		i /= len(methods)
		d := doors()[i%len(doors())]
		event := d.event(request.wire)
		if _, isV2 := event["rawQueryString"]; isV2 {
			event = by(event, caller())
			event["rawQueryString"] = []string{"", "decision=approve", "taskToken=x"}[i/len(doors())%3]
		}
		scanners.Go(func() {
			got := r.visit(event)
			if got.Status != request.status[request.method] || request.method == http.MethodHead && got.Body != "" {
				r.T.Errorf("%s, %s %.20s: %+v", d.name, request.method, request.path, got)
			}
		})
	}
	scanners.Wait()
}
