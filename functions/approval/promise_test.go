package main

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callback-completer/internal/local/rig"
)

// asker is a state that asks, perhaps again and again with the same token.
type asker struct {
	token, name string
	link        string // empty before the first message
	answered    bool   // the function said that people were asked
	troubles    int    // calls after which another message may be sent
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
		askers[i] = &asker{token: fmt.Sprint(canaryToken, i), name: fmt.Sprintf("asker-%d.", i)}
	}
	ask := func(a *asker) error {
		unnoted := strings.Count(f.Out.String(), "could not be noted")
		_, err := f.ask(event(a.token, fmt.Sprintf(`, "requester": %q`, a.name)+toTopic))
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
	messages, total, owners := f.network.sent(""), 0, map[string]string{}
	for _, a := range askers {
		sent := 0
		for _, m := range messages {
			if !strings.Contains(m, a.name) {
				continue
			}
			sent++
			link := linkPattern.FindString(m)
			if a.link == "" {
				a.link = link
			}
			if link == "" || link != a.link || owners[link] != "" && owners[link] != a.name {
				rt.Errorf("one request has two links, or two have one: %q and %q", a.link, link)
			}
			owners[link] = a.name
		}
		if a.answered && sent == 0 {
			rt.Errorf("nobody was asked, and the state hears that somebody was")
		}
		if sent > 1+a.troubles {
			rt.Errorf("%d messages after %d failures", sent, a.troubles)
		}
		total += sent
	}
	if total != len(messages) {
		rt.Errorf("%d messages, and %d of them are of somebody", len(messages), total)
	}
}
