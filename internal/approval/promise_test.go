package approval_test

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

// fate is what becomes of one operation of somebody's click.
type fate int

const (
	fine       fate = iota
	refused         // it is not carried out, and fails
	answerLost      // it is carried out, and its answer is lost
	notSent         // it is not carried out, and nobody can know that
	retried         // it is carried out, its answer is lost, and it is tried again
	forGood         // it is not carried out, and never will be; of a store, it fails
	dieBefore       // the process ends before it
	dieAfter        // the process ends after it
)

// click is somebody who decides, in a process of his own that stops before every operation and waits for its fate.
type click struct {
	who      approval.Actor
	decision string
	comment  string
	ready    chan string // the operation that it stops before; closed when it ends
	fate     chan fate
	view     *approval.View // nil if the process died
}

type clickKey struct{}

// gate is the store and Step Functions as the clicks see them.
type gate struct {
	store *memory
	tasks *tasks
}

// stop waits for the fate of an operation. What has no click behind it goes on.
func stop(ctx context.Context, operation string) fate {
	c, ok := ctx.Value(clickKey{}).(*click)
	if !ok {
		return fine
	}
	c.ready <- operation
	return <-c.fate
}

// through carries an operation out as its fate wills.
func through(ctx context.Context, operation string, do func() error) error {
	switch stop(ctx, operation) {
	case refused, notSent, forGood:
		return errBroken
	case answerLost:
		_ = do()
		return errBroken
	case retried:
		if err := do(); err != nil {
			return err
		}
		return do()
	case dieBefore:
		runtime.Goexit()
	case dieAfter:
		_ = do()
		runtime.Goexit()
	case fine:
	}
	return do()
}

func (g gate) Create(ctx context.Context, r approval.Record) error { return g.store.Create(ctx, r) }

func (g gate) Get(ctx context.Context, id approval.ID) (r approval.Record, err error) {
	err = through(ctx, "get", func() error {
		r, err = g.store.Get(ctx, id)
		return err
	})
	return r, err
}

func (g gate) Update(ctx context.Context, r approval.Record) (revision int64, err error) {
	err = through(ctx, "update", func() error {
		revision, err = g.store.Update(ctx, r)
		return err
	})
	return revision, err
}

func (g gate) Pending(ctx context.Context, limit int) ([]approval.Record, error) {
	return g.store.Pending(ctx, limit)
}

func (g gate) Complete(ctx context.Context, c callback.Callback) error {
	lost := &callback.Error{Kind: callback.Transient, Code: callback.CodeNetwork, Message: "lost", AnswerLost: true}
	switch stop(ctx, "call") {
	case refused:
		return &callback.Error{Kind: callback.Transient, Code: "ThrottlingException", Message: "slow"}
	case forGood:
		return callback.Reject(callback.CodeInvalidToken, "never heard of it")
	case notSent:
		return lost
	case answerLost:
		_ = g.tasks.Complete(ctx, c)
		return lost
	case retried:
		_ = g.tasks.Complete(ctx, c)
		if g.tasks.Complete(ctx, c) != nil {
			return &callback.Error{Kind: callback.TaskClosed, Code: callback.CodeTaskTimedOut, Message: "closed", AnswerLost: true}
		}
		return nil
	case dieBefore:
		runtime.Goexit()
	case dieAfter:
		_ = g.tasks.Complete(ctx, c)
		runtime.Goexit()
	case fine:
	}
	return g.tasks.Complete(ctx, c)
}

// play is one run: people who click at once, a task that may time out, an operator who may revoke.
type play struct {
	*rig

	t       *rapid.T
	link    string
	request approval.Request
	clicks  []*click
	waiting map[*click]string
}

// everybody is who clicks in a play, by the name that he is known by.
const everybody = `,"approvers":["ann","bob","UEVE","slack:UDAN","late","guest"]`

// people are who click: somebody who only has the link, which may be many; people who are logged in, and some in Slack.
func people() []approval.Actor {
	slack := func(id string) approval.Actor {
		return approval.Actor{ID: id, Aliases: []string{"slack:" + id}, Method: "slack", Verified: true, Channel: "slack"}
	}
	return []approval.Actor{{}, {}, known("ann"), known("bob", "b-1"), slack("UEVE"), slack("UDAN")}
}

func newPlay(t *rapid.T) *play {
	more := rapid.SampledFrom([]string{"", `,"approvals":2` + everybody, `,"approvals":3` + everybody, everybody, `,"rejectAs":"success"`}).Draw(t, "request")
	request, err := approval.ParseRequest([]byte(`{"taskToken":"`+canaryToken+`","title":"x","expires":7200`+more+`}`), start())
	if err != nil {
		t.Fatal(err)
	}
	p := &play{rig: newRig(), t: t, request: request, waiting: map[*click]string{}}
	g := gate{p.store, p.tasks}
	p.Service = &approval.Service{Store: g, Completer: g, Identities: true, Now: p.now, Log: slog.New(slog.DiscardHandler)}
	minted, err := p.Mint(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	p.link = minted.Link.Expose()
	return p
}

func (p *play) click(who approval.Actor, decision, comment string) {
	c := &click{who: who, decision: decision, comment: comment, ready: make(chan string), fate: make(chan fate)}
	p.clicks = append(p.clicks, c)
	ctx := context.WithValue(context.Background(), clickKey{}, c)
	go func() {
		defer close(c.ready)
		v := p.Decide(ctx, p.link, c.who, form(decision, comment))
		c.view = &v
	}()
	p.next(c)
}

// next waits until the click stops before its next operation, or ends.
func (p *play) next(c *click) {
	if operation, more := <-c.ready; more {
		p.waiting[c] = operation
		return
	}
	delete(p.waiting, c)
	p.judge(c)
}

func (p *play) grant(c *click, f fate) {
	c.fate <- f
	p.next(c)
}

// finish lets everybody end what he does, and then somebody new decide without any trouble.
func (p *play) finish() {
	for len(p.waiting) > 0 {
		for _, c := range p.clicks {
			if _, is := p.waiting[c]; is {
				p.grant(c, fine)
			}
		}
	}
	before := p.see()
	if p.closed() || before.Reason != approval.MayDecide {
		p.Decide(context.Background(), p.link, known("late"), form("reject"))
		p.see()
		return
	}
	if view := p.Decide(context.Background(), p.link, known("late"), form("reject")); view.Outcome != approval.OutcomeAnswered {
		p.t.Fatalf("the request is open, and a click without any trouble ends as %s", view.Outcome)
	}
	if after := p.see(); after.Standing.Stage != approval.StageAnswered || !after.Standing.Certain {
		p.t.Fatalf("after a click without any trouble the page is %s", after.Standing.Stage)
	}
}

// TestWhoeverIsToldIsRight plays people who decide at once with processes that die, answers that are lost, stores that
// fail, a Step Functions that throttles or refuses for good, a task that times out and an operator who revokes, in whatever
// order. Nothing that somebody wrote is lost while he is told to try again. rapid checks 100 plays for each
// subtest, 400 in all; 100 under the race detector.
func TestWhoeverIsToldIsRight(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, playPeople)
		})
	}
}

func playPeople(t *rapid.T) {
	p := newPlay(t)
	whose := rapid.SampledFrom(people())
	grant := func(t *rapid.T) {
		var ready []*click
		for _, c := range p.clicks {
			if _, is := p.waiting[c]; is {
				ready = append(ready, c)
			}
		}
		if len(ready) == 0 {
			t.Skip("nobody waits")
		}
		c := rapid.SampledFrom(ready).Draw(t, "whose")
		f := fine
		often := 4
		if p.waiting[c] == "call" {
			often = 2
		}
		if rapid.IntRange(1, often).Draw(t, "trouble") == 1 {
			f = rapid.SampledFrom([]fate{refused, answerLost, notSent, retried, forGood, dieBefore, dieAfter}).Draw(t, "fate")
		}
		p.grant(c, f)
	}
	t.Repeat(map[string]func(*rapid.T){
		"click": func(t *rapid.T) {
			if len(p.waiting) > 3 {
				t.Skip("enough people")
			}
			p.click(whose.Draw(t, "who"), rapid.SampledFrom([]string{"approve", "reject"}).Draw(t, "decision"),
				rapid.SampledFrom([]string{"", "why", "because"}).Draw(t, "comment"))
		},
		// Often, so that most who click come to their end while the play goes on.
		"grant": grant, "grant one more": grant, "grant another": grant,
		"time out": func(t *rapid.T) {
			if rapid.IntRange(0, 9).Draw(t, "rarely") == 0 {
				p.tasks.expire(p.request.Token)
			}
		},
		"wait": func(t *rapid.T) {
			if rapid.IntRange(0, 9).Draw(t, "rarely") == 0 {
				p.wait(time.Hour)
			}
		},
		"revoke": func(t *rapid.T) {
			if rapid.IntRange(0, 19).Draw(t, "rarely") == 0 {
				_ = p.Revoke(t.Context(), p.store.id())
			}
		},
		"survey": func(t *rapid.T) {
			if rapid.IntRange(0, 3).Draw(t, "rarely") > 0 {
				return
			}
			before := p.see()
			if _, err := p.Survey(t.Context()); err != nil {
				t.Fatal(err)
			}
			if after := p.see(); !reflect.DeepEqual(before, after) {
				t.Fatalf("a survey changes the page from %+v to %+v", before.Standing, after.Standing)
			}
		},
		"": func(*rapid.T) {
			p.see()
			p.fair()
		},
	})
	p.finish()
	p.fair()
}
