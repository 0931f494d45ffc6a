// Package function runs a contender as Lambda does, as a process that asks a Runtime API for its work, and measures it
// from outside: time from exec to the first request for work, time of an invocation, processor time and memory.
//
// It is not the stand-in's package lambda, which follows Lambda's rules for errors and limits; this one knows one
// process, one invocation at a time, and payloads of any size, and takes care to cost little beside it.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
package function
