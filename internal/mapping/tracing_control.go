package mapping

import "github.com/itchyny/gojq"

// control rewrites what decides over other expressions. Of these only patterns can fail themselves.
func (t *tracing) control(e *gojq.Term) *gojq.Query {
	switch e.Type {
	case gojq.TermTypeIf:
		return t.condition(e.If)
	case gojq.TermTypeTry:
		var handler *gojq.Query
		if e.Try.Catch != nil {
			handler = pipe(call(caughtFunction), t.entry(e.Try.Catch))
		}
		return tryCatch(t.query(e.Try.Body, nil), handler)
	case gojq.TermTypeReduce:
		return t.watch(of(&gojq.Term{Type: e.Type, Reduce: &gojq.Reduce{
			Query: t.query(e.Reduce.Query, nil), Patterns: e.Reduce.Patterns,
			Start: t.query(e.Reduce.Start, nil), Update: t.entry(e.Reduce.Update),
		}}), e, 0)
	case gojq.TermTypeForeach:
		foreach := &gojq.Foreach{
			Query: t.query(e.Foreach.Query, nil), Patterns: e.Foreach.Patterns,
			Start: t.query(e.Foreach.Start, nil), Update: t.entry(e.Foreach.Update),
		}
		if e.Foreach.Extract != nil {
			foreach.Extract = t.entry(e.Foreach.Extract)
		}
		return t.watch(of(&gojq.Term{Type: e.Type, Foreach: foreach}), e, 0)
	case gojq.TermTypeLabel:
		return of(&gojq.Term{Type: e.Type, Label: &gojq.Label{Ident: e.Label.Ident, Body: t.query(e.Label.Body, nil)}})
	default: // constants, "..", break
		return bare(e)
	}
}

func (t *tracing) condition(e *gojq.If) *gojq.Query {
	traced := &gojq.If{Cond: t.query(e.Cond, nil), Then: t.query(e.Then, nil)}
	for _, other := range e.Elif {
		traced.Elif = append(traced.Elif, &gojq.IfElif{Cond: t.query(other.Cond, nil), Then: t.query(other.Then, nil)})
	}
	if e.Else != nil {
		traced.Else = t.query(e.Else, nil)
	}
	return of(&gojq.Term{Type: gojq.TermTypeIf, If: traced})
}
