// Package trial tells a developer what the functions would do with an event: which envelopes are opened, which
// mappings take it, which callback comes of it, and what each trigger would answer. It calls nobody.
//
// Everything goes to a developer's screen, payload included; task tokens are shown by their fingerprints.
package trial
