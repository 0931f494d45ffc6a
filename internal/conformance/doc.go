// Package conformance holds the stand-in of internal/local to AWS's documented behaviour and to two emulators that others wrote.
//
// One suite of behaviours, each with what AWS is documented to do, runs against three backends through the real AWS SDK:
// the stand-in must do exactly that; moto and MiniStack must do that or the difference that the suite's tables name.
// A difference that is new, or gone, fails and says which line to change. The tables are the ..._test.go files'
// sections; docs/conformance.md is generated from them.
//
//	go test ./internal/conformance                    the stand-in, and the page
//	go test -tags=conformance ./internal/conformance  the emulators too (make conformance)
//	go test ./internal/conformance -run Page -update  write the page anew
package conformance
