package mapping

import (
	"slices"
	"sync"

	"github.com/itchyny/gojq"

	"callback-completer/internal/callback"
	"callback-completer/internal/glance"
	"callback-completer/internal/jsonspan"
)

// The fast path takes a payload to its callbacks without a tree: it checks the bytes once, looks at the few members
// that programs ask for and passes the rest on as it is. What it cannot tell for certain, errors among them, jq is
// asked for, with the whole payload as a tree. Which of the two a payload took is to be seen in time alone;
// FuzzFastPath holds them to each other.

// fast is the mapping of one payload on the fast path.
type fast struct {
	glance.Run

	meta      callback.Meta
	names     TokenNames
	root      jsonspan.Value
	envelopes []string
}

// fastPayload is the largest message that SQS takes.
const fastPayload = 1 << 20

// glanced returns what can be told of a program without a tree.
func (p Program) glanced() glance.Program {
	if len(p.Source) > MaxSourceBytes {
		return glance.Opaque()
	}
	query, err := gojq.Parse(p.Source)
	if err != nil {
		return glance.Opaque()
	}
	return glance.Compile(query, defined(query))
}

// pool keeps what payloads left behind for those that come.
type pool struct{ idle sync.Pool }

// open reads a payload and takes its envelopes off. It reports false where the fast path ends there.
func (p *pool) open(payload string, meta callback.Meta, names TokenNames) (r *fast, ok bool) {
	if len(payload) > fastPayload {
		return nil, false
	}
	r, ok = p.idle.Get().(*fast)
	if !ok {
		r = &fast{}
		r.Meta = r.fact
	}
	r.meta, r.names = meta, names
	if !r.open(payload) {
		p.giveBack(r)
		return nil, false
	}
	return r, true
}

func (p *pool) giveBack(r *fast) {
	r.Reset()
	r.meta, r.root, r.envelopes = nil, jsonspan.Value{}, r.envelopes[:0]
	p.idle.Put(r)
}

// opened returns the envelopes that were opened.
func (r *fast) opened() []string { return append([]string(nil), r.envelopes...) }

// fact is what programs see of $meta. What an envelope adds to it is left to jq.
func (r *fast) fact(name string) (fact any, ok bool) {
	switch name {
	case metaNames:
		return r.names.meta(), true
	case metaEnvelopes, envelopeSNS:
		return nil, false
	default:
		return r.meta.Fact(name), !slices.Contains(r.envelopes, envelopeSNS)
	}
}

// callbacks returns the callback that a result is, or none if it is null. It reports false where it is not a valid one.
func (r *fast) callbacks(result glance.Result) (list []callback.Callback, ok bool) {
	if result.IsNull() {
		return nil, true
	}
	var c callback.Callback
	var err error
	if span, ok := result.Span(); ok {
		c, err = callback.Read(span)
	} else if members, ok := result.Members(); ok {
		c, err = callback.Build(members)
	} else {
		return nil, false
	}
	if err != nil {
		return nil, false
	}
	return []callback.Callback{c}, true
}
