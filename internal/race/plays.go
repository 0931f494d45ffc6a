package race

import (
	"flag"
	"strconv"
)

// Plays says how often rapid checks a property of the test binary under the race detector, where a play through the SDK takes a
// tenth of a second of the processor. Without it rapid's own number counts, or -rapid.checks. It is called in TestMain.
func Plays(n int) {
	if !Enabled {
		return
	}
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		panic(err) //nolint:forbidigo // a package that uses rapid has the flag
	}
}
