// Package bolt keeps the records of approval requests in one file, for `callback local --serve`: an [approval.Store] without a
// server. It is a development tool and never deployed.
//
// The functions do not open the file: two processes cannot, and what runs on a developer's machine is what is deployed, which
// knows DynamoDB alone. They call the stand-in for DynamoDB, whose table of requests has its items here; it is the one process
// that has the file open. `callback link` calls it too.
//
// The file is a bbolt database: pure Go with nothing beside it but golang.org/x/sys, a few hundred kilobytes in the program,
// and the store needs no more than ordered keys and transactions. SQLite in pure Go would do as well and is fifty times
// the code.
//
// One process has the file open at a time; who waits for it gives up after a second. Every write is on disk when it
// returns. A record is forgotten the moment its PurgeAt passes, and leaves the file with the next Create.
//
// The file has three buckets: records, by ID, in JSON; and of the open records and of those to be purged the time, in
// milliseconds since 1970 with the sign bit flipped, and the ID.
package bolt
