// Package lambda is a stand-in for AWS Lambda, for `callback local` and the project's own tests: it runs real `bootstrap`
// binaries, and it feeds a function from a queue or with events.
//
// A Process serves the Lambda Runtime API to execution environments of one binary, each an operating system process that
// works on one invocation at a time: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
// The Extensions API and response streaming to the caller are left out.
//
// A Mapping is the event source mapping between an SQS queue and a function, with Lambda's rules for batches, windows and
// partial batch responses: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
//
// An Async is the queue in front of a function that is invoked asynchronously, as EventBridge invokes one, with Lambda's
// retries and failure destination: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
// Function dead-letter queues and success destinations are left out.
//
// Both work with any Invoker, so that a test can run a handler in process and under a fake clock (testing/synctest).
// Filters, provisioned pollers and the scaling up of pollers over time are left out.
package lambda
