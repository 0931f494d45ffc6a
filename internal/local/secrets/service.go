package secrets

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"callback-completer/internal/local/awsjson"
)

// Options name the account that the secrets and parameters belong to.
type Options struct {
	Region  string // "us-east-1" when empty
	Account string // "000000000000" when empty
}

// Service is one account's secrets and parameters in one region. It is safe for concurrent use. Its errors are
// *awsjson.Error.
type Service struct {
	options Options

	mu         sync.Mutex
	secrets    []*secret
	parameters map[string]*parameter // by ARN
}

// New returns a service without secrets and parameters.
func New(o Options) *Service {
	o.Region = cmp.Or(o.Region, "us-east-1")
	o.Account = cmp.Or(o.Account, "000000000000")
	return &Service{options: o, parameters: map[string]*parameter{}}
}

func (s *Service) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, s.options.Region, s.options.Account, resource)
}

func errValidation(format string, args ...any) error {
	return awsjson.Errorf("ValidationException", format, args...)
}

func errConstraint(member, constraint string) error {
	return errValidation("1 validation error detected: Value at '%s' failed to satisfy constraint: Member must %s", member, constraint)
}

// epoch is a time as the protocol writes it: seconds with a fraction.
func epoch(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// newID returns a random (version 4) UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
