package glance

import "callback-completer/internal/jsonspan"

// Run evaluates programs over one payload. The zero Run is ready for programs without $meta; a Run can be used for another
// payload after [Run.Reset].
type Run struct {
	// Meta tells what a program that asks for $meta's member of this name is to see. Of what is neither null, a string nor
	// an object of such, and where it reports false, nothing can be told.
	Meta func(name string) (fact any, ok bool)

	budget    int // how far the program may still go through it
	variables [maxVariables]value
	outlines  []*jsonspan.Outline // in use and, behind them, those of earlier payloads
	used      int
}

// How far a program may go through a payload, in [jsonspan.Value.Cost]: so many times its size, and that far at least.
const (
	searches = 4
	search   = 64 << 10
)

// maxOutlines is how many outlines are kept from one payload for the next.
const maxOutlines = 16

// Reset forgets the payload, and not Meta.
func (r *Run) Reset() {
	for _, o := range r.outlines[:r.used] {
		o.Clear()
	}
	kept := r.outlines[:min(len(r.outlines), maxOutlines)]
	*r = Run{Meta: r.Meta, outlines: kept}
}

// Read outlines a text that is the payload. It reports false where it is no JSON.
func (r *Run) Read(text []byte) (root jsonspan.Value, ok bool) {
	if r.used == 0 {
		r.budget = search + searches*len(text)
	}
	if r.budget -= len(text); r.budget < 0 {
		return jsonspan.Value{}, false
	}
	if r.used == len(r.outlines) {
		r.outlines = append(r.outlines, &jsonspan.Outline{})
	}
	o := r.outlines[r.used]
	r.used++
	if !o.Read(text) {
		return jsonspan.Value{}, false
	}
	return o.Root(), true
}

// ReadString outlines the text that stands in a string of the payload.
func (r *Run) ReadString(v jsonspan.Value) (root jsonspan.Value, ok bool) {
	return r.Read(jsonspan.Unquote(nil, v.Raw()))
}

// Eval runs a program over a value. It reports false if it cannot tell what jq would do, or that would be an error.
func (r *Run) Eval(p Program, input jsonspan.Value) (Result, bool) {
	v, ok := p.body.eval(r, spanned(input))
	return Result{v}, ok
}

// Result is what a program yields.
type Result struct{ value value }

// IsNothing reports whether the program yields nothing.
func (r *Result) IsNothing() bool { return r.value.kind == nothing }

// IsNull reports whether the program yields null.
func (r *Result) IsNull() bool { return r.value.kind == null }

// Span returns the value if it is an object of the payload.
func (r *Result) Span() (jsonspan.Value, bool) { return r.value.span, r.value.kind == object }

// Members returns the members of an object that the program built, as they would be read from its JSON form. It reports
// false for any other value, and for one that is too large or has no JSON form here.
func (r *Result) Members() (members []jsonspan.Member, ok bool) {
	v := &r.value
	if v.kind != builtObject || !v.writable(0) {
		return nil, false
	}
	members = make([]jsonspan.Member, len(v.parts))
	size := 0
	for i := range v.parts {
		p := &v.parts[i]
		members[i] = jsonspan.Member{Key: p.key, Value: p.value.written()}
		size += len(p.key) + len(members[i].Value)
	}
	return members, size <= maxBytes
}
