package sqs

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"
)

// settings are a queue's attributes, read once when they are set.
type settings struct {
	given map[string]string // as set, with the defaults

	visibility   time.Duration
	delay        time.Duration
	wait         time.Duration
	retention    time.Duration
	maxSize      int
	redrive      *redrivePolicy
	fifo         bool
	contentDedup bool
	groupDedup   bool // DeduplicationScope messageGroup
}

// MaxMessageBytes is the largest MaximumMessageSize, its default, and the limit of a whole batch.
const MaxMessageBytes = 1 << 20

// defaults are the attributes that a new queue has without being told.
func defaults(fifo bool) map[string]string {
	d := map[string]string{
		"VisibilityTimeout":             "30",
		"MaximumMessageSize":            strconv.Itoa(MaxMessageBytes),
		"MessageRetentionPeriod":        "345600",
		"DelaySeconds":                  "0",
		"ReceiveMessageWaitTimeSeconds": "0",
		"SqsManagedSseEnabled":          "true",
	}
	if fifo {
		maps.Copy(d, map[string]string{
			"FifoQueue": "true", "ContentBasedDeduplication": "false",
			"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue",
		})
	}
	return d
}

// validAttribute tells whether an attribute that can be set may have the value; known is false for any other name.
func validAttribute(name, value string, fifo bool) (valid, known bool) {
	between := func(low, high int) bool {
		n, err := strconv.Atoi(value)
		return err == nil && low <= n && n <= high
	}
	switch name {
	case "VisibilityTimeout":
		return between(0, 43_200), true
	case "MaximumMessageSize":
		return between(1_024, MaxMessageBytes), true
	case "MessageRetentionPeriod":
		return between(60, 1_209_600), true
	case "DelaySeconds":
		return between(0, 900), true
	case "ReceiveMessageWaitTimeSeconds":
		return between(0, 20), true
	case "KmsDataKeyReusePeriodSeconds":
		return between(60, 86_400), true
	case "SqsManagedSseEnabled":
		return value == "true" || value == "false", true
	case "FifoQueue":
		return value == "true", fifo
	case "ContentBasedDeduplication":
		return value == "true" || value == "false", fifo
	case "DeduplicationScope":
		return value == "queue" || value == "messageGroup", fifo
	case "FifoThroughputLimit":
		return value == "perQueue" || value == "perMessageGroupId", fifo
	case "Policy", "RedriveAllowPolicy", "RedrivePolicy":
		return value == "" || json.Valid([]byte(value)), true
	case "KmsMasterKeyId":
		return true, true
	default:
		return false, false
	}
}

// configure sets attributes, all or none. The caller holds mu.
func (q *Queue) configure(attributes map[string]string, creating bool) error {
	fifo := q.settings.fifo
	given := maps.Clone(q.settings.given)
	if creating {
		fifo = attributes["FifoQueue"] == "true"
		given = defaults(fifo)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[name]
		valid, known := validAttribute(name, value, fifo)
		switch {
		case !known:
			return errorf("InvalidAttributeName", "Unknown Attribute %s.", name)
		case !valid:
			return errorf("InvalidAttributeValue", "Invalid value for the parameter %s.", name)
		case name == "FifoQueue" && !creating:
			return errorf("InvalidAttributeValue", "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.")
		case value == "":
			delete(given, name)
		default:
			given[name] = value
		}
	}
	next := read(given)
	if policy := given["RedrivePolicy"]; policy != "" {
		p, err := q.s.parseRedrive(policy, fifo)
		if err != nil {
			return err
		}
		next.redrive = p
	}
	q.settings = next
	q.modified = time.Now()
	q.wake()
	return nil
}

// read takes values that validAttribute has passed.
func read(given map[string]string) settings {
	number := func(name string) int {
		n, _ := strconv.Atoi(given[name])
		return n
	}
	seconds := func(name string) time.Duration { return time.Duration(number(name)) * time.Second }
	return settings{
		given:        given,
		visibility:   seconds("VisibilityTimeout"),
		delay:        seconds("DelaySeconds"),
		wait:         seconds("ReceiveMessageWaitTimeSeconds"),
		retention:    seconds("MessageRetentionPeriod"),
		maxSize:      number("MaximumMessageSize"),
		fifo:         given["FifoQueue"] == "true",
		contentDedup: given["ContentBasedDeduplication"] == "true",
		groupDedup:   given["DeduplicationScope"] == "messageGroup",
	}
}

// SetAttributes changes attributes, all or none; an empty value removes a policy or a key.
// An unknown name is InvalidAttributeName, a value out of range InvalidAttributeValue.
func (q *Queue) SetAttributes(attributes map[string]string) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	return q.configure(attributes, false)
}

// Attributes returns every attribute: those that can be set and those that SQS counts.
func (q *Queue) Attributes() map[string]string {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	now := time.Now()
	q.expire(now)
	var visible, inFlight, delayed int
	for _, m := range q.messages {
		switch {
		case m.inFlight(now):
			inFlight++
		case m.visible.After(now):
			delayed++
		default:
			visible++
		}
	}
	all := maps.Clone(q.settings.given)
	maps.Copy(all, map[string]string{
		"QueueArn":                              q.ARN(),
		"CreatedTimestamp":                      strconv.FormatInt(q.created.Unix(), 10),
		"LastModifiedTimestamp":                 strconv.FormatInt(q.modified.Unix(), 10),
		"ApproximateNumberOfMessages":           strconv.Itoa(visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(inFlight),
		"ApproximateNumberOfMessagesDelayed":    strconv.Itoa(delayed),
	})
	return all
}

// readOnly are the attributes that can be asked for but not set.
func readOnly(name string) bool {
	switch name {
	case "QueueArn", "CreatedTimestamp", "LastModifiedTimestamp", "ApproximateNumberOfMessages",
		"ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed":
		return true
	}
	return false
}

// sameAttributes refuses to take a queue for one that was asked for with other attributes. The caller holds mu.
func (q *Queue) sameAttributes(attributes map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if q.settings.given[name] != attributes[name] {
			return errorf("QueueNameExists",
				"A queue already exists with the same name and a different value for attribute %s", name)
		}
	}
	return nil
}
