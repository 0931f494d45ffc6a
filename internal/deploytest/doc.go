// Package deploytest deploys the template as `sam build` makes it, to an emulator on this machine, and uses what it
// deployed: by a message, an event, a signed webhook and people who open a link and press a button.
//
// What it shows is that the parts fit: template, build, environment, queues, event source mapping, rule, both types of
// API, secret and functions. What AWS itself makes of the template (IAM, encryption, alarms, throttling, access logs, the
// HTTP API's authorizers) it cannot show.
//
// MiniStack hands a function the same event again if the function asks for the next one before it is ended, and answers
// TaskDoesNotExist for a task that is completed, where AWS answers TaskTimedOut. The function knows its own answer again by the
// latter only; by the former it may take a callback that it has just delivered for a rejected one, and dead-letter it.
// The tests look away where it does.
//
// A function that fails in a state that waits for a token does not fail the state there: what becomes of a request that nobody could be
// sent is left to the tests of functions/approval.
//
//	make deploy-test
package deploytest
