// Package demo shows the application at work on one machine: the real function, built from this source, between the
// queues and a Step Functions of the stand-in.
//
// Run plays scenes, each a workflow that waits and what a worker does to it, and compares what happened with what
// should have. Serve keeps everything running for a user with the AWS CLI. `callback local` is both; the tests of
// this package play the same scenes.
package demo
