package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"callback-completer/internal/api"
	"callback-completer/internal/callback"
	"callback-completer/internal/local/rig"
)

// settle ends all faults, and waits until every sender has heard what it wanted to or given up, and the callback queue is empty.
func (w *world) settle() error {
	w.Faults.Clear()
	w.environments.Calm()
	w.quiesce()
	for range 50 {
		if len(w.callbacks.Peek()) == 0 {
			return nil
		}
		if err := w.consume(w.T.Context()); err != nil {
			return err
		}
		time.Sleep(2 * time.Second)
	}
	return fmt.Errorf("without a fault, %d messages are still on the callback queue", len(w.callbacks.Peek()))
}

// quiesce waits until nothing is under way: the function works on when its sender has gone.
func (w *world) quiesce() {
	w.senders.Wait()
	time.Sleep(31 * time.Second)
}

// verdict is what is known at the end of a play.
type verdict struct {
	closings []string
	letters  map[letter]callback.Code
	queued   map[rig.Answer]int // from the callback queue; a task that never was is -1
}

// letter is what a dead letter is known by: two triggers may be told the same.
type letter struct{ trigger, body string }

func (r *request) letter() letter {
	if r.path == "/callbacks" {
		return letter{api.TriggerCallbacks, r.body}
	}
	return letter{api.TriggerWebhooks, r.body}
}

// tells returns what the function may have to put on the callback queue for the request.
func (r *request) tells() []rig.Answer {
	if r.unknown != "" {
		return []rig.Answer{{Task: -1, Result: r.unknown}}
	}
	return r.answers
}

func again(body string) letter { return letter{"sqs", body} }

func (v *verdict) won(r *request) bool {
	return len(r.answers) > 0 && !slices.ContainsFunc(r.answers, func(a rig.Answer) bool { return v.closings[a.Task] != a.Result })
}

// judge holds what every sender heard against the promise.
func (w *world) judge() error {
	v := &verdict{letters: map[letter]callback.Code{}, queued: map[rig.Answer]int{}}
	var err error
	if v.closings, err = w.Closings(w.tasks); err != nil {
		return err
	}
	for _, m := range w.Letters.Peek() {
		code := callback.Code(m.Attributes["ErrorCode"].String)
		v.letters[letter{m.Attributes["Trigger"].String, m.Body}] = code
		if code == "" || m.Attributes["ErrorMessage"].String == "" {
			return fmt.Errorf("the dead letter %.60q has no reason: %v", m.Body, m.Attributes)
		}
	}
	if err := w.judgeQueue(v); err != nil {
		return err
	}
	waiting := map[rig.Answer]int{}
	for _, r := range w.sent {
		for _, said := range r.heard {
			if err := w.judgeWord(v, r, said); err != nil {
				return fmt.Errorf("%s %.80s heard %d %s: %w", r.path, r.body, said.code, said.text, err)
			}
			if tells := r.tells(); said.text == queued && len(tells) == 1 {
				waiting[tells[0]]++
			}
		}
	}
	for a, n := range waiting {
		if v.queued[a] < n {
			return fmt.Errorf("%q for task %d was to be tried again %d times, and was on the callback queue %d times", a.Result, a.Task, n, v.queued[a])
		}
	}
	return w.judgeLeftovers(v)
}

// judgeQueue demands that what was on the callback queue is what a sender told, and that it ended.
func (w *world) judgeQueue(v *verdict) error {
	told := map[rig.Answer]bool{}
	for _, r := range w.sent {
		for _, a := range r.tells() {
			told[a] = !r.forged
		}
	}
	for _, body := range w.consumed {
		a, err := w.read(body)
		switch {
		case err != nil:
			return fmt.Errorf("a message on the callback queue: %w", err)
		case !told[a]:
			return fmt.Errorf("on the callback queue was %q for task %d, which nobody told", a.Result, a.Task)
		case (a.Task < 0 || v.closings[a.Task] != a.Result) && v.letters[again(body)] == "":
			return fmt.Errorf("%q for task %d was on the callback queue and is gone; the tasks ended with %q", a.Result, a.Task, v.closings)
		}
		v.queued[a]++
	}
	return nil
}

// read returns the answer in a message of the callback queue.
func (w *world) read(body string) (rig.Answer, error) {
	c, err := callback.Parse([]byte(body))
	if err != nil {
		return rig.Answer{}, err
	}
	a := rig.Answer{
		Task:   slices.IndexFunc(w.tasks, func(t rig.Task) bool { return t.Token == c.Token.Reveal() }),
		Result: "output " + string(c.Output),
	}
	if c.Outcome == callback.Failure {
		a.Result = "error " + c.Error + " " + c.Cause
	}
	if a.Task < 0 {
		a.Result = c.Token.Reveal()
	}
	return a, nil
}

// judgeWord holds one answer against what became of the request.
func (w *world) judgeWord(v *verdict, r *request, said word) error {
	code, hasLetter := v.letters[r.letter()]
	hooked := strings.HasPrefix(r.path, "/webhooks/")
	var ok bool
	switch {
	case said.code == 0, said.code >= 500:
		ok = w.disturbed
	case r.forged:
		ok = said.code == 401
	case said == word{200, delivered}:
		ok = v.won(r) || r.quiet
	case said == word{200, ignored} && hooked, said == word{202, ignored} && !hooked, said == word{200, ""}:
		ok = r.quiet
	case said == word{200, received} && hooked:
		ok = hasLetter && !r.quiet && (w.disturbed || !v.won(r))
	case said == word{202, queued} && hooked:
		ok = w.withQueue && w.disturbed && w.wasQueued(v, r)
	case said == word{202, `{"status":"unconfirmed"}`} && !hooked:
		ok = hasLetter && code == callback.CodeUnconfirmed && w.disturbed
	case said.code == 409 && !hooked:
		ok = len(r.answers) > 0 && (w.disturbed || !v.won(r))
	case (said.code == 400 || said.code == 422) && !hooked:
		ok = len(r.answers) == 0 && !r.quiet
	}
	if !ok {
		return fmt.Errorf("the tasks ended with %q, its dead letter says %q", v.closings, code)
	}
	return nil
}

func (w *world) wasQueued(v *verdict, r *request) bool {
	return slices.ContainsFunc(r.tells(), func(a rig.Answer) bool { return v.queued[a] > 0 })
}

// judgeLeftovers demands that nothing else was dead-lettered, that senders of what is forged changed nothing, and that
// nothing secret was told.
func (w *world) judgeLeftovers(v *verdict) error {
	known := map[letter]bool{}
	for _, r := range w.sent {
		known[r.letter()] = !r.forged
	}
	for _, body := range w.consumed {
		known[again(body)] = true
	}
	for l, code := range v.letters {
		switch {
		case !known[l]:
			return fmt.Errorf("in the dead-letter queue is %.80q of %s, which nobody told", l.body, l.trigger)
		case l.trigger == api.TriggerCallbacks && code != callback.CodeUnconfirmed:
			return fmt.Errorf("the caller was told of %s, and it was dead-lettered", code)
		}
	}
	secrets := []string{acmeKey, acmeSecret(), githubKey}
	for i, t := range w.tasks {
		secrets = append(secrets, t.Token)
		if strings.Contains(v.closings[i], "forged") {
			return fmt.Errorf("task %d was completed by somebody who does not know the secret", i)
		}
	}
	if len(w.sent) > 0 && w.Out.String() == "" {
		return fmt.Errorf("nothing was said: there is nothing to look through")
	}
	return w.Tells(secrets...)
}
