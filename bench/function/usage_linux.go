package function

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// CPU is the processor time of the process, all of its threads, those that have ended included. It comes from the
// process's clock, which counts nanoseconds; /proc counts hundredths of a second.
func (f *Process) CPU() (time.Duration, error) {
	const schedulerClock = 2
	clock := ^f.PID()<<3 | schedulerClock // MAKE_PROCESS_CPUCLOCK of the kernel
	var t syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&t)), 0) //nolint:gosec // as the system call wants it
	if errno != 0 {
		return 0, fmt.Errorf("read the processor time of the process: %w", errno)
	}
	return time.Duration(t.Nano()), nil
}

// PeakRSS is the most memory that the process has had resident, in bytes.
func (f *Process) PeakRSS() (int64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(f.PID()) + "/status")
	if err != nil {
		return 0, fmt.Errorf("read the memory of the process: %w", err)
	}
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kb, err := strconv.ParseInt(string(bytes.TrimSuffix(bytes.TrimSpace(value), []byte(" kB"))), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("read the memory of the process: %w", err)
			}
			return kb << 10, nil
		}
	}
	return 0, errors.New("read the memory of the process: it has no VmHWM")
}
