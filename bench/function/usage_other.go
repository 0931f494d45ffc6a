//go:build !linux

package function

import (
	"errors"
	"time"
)

var errLinux = errors.New("the benchmark measures on Linux only")

// CPU is the processor time of the process.
func (f *Process) CPU() (time.Duration, error) { return 0, errLinux }

// PeakRSS is the most memory that the process has had resident, in bytes.
func (f *Process) PeakRSS() (int64, error) { return 0, errLinux }
