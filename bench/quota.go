package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// fullMemoryMB is the memory with which a function has one whole processor.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
const fullMemoryMB = 1769

// quota makes control groups with the share of a processor that Lambda gives a small function. Where the caller may not
// make any, the scenarios that need one are left out.
type quota struct {
	root string // empty if there is none
	v2   bool
}

func findQuota() quota {
	for _, q := range []quota{{"/sys/fs/cgroup", true}, {"/sys/fs/cgroup/cpu", false}} {
		probe := "cpu.cfs_quota_us"
		if q.v2 {
			probe = "cgroup.subtree_control"
		}
		if !exists(filepath.Join(q.root, probe)) && (q.v2 || !exists(filepath.Join(q.root, "cgroup.procs"))) {
			continue
		}
		if path, err := q.make(fullMemoryMB); err == nil {
			q.remove(path)
			return q
		}
	}
	return quota{}
}

// make makes a group with the share of a function with so much memory. Lambda's own period is not documented; 20 ms are.
func (q quota) make(memoryMB int) (string, error) {
	const period = 20 * time.Millisecond
	path := filepath.Join(q.root, "callback-completer-bench-"+strconv.Itoa(os.Getpid()))
	if err := os.Mkdir(path, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("make a control group: %w", err)
	}
	share := int(period.Microseconds()) * memoryMB / fullMemoryMB
	settings := [][2]string{{"cpu.cfs_period_us", strconv.Itoa(int(period.Microseconds()))}, {"cpu.cfs_quota_us", strconv.Itoa(share)}}
	if q.v2 {
		settings = [][2]string{{"cpu.max", fmt.Sprintf("%d %d", share, period.Microseconds())}}
	}
	for _, s := range settings {
		if err := os.WriteFile(filepath.Join(path, s[0]), []byte(s[1]), 0o600); err != nil {
			q.remove(path)
			return "", fmt.Errorf("limit a control group: %w", err)
		}
	}
	return path, nil
}

// remove removes a group whose processes have ended.
func (q quota) remove(path string) {
	_ = os.Remove(path) // the kernel refuses if one is left, and the next run makes the group anew
}
