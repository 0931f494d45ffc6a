// Package sqs is an in-memory stand-in for Amazon SQS, for `callback local` and the project's own tests.
//
// A Service holds queues. It is driven in process (Queue.Send, Queue.Receive, …) or over the AWS JSON protocol
// (Operations), with the same rules and the same errors: visibility, long poll, delay, retention, redrive to a
// dead-letter queue, FIFO groups and deduplication, move tasks, and the MD5 sums that the SDKs check.
//
// Where SQS is free to do either of two things the stand-in does the one that finds more bugs: a stale receipt
// handle deletes nothing, a message is redelivered the moment its visibility timeout ends.
//
// Left out on purpose: limits on messages in flight, the minute after DeleteQueue in which a name is refused,
// permissions, tags and encryption (their attributes are stored and given back).
//
// Nothing runs in the background: time has its effect when a queue is next looked at, so a Service needs no Close
// and works under the fake clock of testing/synctest.
//
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html
package sqs
