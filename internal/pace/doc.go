// Package pace decides how many calls are made at once, and how many a second, from what became of the calls before.
//
// A [Ramp] widens as calls return, so that a cold function does not pay for more connections than its calls are worth. A
// [Governor] keeps to a quota of calls a second, and finds out how much of it is left for this process when others use it too.
//
// Both only decide. They block nobody, have no clock, and know nothing of what is called.
package pace
