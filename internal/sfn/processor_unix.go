//go:build unix

package sfn

import (
	"syscall"
	"time"
)

// processorTime is what the process has used so far.
func processorTime() (time.Duration, bool) {
	var usage syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), err == nil
}
