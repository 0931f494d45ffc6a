package bolt

import (
	"time"

	"go.etcd.io/bbolt"
)

// OpenUnsynced is Open for thousands of writes that need not outlive the machine.
func OpenUnsynced(path string, now func() time.Time) (*Store, error) {
	return open(path, now, bbolt.Options{Timeout: patience, NoSync: true})
}
