package main

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
	"callback-completer/internal/local/rig"
)

// asker is a state that asks, perhaps again and again with the same token.
type asker struct {
	token, link string
	answered    bool // the function said that people were asked
	troubles    int  // calls after which another message may be sent
}

// TestPeopleAreAsked plays calls and faults at random. Whoever hears that people were asked finds a message to them, with
// always the same link; a message more than one has a failure for its reason; and once the faults are over every request is
// delivered, once.
func TestPeopleAreAsked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rig.Bubble(t, func(t *testing.T) { t.Helper(); play(t, rt) })
	})
}

func play(t *testing.T, rt *rapid.T) {
	t.Helper()
	f := newFunction(t)
	askers := make([]*asker, 3)
	for i := range askers {
		text := fmt.Sprint(canaryToken, i)
		token, err := callback.NewToken(text)
		if err != nil {
			rt.Fatal(err)
		}
		askers[i] = &asker{token: text, link: baseURL + "/approvals/" + approval.NewLink(token).Expose()}
	}
	ask := func(a *asker) error {
		unnoted := strings.Count(f.Out.String(), "could not be noted")
		_, err := f.ask(event(a.token, toTopic))
		if err != nil || strings.Count(f.Out.String(), "could not be noted") > unnoted {
			a.troubles++
		}
		a.answered = a.answered || err == nil
		return err
	}
	rt.Repeat(map[string]func(*rapid.T){
		"ask":              func(rt *rapid.T) { _ = ask(rapid.SampledFrom(askers).Draw(rt, "asker")) },
		"break the table":  func(rt *rapid.T) { f.Faults.Add(rig.DrawFault(rt, "PutItem", "GetItem")) },
		"break the topic":  func(*rapid.T) { f.network.refuse = append(f.network.refuse, "sns") },
		"repair the table": func(*rapid.T) { f.Faults.Clear() },
		"restart":          func(*rapid.T) { f.restart() },
		"":                 func(rt *rapid.T) { f.judge(rt, askers) },
	})
	f.Faults.Clear()
	f.network.refuse = nil
	for range 2 { // the second time there is nothing to do
		for _, a := range askers {
			if err := ask(a); err != nil {
				rt.Errorf("without a fault: %v", err)
			}
		}
		f.judge(rt, askers)
	}
}

// judge compares what was sent with what was said.
func (f *function) judge(rt *rapid.T, askers []*asker) {
	links := f.links()
	for _, a := range askers {
		sent := 0
		for _, link := range links {
			if link == a.link {
				sent++
			}
		}
		if a.answered && sent == 0 {
			rt.Errorf("nobody was asked, and the state hears that somebody was")
		}
		if sent > 1+a.troubles {
			rt.Errorf("%d messages after %d failures", sent, a.troubles)
		}
		links = without(links, a.link)
	}
	if len(links) > 0 {
		rt.Errorf("links that nobody asked for: %q", links)
	}
}

func without(all []string, text string) []string {
	var rest []string
	for _, s := range all {
		if s != text {
			rest = append(rest, s)
		}
	}
	return rest
}
