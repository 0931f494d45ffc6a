package mapping

import "github.com/itchyny/gojq"

// step is one index or iteration of the original program, the last suffix of a term or the term itself.
type step struct {
	node     any
	suffixes int
	index    *gojq.Index // nil: iteration
	optional bool        // a question mark follows, and stands for this step alone
}

// suffix rewrites the last of the first suffixes, behind the others.
func (t *tracing) suffix(e *gojq.Term, suffixes int, rest *gojq.Query) *gojq.Query {
	s := step{node: e, suffixes: suffixes}
	last := e.SuffixList[suffixes-1]
	if last.Optional {
		if suffixes == 1 || e.SuffixList[suffixes-2].Optional {
			return t.then(tryCatch(t.term(e, suffixes-1, nil), nil), rest)
		}
		s.optional = true
		suffixes--
		last = e.SuffixList[suffixes-1]
	}
	if s.index = last.Index; s.index == nil {
		return t.term(e, suffixes-1, t.iterate(s, rest))
	}
	taken, bindings := t.index(s, rest)
	if s.optional { // jq applies the key of such a step to what it is a key of
		return t.term(e, suffixes-1, bindings.around(taken))
	}
	return bindings.around(t.term(e, suffixes-1, taken))
}

// iterate goes over the keys, which is how rest knows where it is.
func (t *tracing) iterate(s step, rest *gojq.Query) *gojq.Query {
	each := pipe(call(keysFunction), of(&gojq.Term{
		Type: gojq.TermTypeIdentity, SuffixList: []*gojq.Suffix{{Iter: true}},
	}))
	key := t.fresh("key")
	return bind(t.guarded(s, each), t.member(indexBy(key), key, rest), key)
}

// bindings are the expressions in an index and the variables for them, in the order in which jq evaluates them: before
// what the index is applied to.
type bindings []struct {
	name  string
	value *gojq.Query
}

func (b bindings) around(q *gojq.Query) *gojq.Query {
	for i := len(b) - 1; i >= 0; i-- {
		q = bind(b[i].value, q, b[i].name)
	}
	return q
}

// index takes a member of "." by a key, or a part by its ends.
func (t *tracing) index(s step, rest *gojq.Query) (*gojq.Query, bindings) {
	var b bindings
	evaluate := func(q *gojq.Query) *gojq.Query {
		if q == nil {
			return nil
		}
		b = append(b, bindings{{t.fresh("key"), t.query(q, nil)}}...)
		return call(b[len(b)-1].name)
	}
	if s.index.IsSlice {
		part := &gojq.Index{IsSlice: true, Start: evaluate(s.index.Start), End: evaluate(s.index.End)}
		return t.then(t.guarded(s, of(&gojq.Term{Type: gojq.TermTypeIndex, Index: part})), rest), b
	}
	evaluate(keyOf(s.index))
	return t.member(t.guarded(s, indexBy(b[0].name)), b[0].name, rest), b
}

// member pipes what q yields, a member of "." under the key, to rest.
func (t *tracing) member(q *gojq.Query, key string, rest *gojq.Query) *gojq.Query {
	if rest == nil {
		return q
	}
	return pipe(q, bind(call(memberFunction, here(), call(key)), rest, hereVariable))
}

// guarded makes the step tell when it fails, or fail in silence.
func (t *tracing) guarded(s step, q *gojq.Query) *gojq.Query {
	if s.optional {
		return tryCatch(q, nil)
	}
	return t.watch(q, s.node, s.suffixes, here())
}

func keyOf(x *gojq.Index) *gojq.Query {
	switch {
	case x.Start != nil:
		return x.Start
	case x.Str != nil:
		return of(&gojq.Term{Type: gojq.TermTypeString, Str: x.Str})
	default:
		return of(&gojq.Term{Type: gojq.TermTypeString, Str: &gojq.String{Str: x.Name}})
	}
}

func indexBy(key string) *gojq.Query {
	return of(&gojq.Term{Type: gojq.TermTypeIndex, Index: &gojq.Index{Start: call(key)}})
}
