// Package race tells tests whether the race detector watches them. It makes what they do take five to ten times as long, and
// sees as much in a part of what a large test repeats as in the whole; `make check-plain` runs the whole without it.
package race
