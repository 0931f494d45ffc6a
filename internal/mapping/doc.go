// Package mapping turns a payload into callbacks: it opens the envelopes around it and runs the jq programs that
// know its kind.
//
// A program sees the payload as "." and the trigger's facts as "$meta", with the engine's own among them:
// $meta.envelopes, $meta.sns and $meta.tokenNames (see [TokenNames]). It yields nothing (not mine), null (mine,
// nothing to complete yet), or objects in the canonical form of package callback. The first program that yields
// anything decides. Arrays and objects of the payload that a program passes on keep their original bytes,
// whatever the program does around them: see [jsonspan].
//
// A payload that is no JSON is a string to the programs; one whose media type says that it is a form
// (application/x-www-form-urlencoded in UTF-8) is an object of its fields, all of them strings. A form that could be
// read in two ways is refused: InvalidPayload.
//
// It refuses, at compile time, programs that could take the function down whatever their input (assignments, which
// can allocate without limit in one step; sources over 8 KiB), and at run time those that repeat strings, run too
// long or yield too much. Programs see no environment, no files and no other input.
//
// Most payloads never become a tree: what package glance can tell of a program is taken from it, and jq is asked for the
// rest. Both come to the same.
//
// The language is jq as https://github.com/itchyny/gojq implements it.
package mapping
