// Package emulator runs the AWS emulators that the stand-in is compared with, moto, MiniStack and DynamoDB Local, as processes
// of their own on loopback. The first two are Python programs: `make venv` installs the pinned versions. DynamoDB Local is
// a Java program by AWS: `make dynamodb-local` fetches it.
//
// It is for the tests behind the build tags conformance and deploytest only.
package emulator
