package eventbridge

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/sqs"
)

// delivery is an event on its way to one target.
type delivery struct {
	event   []byte
	rule    string // ARN
	target  *Target
	began   time.Time
	retries int
}

// route gives an event to the subscribers and, once, to the targets of every rule that takes it.
func (s *Service) route(event []byte) {
	root := decode(event)
	s.mu.Lock()
	subscribers := s.subscribers
	var due []delivery
	for _, name := range slices.Sorted(maps.Keys(s.rules)) {
		r := s.rules[name]
		if r.Disabled || !r.pattern.matches(root) {
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(r.targets)) {
			due = append(due, delivery{event: event, rule: s.ruleARN(name), target: r.targets[id], began: time.Now()})
		}
	}
	s.mu.Unlock()
	for _, f := range subscribers {
		f(event)
	}
	for _, d := range due {
		s.deliver(d)
	}
}

// deliver makes the first attempt at once, and further ones behind the caller's back.
func (s *Service) deliver(d delivery) {
	err := s.attempt(d)
	if err == nil {
		return
	}
	if !worthRetry(err) {
		s.deadLetter(d, err, "")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.shut {
		s.work.Go(func() { s.retry(d, err) })
	}
}

func (s *Service) attempt(d delivery) error {
	input := d.target.input(d.event)
	if service(d.target.ARN) == "lambda" {
		_, err := s.options.Functions.InvokeAsync(d.target.ARN, input)
		return err
	}
	q, err := s.options.Queues.Queue(d.target.ARN)
	if err != nil {
		return err
	}
	m := sqs.Message{Body: string(input), GroupID: d.target.MessageGroupID}
	_, err = q.Send(m)
	return err
}

// retry waits longer and longer, up to five minutes. AWS does not say how long it waits, only that it adds jitter, which
// would make a run here differ from the next.
func (s *Service) retry(d delivery, err error) {
	wait := time.Second
	for {
		if d.retries >= d.target.attempts() {
			s.deadLetter(d, err, "MaximumRetryAttempts")
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-s.closed:
			timer.Stop()
			return
		}
		if time.Since(d.began) > d.target.age() {
			s.deadLetter(d, err, "MaximumEventAgeInSeconds")
			return
		}
		d.retries++
		if err = s.attempt(d); err == nil {
			return
		}
		if !worthRetry(err) {
			s.deadLetter(d, err, "")
			return
		}
		wait = min(2*wait, 5*time.Minute)
	}
}

// worthRetry tells an error that may pass from one that stays until somebody acts.
func worthRetry(err error) bool {
	var e *awsjson.Error
	return !errors.As(err, &e) || e.Status >= http.StatusInternalServerError || errorCode(e) == "THROTTLING"
}

// errorCode is ERROR_CODE of a dead letter.
func errorCode(err error) string {
	var e *awsjson.Error
	switch {
	case !errors.As(err, &e):
		return "INTERNAL_ERROR"
	case e.Code == "QueueDoesNotExist", e.Code == "ResourceNotFoundException":
		return "NO_RESOURCE"
	case e.Status == http.StatusTooManyRequests, strings.Contains(e.Code, "Throttl"):
		return "THROTTLING"
	case e.Status >= http.StatusInternalServerError:
		return "ERROR_FROM_TARGET"
	default:
		return "INVALID_PARAMETER"
	}
}

// deadLetter sends the event itself, not what the target was to be sent, to the target's dead-letter queue. Without one, or
// if it refuses, the event is lost, as on AWS.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
func (s *Service) deadLetter(d delivery, err error, exhausted string) {
	if d.target.DeadLetterARN == "" {
		return
	}
	q, missing := s.options.Queues.Queue(d.target.DeadLetterARN)
	if missing != nil {
		return
	}
	attributes := map[string]sqs.Attribute{}
	for name, value := range map[string]string{
		"RULE_ARN": d.rule, "TARGET_ARN": d.target.ARN, "ERROR_CODE": errorCode(err), "ERROR_MESSAGE": err.Error(),
		"EXHAUSTED_RETRY_CONDITION": exhausted,
	} {
		if value != "" {
			attributes[name] = sqs.Attribute{DataType: "String", String: value}
		}
	}
	if d.retries > 0 || exhausted != "" {
		attributes["RETRY_ATTEMPTS"] = sqs.Attribute{DataType: "Number", String: strconv.Itoa(d.retries)}
	}
	_, _ = q.Send(sqs.Message{Body: string(d.event), Attributes: attributes})
}
