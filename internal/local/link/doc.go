// Package link mints, lists, shows and revokes links to approval requests of a running `callback local --serve`, by the core that
// the functions use. It reads and writes their table through the stand-in, which alone has its file open.
//
// Two things are no part of AWS's API and are asked of the stand-in by operations of its own: where pages and table are,
// and which executions wait, with their task tokens. A token goes no further than the request that is minted; nothing here
// prints one, nor a comment.
package link
