// Package glance evaluates as much of jq as needs no tree: paths, comparisons, conditions and the objects that are built of
// them, over JSON whose bytes were only checked and outlined.
//
// It tells what a program yields, or that it cannot tell. It never differs from jq in the former: whatever it does not
// know or is not sure of is the latter, and so is every error. An array or object of the payload is passed on with its
// original bytes.
//
// The syntax tree is that of https://github.com/itchyny/gojq. What a part of a program does that is not in this package
// is left open until a payload asks for it, so that a program which is mostly unknown can still be told to yield nothing.
package glance
