// Package dynamodb is a stand-in for the part of Amazon DynamoDB that the project uses: CreateTable, DescribeTable,
// PutItem on a condition, GetItem, Query of a global secondary index, and Scan to look what is there. Tables are in memory;
// one of approval requests can be kept in an [approval.Store], so that it outlives the stand-in.
//
// It refuses what it does not know instead of leaving it out: other members of a request, other expressions than comparisons
// for equality and attribute_exists and attribute_not_exists joined by AND, tables with a sort key, other values than
// S, N (whole numbers), B, BOOL and NULL. Indexes follow at once. Nothing expires, no word is reserved, and there is no
// throttling but by a fault.
//
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html
package dynamodb
