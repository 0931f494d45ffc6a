package stepfunctions

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
)

// taskAction is a Task with `.waitForTaskToken`.
type taskAction struct {
	call                     integration
	resourceType, resource   string // "sqs", "sendMessage.waitForTaskToken", as in the history
	timeout, heartbeat       time.Duration
	parameters, resultSelect *template // nil: none
	resultPath               *path     // nil: the result is dropped
	retry                    []retrier
	catch                    []catcher
}

func parseTask(n *node, resources map[string]integration) action {
	t := &taskAction{
		timeout:      n.seconds("TimeoutSeconds"),
		heartbeat:    n.seconds("HeartbeatSeconds"),
		parameters:   n.template("Parameters"),
		resultSelect: n.template("ResultSelector"),
		resultPath:   n.resultPath(),
		retry:        parseRetry(n),
		catch:        parseCatch(n),
	}
	if t.timeout > 0 && t.heartbeat >= t.timeout {
		n.refuse("HeartbeatSeconds", "must be smaller than TimeoutSeconds")
	}
	arn := n.needText("Resource")
	match := regexp.MustCompile(`^arn:[a-z-]+:states:::(\w+):(\w+)\.waitForTaskToken$`).FindStringSubmatch(arn)
	if match == nil {
		n.refuse("Resource", "%q is not supported, only integrations that wait for a task token are", arn)
		return t
	}
	call, ok := resources[match[1]+":"+match[2]]
	if !ok {
		n.refuse("Resource", "%q is not supported here", arn)
		return t
	}
	t.call, t.resourceType, t.resource = call, match[1], match[2]+".waitForTaskToken"
	return t
}

func (a *taskAction) targets() []string {
	var all []string
	for _, c := range a.catch {
		all = append(all, c.next)
	}
	return all
}

func (a *taskAction) run(ctx context.Context, r *runner, f frame) (transition, error) {
	budget := newBudget(a.retry)
	for attempt := 0; ; attempt++ {
		output, err := a.attempt(ctx, r, f, attempt)
		if err == nil {
			return transition{output: output}, nil
		}
		var fail *failure
		if !errors.As(err, &fail) {
			return transition{}, err
		}
		delay, again := budget.spend(fail)
		if !again {
			return a.caught(fail, f)
		}
		if err := sleep(ctx, delay); err != nil {
			return transition{}, err
		}
	}
}

func (a *taskAction) caught(fail *failure, f frame) (transition, error) {
	for _, c := range a.catch {
		if !fail.matchedBy(c.errorEquals) {
			continue
		}
		output, err := combine(c.resultPath, f.raw, fail.output())
		return transition{output: output, next: c.next, done: true}, err
	}
	return transition{}, fail
}

// attempt calls the integration once, with a token of its own, and waits for the token to be closed.
func (a *taskAction) attempt(ctx context.Context, r *runner, f frame, retries int) (json.RawMessage, error) {
	token := newToken()
	sc := f.scope(r.e, retries, token)
	params := sc.input
	if a.parameters != nil {
		var err error
		if params, err = a.parameters.render(sc); err != nil {
			return nil, err
		}
	}
	if err := checkSize(params, f.state.name); err != nil {
		return nil, err
	}
	t, err := r.open(a, token, params)
	if err != nil {
		return nil, err
	}
	out, err := r.await(ctx, t, params)
	if err != nil {
		return nil, err
	}
	if err := r.record(resultEvent(a, out)); err != nil {
		return nil, err
	}
	if out.fail != nil {
		return nil, out.fail
	}
	return a.result(sc, f, out.output)
}

func (a *taskAction) result(sc scope, f frame, output json.RawMessage) (json.RawMessage, error) {
	if a.resultSelect != nil {
		var err error
		if output, err = a.resultSelect.render(scope{input: output, context: sc.context}); err != nil {
			return nil, err
		}
	}
	return combine(a.resultPath, f.raw, output)
}

// combine applies ResultPath; a null path drops the result.
func combine(p *path, raw, result json.RawMessage) (json.RawMessage, error) {
	if p == nil {
		return raw, nil
	}
	out, err := p.put(raw, result)
	if err != nil {
		return nil, failf(errResultPathMatch, "Unable to apply ReferencePath %s to the input: %v", p.text, err)
	}
	return out, nil
}

// open registers the attempt's token. From here on it can be completed.
func (r *runner) open(a *taskAction, token string, params json.RawMessage) (*task, error) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	for _, ev := range []Event{scheduledEvent(r.s.region, a, params), taskStartedEvent(a)} {
		if err := r.recordLocked(ev); err != nil {
			return nil, err
		}
	}
	now := time.Now()
	t := &task{execution: r.e, action: a, token: token, began: now, done: make(chan struct{}), lastBeat: now}
	if a.timeout > 0 {
		t.deadline = now.Add(a.timeout)
	}
	r.s.tasks[token], r.e.open = t, t
	return t, nil
}

// await calls the integration and waits until the task is closed. A task that was answered before the call came back
// waits for the call too: TaskSubmitted comes before TaskSucceeded, and an orderly history is worth the wait.
func (r *runner) await(ctx context.Context, t *task, params json.RawMessage) (outcome, error) {
	type answer struct {
		output json.RawMessage
		err    error
	}
	submitted := make(chan answer, 1)
	r.s.wg.Go(func() {
		output, err := t.action.call(ctx, params)
		submitted <- answer{output, err}
	})
	timer := newAlarm(r.expire(t))
	defer timer.stop()
	done := t.done
	for {
		select {
		case a := <-submitted:
			submitted = nil
			if err := r.submitted(t, a.output, a.err); err != nil {
				return outcome{}, err
			}
		case <-done:
			done = nil
		case <-timer.c:
			timer.stop()
			timer = newAlarm(r.expire(t))
		case <-ctx.Done():
			return outcome{}, errEnded
		}
		if done == nil && (submitted == nil || !t.outcome.answered) {
			return t.outcome, nil
		}
	}
}

// submitted notes the integration's answer. A call that failed fails the task, unless somebody has completed it.
func (r *runner) submitted(t *task, output json.RawMessage, err error) error {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	if err == nil {
		if !t.closed || t.outcome.answered {
			return r.recordLocked(submittedEvent(t.action, output))
		}
		return nil
	}
	fail := &failure{name: errTaskFailed, cause: err.Error()}
	if named := (*TaskError)(nil); errors.As(err, &named) {
		fail = &failure{name: named.Name, cause: named.Cause}
	}
	fail.cause = strings.ToValidUTF8(fail.cause, "\uFFFD")
	t.closeLocked(outcome{fail: fail})
	return nil
}

// expire closes the task if its time is over and returns when to look again.
func (r *runner) expire(t *task) time.Time {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	t.expireLocked(time.Now())
	if t.closed {
		return time.Time{}
	}
	return t.expiryLocked()
}
