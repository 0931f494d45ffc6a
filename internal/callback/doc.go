// Package callback decides what becomes of an answer to a waiting Step Functions state.
//
// It holds the canonical form of a callback and its limits, the task token that cannot be printed, the verdicts
// and the one pure function that reaches them, and the [Service] that takes a payload to its verdict. It refuses
// whatever could be read in two ways: nothing here has a default decision.
//
// It knows neither AWS SDK nor trigger. Step Functions is a [Completer], the dead-letter queue a [DeadLetters],
// the jq programs a [Mapper], the memory of what was delivered a [Ledger].
//
// Limits and errors follow
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html and
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html.
package callback
