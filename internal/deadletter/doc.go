// Package deadletter sends what cannot be delivered to an SQS queue: it is the [callback.DeadLetters] of the
// functions.
//
// A dead letter is the original payload, byte for byte, with its reason in message attributes. It can be sent to
// the callback queue again as it is.
//
// Limits follow https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html.
package deadletter
