package rig

import (
	"flag"
	"strconv"
)

// Plays says how often rapid checks a property of the test binary unless -rapid.checks does: a play through the SDK takes a tenth
// of a second of the processor under the race detector, where make check-promise has none. It is called in TestMain.
func Plays(n int) {
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		panic(err) //nolint:forbidigo // rapid, which this package imports, has the flag
	}
}
