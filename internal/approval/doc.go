// Package approval decides how a person answers a waiting state: what is asked and how it is kept, who holds the link and
// may use it, what a valid decision is and what the state is told of it.
package approval
