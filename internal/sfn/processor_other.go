//go:build !unix

package sfn

import "time"

func processorTime() (time.Duration, bool) { return 0, false }
