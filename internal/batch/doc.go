// Package batch runs the deliveries of one batch, some at a time, and gives every one of them a report, whatever
// happens to the others: a panic is contained, a FIFO message group keeps its order, and work stops early enough
// that the invocation can still answer.
//
// It decides order and time only. What becomes of a delivery is package callback's to say.
package batch
