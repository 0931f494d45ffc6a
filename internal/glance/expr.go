package glance

import "strings"

// expr is a part of a program. It yields one value or nothing. ok is false where it cannot tell what jq would do, or jq
// would have an error to tell of.
type expr interface {
	eval(r *Run, in value) (out value, ok bool)
}

type (
	opaque    struct{}               // whatever else jq has
	identity  struct{}               // .
	meta      struct{}               // $meta
	variable  struct{ name int }     // $x
	constant  struct{ value value }  // "text", 1, true, null
	memberOf  struct{ of, key expr } // .a, .["a"], .[$x]
	elementOf struct {
		of expr
		at int
	} // .[0]
	piped struct{ left, right expr }
	bound struct {
		left, body expr
		name       int
	} // left as $x | body
	built struct {
		keys   []string
		values []expr
	}
	listed      struct{ values []expr } // [a, b]
	selected    struct{ condition expr }
	conditional struct{ condition, then, otherwise expr }
	alternative struct{ left, right expr } // //
	compared    struct {
		left, right expr
		differ      bool
	}
	both    struct{ left, right expr } // and
	either  struct{ left, right expr } // or
	negated struct{}                   // not
	typed   struct{}                   // type
	hasKey  struct{ key expr }
	among   struct{ texts []string } // IN("a", "b")
	affixed struct {
		affix expr
		end   bool
	}
	parsed struct{} // fromjson
	none   struct{} // empty
)

func (meta) eval(*Run, value) (value, bool)          { return value{kind: wholeMeta}, true }
func (opaque) eval(*Run, value) (value, bool)        { return value{}, false }
func (identity) eval(_ *Run, in value) (value, bool) { return in, true }
func (e constant) eval(*Run, value) (value, bool)    { return e.value, true }
func (none) eval(*Run, value) (value, bool)          { return value{}, true }
func (typed) eval(_ *Run, in value) (value, bool) {
	return value{kind: constText, text: in.word()}, true
}
func (negated) eval(_ *Run, in value) (value, bool)   { return truth(!in.isTrue()), true }
func (e variable) eval(r *Run, _ value) (value, bool) { return r.variables[e.name], true }

func (e memberOf) eval(r *Run, in value) (value, bool) {
	of, ok := e.of.eval(r, in)
	if !ok {
		return value{}, false
	}
	key, ok := e.key.eval(r, in)
	switch {
	case !ok:
		return value{}, false
	case of.kind == nothing || key.kind == nothing:
		return value{}, true
	case !key.isText():
		return value{}, false
	}
	return r.member(&of, key.string())
}

func (e elementOf) eval(r *Run, in value) (value, bool) {
	of, ok := e.of.eval(r, in)
	switch {
	case !ok || of.kind == nothing || of.kind == null:
		return of, ok
	case of.kind != array || !r.may(&of):
		return value{}, false
	}
	found, ok := of.span.Element(e.at)
	if !ok {
		return value{kind: null}, true
	}
	return spanned(found), true
}

func (e piped) eval(r *Run, in value) (value, bool) {
	left, ok := e.left.eval(r, in)
	if !ok || left.kind == nothing {
		return left, ok
	}
	return e.right.eval(r, left)
}

func (e bound) eval(r *Run, in value) (value, bool) {
	left, ok := e.left.eval(r, in)
	if !ok || left.kind == nothing {
		return left, ok
	}
	r.variables[e.name] = left
	return e.body.eval(r, in)
}

// eval looks at all values before it says that there is nothing, so that the order in which jq does so is of no matter.
func (e built) eval(r *Run, in value) (value, bool) {
	parts := make([]part, len(e.keys))
	empty := false
	for i, key := range e.keys {
		v, ok := e.values[i].eval(r, in)
		if !ok {
			return value{}, false
		}
		empty = empty || v.kind == nothing
		parts[i] = part{key, v}
	}
	if empty {
		return value{}, true
	}
	return value{kind: builtObject, parts: parts}, true
}

func (e listed) eval(r *Run, in value) (value, bool) {
	parts := make([]part, 0, len(e.values))
	for i := range e.values {
		v, ok := e.values[i].eval(r, in)
		if !ok {
			return value{}, false
		}
		if v.kind != nothing {
			parts = append(parts, part{"", v})
		}
	}
	return value{kind: builtArray, parts: parts}, true
}

func (e selected) eval(r *Run, in value) (value, bool) {
	is, ok := e.condition.eval(r, in)
	if !ok || is.kind == nothing || !is.isTrue() {
		return value{}, ok
	}
	return in, true
}

func (e conditional) eval(r *Run, in value) (value, bool) {
	is, ok := e.condition.eval(r, in)
	switch {
	case !ok || is.kind == nothing:
		return is, ok
	case is.isTrue():
		return e.then.eval(r, in)
	default:
		return e.otherwise.eval(r, in)
	}
}

func (e alternative) eval(r *Run, in value) (value, bool) {
	left, ok := e.left.eval(r, in)
	if !ok || left.kind != nothing && left.isTrue() {
		return left, ok
	}
	return e.right.eval(r, in)
}

func (e compared) eval(r *Run, in value) (value, bool) {
	left, ok := e.left.eval(r, in)
	if !ok {
		return value{}, false
	}
	right, ok := e.right.eval(r, in)
	switch {
	case !ok:
		return value{}, false
	case left.kind == nothing || right.kind == nothing:
		return value{}, true
	}
	is, sure := equal(&left, &right)
	return truth(is != e.differ), sure
}

func (e both) eval(r *Run, in value) (value, bool) { return junction(r, in, e.left, e.right, false) }

func (e either) eval(r *Run, in value) (value, bool) { return junction(r, in, e.left, e.right, true) }

// junction is and or or: decisive is what the left one must be for the right one not to matter.
func junction(r *Run, in value, left, right expr, decisive bool) (value, bool) {
	v, ok := left.eval(r, in)
	if !ok || v.kind == nothing {
		return v, ok
	}
	if v.isTrue() == decisive {
		return truth(decisive), true
	}
	v, ok = right.eval(r, in)
	if !ok || v.kind == nothing {
		return v, ok
	}
	return truth(v.isTrue()), true
}

func (e hasKey) eval(r *Run, in value) (value, bool) {
	key, ok := e.key.eval(r, in)
	if !ok || !key.isText() {
		return value{}, false
	}
	has, ok := r.has(&in, key.string())
	return truth(has), ok
}

func (e among) eval(_ *Run, in value) (value, bool) {
	for _, text := range e.texts {
		if in.is(text) {
			return value{kind: yes}, true
		}
	}
	return value{kind: no}, true
}

func (e affixed) eval(r *Run, in value) (value, bool) {
	affix, ok := e.affix.eval(r, in)
	switch {
	case !ok || !affix.isText() || !in.isText():
		return value{}, false
	case e.end:
		return truth(strings.HasSuffix(in.string(), affix.string())), true
	default:
		return truth(strings.HasPrefix(in.string(), affix.string())), true
	}
}

func (parsed) eval(r *Run, in value) (value, bool) {
	if in.kind != text {
		return value{}, false
	}
	root, ok := r.ReadString(in.span)
	if !ok {
		return value{}, false
	}
	return spanned(root), true
}
