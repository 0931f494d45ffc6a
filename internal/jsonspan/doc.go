// Package jsonspan reads JSON text into values that remember where they stand in it.
//
// A callback's output must reach Step Functions byte for byte: big integers, decimals and key order survive.
// A tree of Go maps loses all three, so this package keeps, for every array and object of a document, the span
// of text that it was read from. Whoever passes such a value on can pass on its original bytes.
//
// It accepts exactly RFC 8259 in UTF-8, no byte order mark, nested at most [MaxDepth] deep. Numbers stay
// [encoding/json.Number], never a float. Of a repeated key the last value counts, as in encoding/json and jq;
// [Members] shows the repetition to those who must refuse it.
package jsonspan
