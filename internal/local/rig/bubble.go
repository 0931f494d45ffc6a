package rig

import (
	"testing"
	"testing/synctest"
)

// Bubble runs f under a fake clock from within a property of rapid, which fails and skips by panicking: that has to reach
// rapid's own goroutine.
func Bubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	var failure any
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		defer func() { failure = recover() }()
		f(t)
	})
	if failure != nil {
		panic(failure) //nolint:forbidigo // rapid's own, passed on
	}
}
