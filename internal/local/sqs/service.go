package sqs

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options names the account that the queues belong to.
type Options struct {
	Region  string // "us-east-1" when empty
	Account string // "000000000000" when empty
	// BaseURL returns the endpoint, "http://127.0.0.1:4566", without a trailing slash. It is a function because the port
	// is not known before the server listens. Nil gives "http://localhost".
	BaseURL func() string
}

// Service is one account's queues in one region. It is safe for concurrent use.
type Service struct {
	options Options

	// mu guards every queue and message as well: a redrive and a move touch two queues at once.
	mu     sync.Mutex
	queues map[string]*Queue // by name
	tasks  []*moveTask       // oldest first
}

// New returns a service without queues.
func New(o Options) *Service {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Account == "" {
		o.Account = "000000000000"
	}
	if o.BaseURL == nil {
		o.BaseURL = func() string { return "http://localhost" }
	}
	return &Service{options: o, queues: map[string]*Queue{}}
}

// CreateQueue makes a queue, or returns the one of that name if no given attribute differs from its own.
// The name of a FIFO queue ends with ".fifo" and its attributes hold FifoQueue "true".
func (s *Service) CreateQueue(name string, attributes map[string]string) (*Queue, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := checkQueueName(name, attributes["FifoQueue"] == "true"); err != nil {
		return nil, err
	}
	if q, ok := s.queues[name]; ok {
		return q, q.sameAttributes(attributes)
	}
	q := newQueue(s, name)
	if err := q.configure(attributes, true); err != nil {
		return nil, err
	}
	s.queues[name] = q
	return q, nil
}

// Queue finds a queue by its name, URL or ARN. The host of a URL is not looked at.
// The error is QueueDoesNotExist.
func (s *Service) Queue(ref string) (*Queue, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.find(ref); q != nil {
		return q, nil
	}
	return nil, errNoQueue()
}

func (s *Service) find(ref string) *Queue {
	if strings.HasPrefix(ref, "arn:") {
		q := s.queues[ref[strings.LastIndexByte(ref, ':')+1:]]
		if q == nil || q.ARN() != ref {
			return nil
		}
		return q
	}
	return s.queues[ref[strings.LastIndexByte(ref, '/')+1:]]
}

// DeleteQueue removes a queue with its messages. Receives that wait on it end.
func (s *Service) DeleteQueue(ref string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.find(ref)
	if q == nil {
		return errNoQueue()
	}
	delete(s.queues, q.name)
	q.deleted = true
	q.wake()
	return nil
}

// Queues returns every queue, by name.
func (s *Service) Queues() []*Queue {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.queues), func(a, b *Queue) int { return strings.Compare(a.name, b.name) })
}

// sources are the queues whose redrive policy names q. The caller holds mu.
func (s *Service) sources(q *Queue) []*Queue {
	var found []*Queue
	for _, other := range s.queues {
		if p := other.settings.redrive; p != nil && p.DeadLetterTargetArn == q.ARN() {
			found = append(found, other)
		}
	}
	slices.SortFunc(found, func(a, b *Queue) int { return strings.Compare(a.name, b.name) })
	return found
}

func checkQueueName(name string, fifo bool) error {
	base, suffixed := strings.CutSuffix(name, ".fifo")
	switch {
	case name == "":
		return errMissing("QueueName")
	case fifo && (!suffixed || len(name) > 80 || !isName(base)):
		return errorf("InvalidParameterValue", "The name of a FIFO queue can only include alphanumeric characters, "+
			"hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.")
	case !fifo && (len(name) > 80 || !isName(name)):
		return errorf("InvalidParameterValue",
			"Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
	}
	return nil
}

// isName tells whether s is made of the characters of queue names and batch entry ids.
func isName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return s != ""
}

// newID returns a random (version 4) UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func millis(t time.Time) string { return fmt.Sprint(t.UnixMilli()) }
