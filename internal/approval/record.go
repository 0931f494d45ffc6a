package approval

import (
	"context"
	"errors"
	"time"
)

// ID is what a [Store] knows a request by: 32 hexadecimal digits, from which nobody can tell the link.
type ID string

// State is how far a request has come.
type State string

// The states. A request whose time is over is expired, whatever its record says: Expired only keeps it off the list of the
// open ones, see [Service.Survey]. It gives way to an answer that was on its way.
const (
	Open     State = "open"
	Answered State = "answered"
	Revoked  State = "revoked"
	Expired  State = "expired"
	// Pointer is no request: such a record leads from a task token to the link of its request.
	Pointer State = "pointer"
)

// Record is what is kept of a request. Request and Progress are sealed with a key that only the link gives: without it
// a record, a backup or a stream of the table tells neither the task token nor what was asked or answered. Of a [Pointer]
// Request is the link, sealed with a key that only the task token gives.
type Record struct {
	ID          ID
	Revision    int64 // counts the changes, from 1
	State       State
	CreatedAt   time.Time // to the millisecond, like all times here
	ExpiresAt   time.Time
	PurgeAt     time.Time // when the store may forget the record
	DeliveredAt time.Time // when the link was handed over; zero before
	Execution   string    // ARN of the execution that asks, for operators
	Request     []byte    // sealed; written once
	Progress    []byte    // sealed: attempts, votes and the answer; empty before the first
}

// Errors of a [Store]. Every other error means that it could not be asked, and that another try may succeed.
var (
	ErrNotFound = errors.New("there is no such request")
	ErrExists   = errors.New("there is such a request already")
	// ErrConflict: somebody else changed the record since it was read.
	ErrConflict = errors.New("the request was changed meanwhile")
)

// Store keeps records. It is safe for concurrent use. Reads see every write that has ended before.
type Store interface {
	// Create stores a new record as revision 1. It fails with ErrExists if there is one of that ID.
	Create(ctx context.Context, r Record) error
	// Get returns the record, or ErrNotFound.
	Get(ctx context.Context, id ID) (Record, error)
	// Update replaces the record whose Revision is r.Revision and stores it with the next one, which it returns. It fails
	// with ErrConflict if there is another revision or none.
	Update(ctx context.Context, r Record) (revision int64, err error)
	// Pending returns at most limit records in the state Open, the oldest first by CreatedAt. It may lag behind writes by
	// some seconds.
	Pending(ctx context.Context, limit int) ([]Record, error)
}
