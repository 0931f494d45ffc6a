package approval

import "slices"

// Reason is why somebody may not decide. It is a word of the page's catalogue.
type Reason string

// The reasons; MayDecide is that there is none.
const (
	MayDecide      Reason = ""
	IdentityNeeded Reason = "identity-needed" // the link alone is not enough, and nobody knows who holds it
	NotAsked       Reason = "not-asked"       // somebody else is asked
	OwnRequest     Reason = "own-request"     // who asked may not answer
	VotedAlready   Reason = "voted"           // one person's approval counts once; it can be taken back by a rejection
	LoginRefused   Reason = "login-refused"   // the front door's word on who he is does not hold; not of [May], see [Unbelieved]
	NotOpen        Reason = "not-open"        // answered, closed, expired or revoked, see [Standing]
)

// May says whether an actor may decide on a request as it stands. There is no other rule than these, and every way to
// an answer asks here.
func May(r *Request, s *Standing, actor Actor) Reason {
	switch {
	case r.Identity == ByVerified && !actor.identified():
		return IdentityNeeded
	case actor.identified() && len(r.Approvers) > 0 && !slices.ContainsFunc(r.Approvers, actor.is):
		return NotAsked
	case r.NoSelfApproval && !actor.tells(r.Requester): // he may be the requester by another name
		return NotAsked
	case s.Stage != StageOpen:
		return NotOpen
	case r.NoSelfApproval && actor.is(r.Requester):
		return OwnRequest
	case slices.ContainsFunc(s.Votes, func(v Answer) bool { return v.By.person.same(actor.person(r)) }):
		return VotedAlready
	default:
		return MayDecide
	}
}

// Forbids reports whether the reason is in the way of this decision. Who has approved can still reject.
func (r Reason) Forbids(o Option) bool {
	return r != MayDecide && (r != VotedAlready || !o.Rejects)
}

// Hides reports whether the reason is one for which the request itself is not shown: it is for others.
func (r Reason) Hides() bool { return r == IdentityNeeded || r == NotAsked }
