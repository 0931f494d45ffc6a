package mapping

import (
	"fmt"
	"reflect"

	"github.com/itchyny/gojq"
)

// The functions and the variable of a traced program, under names that jq's lexer cannot write.
const (
	placeFunction  = "place of"        // of the input, as far as the atlas knows
	memberFunction = "place of member" // $1: place of the object or array, $2: the key; the input is the member
	keysFunction   = "keys to iterate" // an array of them; what is no array or object stays
	failFunction   = "failed at"       // $1: site, $2: places; the input is what was caught
	caughtFunction = "caught"          // the input as the program itself would catch it
	hereVariable   = "$ here"          // place of "."
)

// tracing rewrites a program so that each of its expressions, when it fails, tells so: which one it is and the place
// of what it was applied to. The meaning stays: what a traced program yields and catches is what the program does.
//
// The place of "." goes along as a variable: jq takes care of what belongs to which value when it backtracks.
// A part of a program is rewritten together with rest, which is what its outputs are piped to, so that rest lies where
// the variables that were bound on the way are seen. rest is nil where nothing follows.
type tracing struct {
	ordinals  map[any]int // of the nodes of the original syntax, in the order of walk
	own       map[string]bool
	sites     []site
	variables int
}

// site is an expression of the original program: a node, of a term only up to some of its suffixes.
type site struct{ ordinal, suffixes int }

func newTracing(program *gojq.Query) *tracing {
	t := &tracing{ordinals: map[any]int{}, own: defined(program)}
	walk(reflect.ValueOf(program), func(node any) { t.ordinals[node] = len(t.ordinals) })
	return t
}

// program rewrites a whole program. The original must not be used any more: the two share nodes.
func (t *tracing) program(q *gojq.Query) *gojq.Query { return t.entry(q) }

// entry rewrites what is called with an input of its own, such as the body of a function.
func (t *tracing) entry(q *gojq.Query) *gojq.Query {
	return bind(call(placeFunction), t.query(q, nil), hereVariable)
}

// then pipes an expression of which nothing more is known to rest.
func (t *tracing) then(q, rest *gojq.Query) *gojq.Query {
	if rest == nil {
		return q
	}
	return pipe(q, bind(call(placeFunction), rest, hereVariable))
}

// watch makes q tell when it fails. What fails inside of it and told already is passed on.
func (t *tracing) watch(q *gojq.Query, node any, suffixes int, places ...*gojq.Query) *gojq.Query {
	id := len(t.sites)
	t.sites = append(t.sites, site{t.ordinals[node], suffixes})
	return tryCatch(q, call(failFunction, number(id), list(places...)))
}

func (t *tracing) fresh(name string) string {
	t.variables++
	return fmt.Sprintf("$ %s %d", name, t.variables)
}

func here() *gojq.Query { return call(hereVariable) }

func (t *tracing) query(q, rest *gojq.Query) *gojq.Query {
	switch {
	case rest != nil && (len(q.FuncDefs) > 0 || len(q.Patterns) > 0):
		return t.then(t.query(q, nil), rest) // rest must not see what q defines
	case len(q.FuncDefs) > 0:
		return t.definitions(q)
	case q.Term != nil:
		return t.term(q.Term, len(q.Term.SuffixList), rest)
	case len(q.Patterns) > 0:
		value, at := t.fresh("value"), t.fresh("place")
		body := &gojq.Query{Op: q.Op, Left: call(value), Patterns: q.Patterns, Right: t.query(q.Right, nil)}
		return bind(t.placed(q.Left), t.watch(body, q, 0, call(at)), value, at)
	}
	switch q.Op {
	case gojq.OpPipe:
		return t.query(q.Left, t.query(q.Right, rest))
	case gojq.OpAdd, gojq.OpSub, gojq.OpMul, gojq.OpDiv, gojq.OpMod:
		return t.then(t.arithmetic(q), rest)
	default: // has operands, and cannot fail itself
		return t.then(&gojq.Query{Op: q.Op, Left: t.query(q.Left, nil), Right: t.query(q.Right, nil)}, rest)
	}
}

// placed pairs each output with its place.
func (t *tracing) placed(q *gojq.Query) *gojq.Query {
	return t.query(q, list(identity(), here()))
}

func (t *tracing) definitions(q *gojq.Query) *gojq.Query {
	traced := &gojq.Query{}
	for _, f := range q.FuncDefs {
		traced.FuncDefs = append(traced.FuncDefs, &gojq.FuncDef{Name: f.Name, Args: f.Args, Body: t.entry(f.Body)})
	}
	body := *q
	body.FuncDefs = nil
	t.ordinals[&body] = t.ordinals[q]
	traced.Term = parenthesize(t.query(&body, nil)).Term
	return traced
}

// arithmetic evaluates the right operand first, as jq does.
func (t *tracing) arithmetic(q *gojq.Query) *gojq.Query {
	left, leftAt, right, rightAt := t.fresh("left"), t.fresh("place"), t.fresh("right"), t.fresh("place")
	operation := &gojq.Query{Op: q.Op, Left: call(left), Right: call(right)}
	watched := t.watch(operation, q, 0, call(leftAt), call(rightAt))
	return bind(t.placed(q.Right), bind(t.placed(q.Left), watched, left, leftAt), right, rightAt)
}
