// Package queue puts callbacks on the callback queue, where they wait for another try: it is the [callback.Queue] of the
// functions.
//
// Limits follow https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html.
package queue
