// Package awscall holds what short calls to AWS have in common: how long an attempt may take, how many there are, and how to
// say why a call failed without quoting what was sent or answered.
//
// It knows no service and decides nothing about a failure. Step Functions, where a lost answer matters, has rules of its own for
// attempts, and takes from here only what an answer says.
package awscall
