// Package dynamo keeps the records of approval requests in a table of Amazon DynamoDB: it is the [approval.Store] of what
// is deployed.
//
// # The table
//
// An item is a record: a request's, or a pointer's, which leads from a task token to the link of its request. Times are milliseconds since 1970; what is zero or empty has no attribute.
//
//	id           S  partition key: 32 hexadecimal digits
//	revision     N  counts the writes, from 1
//	state        S  open, answered, revoked or expired; pointer
//	createdAt    N
//	expiresAt    N
//	purgeAt      N
//	purgeAfter   N  purgeAt in seconds, rounded up: the attribute of the table's Time to Live
//	deliveredAt  N  there once the link was handed over
//	execution    S  ARN of the execution that asks
//	request      B  sealed; of a pointer the link, sealed
//	progress     B  sealed; there from the first answer on
//	write        B  16 random bytes that the write drew which made the item what it is
//	pending      S  "1" while the state is open, otherwise not there
//
// The global secondary index pending has the partition key pending and the sort key createdAt. It is sparse: it holds open
// requests only. It projects expiresAt, purgeAt, deliveredAt and execution, so that an entry is small whatever was asked, and
// an answer on its way writes nothing to it. All entries are in one partition, which takes about 500 new and as many closed
// requests a second; beyond that the index holds up the table's writes.
//
// [Table] says the same to CreateTable. Billing on demand, point-in-time recovery and deletion protection are the template's.
// The store needs dynamodb:GetItem and dynamodb:PutItem on the table, and dynamodb:Query on the index to list requests.
//
// # Writes
//
// Every write is a PutItem on a condition: that there is no item, or that it has the revision that was read. Reads of a
// record are strongly consistent.
//
// The SDK makes a call again whose answer was lost, and then the condition may fail because of the first attempt.
// Therefore a write draws 16 random bytes, the same for all its attempts, and DynamoDB returns the stored item with a failed
// condition: if it holds these bytes, the write has happened, and only once. Bytes of the record would not do, for two
// callers may want to write the same. If somebody else has written in between, the write is reported as a conflict, or its
// record as there already, although it happened: whoever reads the record again sees it.
//
// Deletion by Time to Live is days late at times. What is expired is for the core to tell.
//
//   - https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
//   - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
//   - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
package dynamo
