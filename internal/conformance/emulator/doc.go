// Package emulator runs the AWS emulators that the stand-in is compared with, moto and MiniStack, as processes of their own
// on loopback. They are Python programs: `make venv` installs the pinned versions.
//
// It is for the tests behind the build tags conformance and deploytest only.
package emulator
