package mapping

import (
	"slices"

	"github.com/itchyny/gojq"
)

// term rewrites a term with the first of its suffixes.
func (t *tracing) term(e *gojq.Term, suffixes int, rest *gojq.Query) *gojq.Query {
	if suffixes > 0 {
		return t.suffix(e, suffixes, rest)
	}
	switch e.Type {
	case gojq.TermTypeIdentity:
		if rest == nil {
			return identity()
		}
		return rest
	case gojq.TermTypeIndex:
		taken, bindings := t.index(step{node: e, index: e.Index}, rest)
		return bindings.around(taken)
	case gojq.TermTypeQuery:
		return parenthesize(t.query(e.Query, rest))
	case gojq.TermTypeFunc:
		return t.call(e, rest)
	case gojq.TermTypeArray:
		return t.then(t.array(e), rest)
	case gojq.TermTypeObject:
		return t.then(t.object(e), rest)
	case gojq.TermTypeUnary:
		return t.then(t.unary(e), rest)
	case gojq.TermTypeString:
		return t.then(of(&gojq.Term{Type: e.Type, Str: t.text(e.Str)}), rest)
	case gojq.TermTypeFormat:
		if e.Str == nil {
			return t.then(t.watch(bare(e), e, 0, here()), rest)
		}
		return t.then(t.watch(of(&gojq.Term{Type: e.Type, Format: e.Format, Str: t.text(e.Str)}), e, 0), rest)
	default:
		return t.then(t.control(e), rest)
	}
}

// bare returns the term without suffixes, as it is.
func bare(e *gojq.Term) *gojq.Query {
	plain := *e
	plain.SuffixList = nil
	return of(&plain)
}

func (t *tracing) array(e *gojq.Term) *gojq.Query {
	if e.Array.Query == nil {
		return bare(e)
	}
	return of(&gojq.Term{Type: e.Type, Array: &gojq.Array{Query: t.query(e.Array.Query, nil)}})
}

// object fails itself over a key that is no string, or over {name}, which is short for {name: .name}.
func (t *tracing) object(e *gojq.Term) *gojq.Query {
	object := &gojq.Object{}
	short, computed := false, false
	for _, kv := range e.Object.KeyVals {
		traced := &gojq.ObjectKeyVal{Key: kv.Key, KeyString: kv.KeyString}
		if kv.KeyString != nil {
			traced.KeyString = t.text(kv.KeyString)
		}
		if kv.KeyQuery != nil {
			traced.KeyQuery, computed = t.query(kv.KeyQuery, nil), true
		}
		if kv.Val != nil {
			traced.Val = t.query(kv.Val, nil)
		} else if kv.Key == "" || kv.Key[0] != '$' {
			short = true
		}
		object.KeyVals = append(object.KeyVals, traced)
	}
	q := of(&gojq.Term{Type: e.Type, Object: object})
	if short && !computed {
		return t.watch(q, e, 0, here())
	}
	return t.watch(q, e, 0)
}

func (t *tracing) unary(e *gojq.Term) *gojq.Query {
	if e.Unary.Term.Type == gojq.TermTypeNumber {
		return bare(e)
	}
	value, at := t.fresh("value"), t.fresh("place")
	q := of(&gojq.Term{Type: e.Type, Unary: &gojq.Unary{Op: e.Unary.Op, Term: call(value).Term}})
	return bind(t.placed(of(e.Unary.Term)), t.watch(q, e, 0, call(at)), value, at)
}

// text rewrites the expressions in a string.
func (t *tracing) text(s *gojq.String) *gojq.String {
	traced := &gojq.String{Str: s.Str}
	for _, q := range s.Queries {
		if q.Term.Str == nil { // the others are the pieces between them
			q = parenthesize(t.query(q, nil))
		}
		traced.Queries = append(traced.Queries, q)
	}
	return traced
}

// call rewrites the call of a function. Those of jq that pass on values of the payload in a way of their own have
// cases here, unless the program has a function of the same name.
func (t *tracing) call(e *gojq.Term, rest *gojq.Query) *gojq.Query {
	name, args := e.Func.Name, e.Func.Args
	if name[0] == '$' {
		return t.then(bare(e), rest)
	}
	if !t.own[name] {
		switch {
		case name == "map" && len(args) == 1: // [.[] | f]
			each := t.iterate(step{node: e}, t.query(args[0], nil))
			return t.then(of(&gojq.Term{Type: gojq.TermTypeArray, Array: &gojq.Array{Query: each}}), rest)
		case name == "select" && len(args) == 1:
			return pipeTo(call(name, t.query(args[0], nil)), rest)
		case len(args) == 0 && slices.Contains(filters(), name):
			return pipeTo(t.watch(call(name), e, 0, here()), rest)
		}
	}
	traced := make([]*gojq.Query, len(args))
	for i, arg := range args {
		traced[i] = t.entry(arg)
	}
	return t.then(t.watch(call(name, traced...), e, 0, here()), rest)
}

// filters are the functions of jq that yield their input or nothing.
func filters() []string {
	return []string{
		"arrays", "objects", "iterables", "booleans", "numbers", "finites", "normals", "strings", "nulls", "values",
		"scalars", "empty",
	}
}

// pipeTo pipes to rest what is still at the same place.
func pipeTo(q, rest *gojq.Query) *gojq.Query {
	if rest == nil {
		return q
	}
	return pipe(q, rest)
}
