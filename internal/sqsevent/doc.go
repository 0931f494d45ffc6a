// Package sqsevent reads the events in which Lambda hands over the messages of an SQS queue, in one pass over the bytes.
//
// It reads what Lambda writes, and of that the same as encoding/json does into the event types of aws-lambda-go. It
// refuses everything else, even what encoding/json would make sense of: keys in another case, keys that are there twice,
// what is not UTF-8. Whoever gets such an event can have it read and written anew by encoding/json, and try again.
//
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
package sqsevent
