// Package load makes the events of the benchmark: batches of SQS messages, an EventBridge event of a failed job, and a
// signed webhook, each with task tokens that are used once.
package load
