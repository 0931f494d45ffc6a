package approval

import (
	"slices"
	"unicode/utf8"
)

// MethodLink is the method of a person of whom only the link is known.
const MethodLink = "link"

// ChannelWeb is the channel of the page, and of an [Actor] that names none.
const ChannelWeb = "web"

// Actor is who looks at a request or answers it. The zero Actor is somebody who holds the link. What is said here must
// come from where it was verified, such as the claims of an authorizer, never from the form or a plain header. Names of more
// than [MaxIdentity] characters and more than eight aliases make nobody known.
type Actor struct {
	ID string
	// Aliases are other names of the same person, such as the subject beside the mail address.
	Aliases  []string
	Method   string // how the identity was verified: "jwt", "iam", "alb-oidc", "slack"
	Verified bool
	Channel  string // where the answer was given: "web", "slack"
}

// maxAliases bounds what a record keeps of a person.
const maxAliases = 8

// identified reports whether it is known who the actor is.
func (a Actor) identified() bool {
	tooLong := func(name string) bool { return utf8.RuneCountInString(name) > MaxIdentity }
	return a.Verified && a.ID != "" && len(a.Aliases) <= maxAliases && !slices.ContainsFunc(a.names(), tooLong)
}

// is reports whether id is one of the actor's names. Nobody is known by a name that was not verified.
func (a Actor) is(id string) bool {
	return a.identified() && slices.ContainsFunc(a.names(), func(name string) bool { return sameIdentity(name, id) })
}

// tells reports whether the actor can be told apart from somebody of this name, because he has one of the same kind.
func (a Actor) tells(id string) bool {
	return a.identified() && slices.ContainsFunc(a.names(), func(name string) bool { return kindOf(name) == kindOf(id) })
}

func (a Actor) names() []string { return append([]string{a.ID}, a.Aliases...) }

// person is an actor as a record keeps him.
type person struct {
	ID       string   `json:"id"`
	Aliases  []string `json:"aliases,omitempty"`
	Method   string   `json:"method"`
	Verified bool     `json:"verified"`
	Channel  string   `json:"channel"`
}

// person returns who the actor is to this request. Of somebody unknown it is known for whom his link was meant, if it
// was meant for one person.
func (a Actor) person(r *Request) person {
	p := person{Method: MethodLink, Channel: a.Channel}
	if p.Channel == "" {
		p.Channel = ChannelWeb
	}
	switch {
	case a.identified():
		p.ID, p.Aliases, p.Method, p.Verified = a.ID, a.Aliases, a.Method, true
	case len(r.Approvers) == 1:
		p.ID = r.Approvers[0]
	}
	return p
}

// same reports whether two are one person as far as anybody knows. All who only hold the link are one.
func (p person) same(q person) bool {
	if !p.Verified || !q.Verified {
		return p.Verified == q.Verified
	}
	return slices.ContainsFunc(p.actor().names(), q.actor().is)
}

func (p person) actor() Actor { return Actor(p) }
