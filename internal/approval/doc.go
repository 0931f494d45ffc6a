// Package approval decides how a person answers a waiting state: what is asked and how it is kept, who holds the link and
// may use it, what a valid decision is and what the state is told of it.
//
// A workflow's request ([ParseRequest]) is kept by [Service.Mint] under a [Link] that is drawn at random. Whoever opens the link sees a [View] ([Service.Show]), which [Pages] renders, and sends a form ([Service.Decide]). [May] is the one
// place that says who may decide.
//
// # The link is the key
//
// A [Store] keeps a request by an [ID] and sealed with a key, and both follow from the link alone, by HKDF-SHA256. So who
// reads the table, a backup or a stream of it learns when somebody was asked and by which execution, and neither the task
// token nor what was asked, of whom and what was answered. Who can write to the table can lose requests or bring back
// an older state of them, but cannot make up an answer: only Step Functions closes a task.
//
// Nor does the link follow from the task token, which stands in the history of the execution. Another record, the pointer,
// leads from the token to the link, so that a request that is made again gets the same one: its ID and its key follow from
// the token. Only who has the token and reads the table finds the link.
//
// Whoever holds a link can read its request and, unless the request demands a verified identity, answer it. He cannot
// learn the task token, answer twice, or decide for a request that is closed. A link in a mail is as safe as the mail.
//
// # One answer
//
// Step Functions takes the first answer to a task and tells nobody later whose it was. Therefore an attempt is recorded
// before each call, and its end after it. Two people who decide at once both have their attempts recorded; one of them
// is taken, and the other sees it. Where the end of a call is unknown, because a connection broke or a process died, the
// attempts that are recorded say who can have closed the task; the page says so in as many words. Looking at a page (GET, HEAD)
// changes nothing.
//
// # What is refused
//
// A request whose rules could be got round by another name: the requester is told from approvers, and approvers from each
// other, by names of one kind alone. A form without exactly one of the allowed decisions; a link in any other form than the one it was given out in. Nobody's identity is
// read from a form. Every link that leads nowhere gets one and the same page, in about the same time.
package approval
