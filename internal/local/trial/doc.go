// Package trial tells a developer what the functions would do with an event: which envelopes are opened, which
// mappings take it, which callback comes of it, and what each trigger would answer. Of a mapping that fails it tells
// where. It calls nobody: an HTTP request goes through the function's own handler, short of signatures and Step Functions.
//
// Everything goes to a developer's screen, payload included; task tokens are shown by their fingerprints.
package trial
