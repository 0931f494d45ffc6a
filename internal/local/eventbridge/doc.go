// Package eventbridge is an in-memory stand-in for one Amazon EventBridge event bus, "default": events put by PutEvents,
// by a Step Functions state or in process are matched against rules and go to SQS queues and Lambda functions.
//
// It takes a part of the pattern language and of a target's settings, and refuses the rest by name where the rule or the
// target is put, so that no rule ever works differently from what it says. There are no schedules, no other buses, no
// input transformers, no archives and no permissions: a queue needs no policy here that lets EventBridge send.
//
// Time comes from package time alone, so the whole service runs inside a testing/synctest bubble.
//
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/Welcome.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
package eventbridge
