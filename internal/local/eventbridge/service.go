package eventbridge

import (
	"crypto/rand"
	"fmt"
	"sync"

	"callback-completer/internal/local/sqs"
)

// Bus is the name of the only event bus.
const Bus = "default"

// Queues finds the queues that are targets and dead-letter queues.
type Queues interface {
	// Queue finds a queue by its ARN. Its error is an *awsjson.Error.
	Queue(arn string) (*sqs.Queue, error)
}

var _ Queues = (*sqs.Service)(nil)

// Functions invokes the functions that are targets.
type Functions interface {
	// InvokeAsync hands an event to a function's queue and does not wait for the function. A function that does not exist is
	// an *awsjson.Error with the code ResourceNotFoundException; an error that is no *awsjson.Error is worth another attempt.
	InvokeAsync(arn string, event []byte) (requestID string, err error)
}

// Options say where the bus pretends to be and what its targets are.
type Options struct {
	Region    string // "us-east-1" when empty
	Account   string // "000000000000" when empty
	Queues    Queues
	Functions Functions
}

// Service is one account's default event bus in one region. It is safe for concurrent use. Errors that a caller of AWS
// would see are *awsjson.Error.
type Service struct {
	options Options
	closed  chan struct{}
	work    sync.WaitGroup // deliveries that wait for another attempt

	mu          sync.Mutex
	shut        bool
	rules       map[string]*rule // by name
	subscribers []func(event []byte)
}

// New returns a bus without rules.
func New(o Options) *Service {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Account == "" {
		o.Account = "000000000000"
	}
	return &Service{options: o, closed: make(chan struct{}), rules: map[string]*rule{}}
}

// Close drops every event that waits for another attempt to deliver it, without a dead letter. Events that are put later
// get one attempt.
func (s *Service) Close() {
	s.mu.Lock()
	if !s.shut {
		s.shut = true
		close(s.closed)
	}
	s.mu.Unlock()
	s.work.Wait()
}

// Subscribe calls f with every event put from now on, whatever the rules say, before PutEvents answers. f must return soon.
func (s *Service) Subscribe(f func(event []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subscribers = append(s.subscribers[:len(s.subscribers):len(s.subscribers)], f)
}

func (s *Service) busARN() string {
	return fmt.Sprintf("arn:aws:events:%s:%s:event-bus/%s", s.options.Region, s.options.Account, Bus)
}

func (s *Service) ruleARN(name string) string {
	return fmt.Sprintf("arn:aws:events:%s:%s:rule/%s", s.options.Region, s.options.Account, name)
}

// newID returns a random (version 4) UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
