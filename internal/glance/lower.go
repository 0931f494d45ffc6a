package glance

import (
	"slices"

	"github.com/itchyny/gojq"
)

// Program is a jq program as far as it can be told without a tree.
type Program struct{ body expr }

// Compile makes a Program of a jq program, which may be any that [gojq.Compile] takes with the variable $meta. own has the
// names of all functions and parameters that it defines, wherever.
func Compile(query *gojq.Query, own map[string]bool) Program {
	if len(query.Imports) > 0 {
		return Opaque()
	}
	l := lowering{own: own}
	return Program{l.query(query)}
}

// Opaque returns a program that nothing can be told of.
func Opaque() Program { return Program{opaque{}} }

// lowering knows what names mean where it is in the program.
type lowering struct {
	own       map[string]bool // a function of such a name need not be jq's
	variables []string        // in scope, the innermost last
}

// maxVariables bounds how many variables may be in scope at once.
const maxVariables = 8

func (l *lowering) query(q *gojq.Query) expr {
	switch {
	case q == nil:
		return identity{}
	case q.Term != nil:
		return l.term(q.Term)
	case q.Op == gojq.OpPipe && len(q.Patterns) > 0:
		return l.bind(q)
	}
	switch q.Op {
	case gojq.OpPipe:
		return piped{l.query(q.Left), l.query(q.Right)}
	case gojq.OpAlt:
		return alternative{l.query(q.Left), l.query(q.Right)}
	case gojq.OpAnd:
		return both{l.query(q.Left), l.query(q.Right)}
	case gojq.OpOr:
		return either{l.query(q.Left), l.query(q.Right)}
	case gojq.OpEq, gojq.OpNe:
		return compared{l.query(q.Left), l.query(q.Right), q.Op == gojq.OpNe}
	default:
		return opaque{}
	}
}

func (l *lowering) bind(q *gojq.Query) expr {
	left := l.query(q.Left)
	if len(q.Patterns) != 1 || q.Patterns[0].Name == "" || len(l.variables) == maxVariables {
		return piped{left, opaque{}}
	}
	l.variables = append(l.variables, q.Patterns[0].Name)
	body := l.query(q.Right)
	l.variables = l.variables[:len(l.variables)-1]
	return bound{left, body, len(l.variables)}
}

func (l *lowering) term(t *gojq.Term) expr {
	e := l.head(t)
	for _, suffix := range t.SuffixList {
		if suffix.Index == nil {
			return opaque{}
		}
		e = l.index(e, suffix.Index)
	}
	return e
}

func (l *lowering) head(t *gojq.Term) expr {
	switch t.Type {
	case gojq.TermTypeIdentity:
		return identity{}
	case gojq.TermTypeNull:
		return constant{value{kind: null}}
	case gojq.TermTypeTrue:
		return constant{value{kind: yes}}
	case gojq.TermTypeFalse:
		return constant{value{kind: no}}
	case gojq.TermTypeNumber:
		if isShort(t.Number) && (t.Number == "0" || t.Number[0] != '0') {
			return constant{value{kind: constNumber, text: t.Number}}
		}
		return opaque{}
	case gojq.TermTypeString:
		return literal(t.Str)
	case gojq.TermTypeIndex:
		return l.index(identity{}, t.Index)
	case gojq.TermTypeFunc:
		return l.call(t.Func)
	case gojq.TermTypeObject:
		return l.object(t.Object)
	case gojq.TermTypeArray:
		return l.array(t.Array)
	case gojq.TermTypeIf:
		return l.condition(t.If)
	case gojq.TermTypeQuery:
		return l.query(t.Query)
	default:
		return opaque{}
	}
}

func literal(s *gojq.String) expr {
	if s.Queries != nil {
		return opaque{}
	}
	return constant{value{kind: constText, text: s.Str}}
}

// index lowers .name, ."name", .[0] and .[of any other key], which is asked of the input and not of what it is a key of.
func (l *lowering) index(of expr, x *gojq.Index) expr {
	switch {
	case x.Name != "":
		return memberOf{of, constant{value{kind: constText, text: x.Name}}}
	case x.Str != nil:
		return memberOf{of, literal(x.Str)}
	case x.IsSlice:
		return opaque{}
	}
	start := l.query(x.Start)
	if c, ok := start.(constant); ok && c.value.kind == constNumber && len(c.value.text) <= 6 {
		at := 0
		for _, digit := range c.value.text {
			at = at*10 + int(digit-'0')
		}
		return elementOf{of, at}
	}
	return memberOf{of, start}
}

func (l *lowering) object(o *gojq.Object) expr {
	var b built
	for _, m := range o.KeyVals {
		name, v := m.Key, expr(nil)
		switch {
		case m.KeyString != nil && m.KeyString.Queries == nil:
			name = m.KeyString.Str
		case name == "":
			return opaque{}
		case name[0] == '$':
			if m.Val != nil {
				return opaque{}
			}
			v, name = l.call(&gojq.Func{Name: name}), name[1:]
		}
		switch {
		case v != nil:
		case m.Val != nil:
			v = l.query(m.Val)
		default:
			v = memberOf{identity{}, constant{value{kind: constText, text: name}}}
		}
		at, twice := slices.BinarySearch(b.keys, name)
		if twice {
			return opaque{}
		}
		b.keys, b.values = slices.Insert(b.keys, at, name), slices.Insert(b.values, at, v)
	}
	return b
}

func (l *lowering) array(a *gojq.Array) expr {
	var list listed
	for _, q := range commas(a.Query) {
		list.values = append(list.values, l.query(q))
	}
	return list
}

// commas takes apart what stands between commas.
func commas(q *gojq.Query) []*gojq.Query {
	switch {
	case q == nil:
		return nil
	case q.Term == nil && q.Op == gojq.OpComma:
		return append(commas(q.Left), commas(q.Right)...)
	default:
		return []*gojq.Query{q}
	}
}

func (l *lowering) condition(i *gojq.If) expr {
	otherwise := l.query(i.Else) // identity if there is none
	for _, elif := range slices.Backward(i.Elif) {
		otherwise = conditional{l.query(elif.Cond), l.query(elif.Then), otherwise}
	}
	return conditional{l.query(i.Cond), l.query(i.Then), otherwise}
}

func (l *lowering) call(f *gojq.Func) expr {
	if f.Name[0] == '$' {
		for i, name := range slices.Backward(l.variables) {
			if name == f.Name {
				return variable{i}
			}
		}
		if f.Name == "$meta" {
			return meta{}
		}
		return opaque{}
	}
	if l.own[f.Name] {
		return opaque{}
	}
	switch len(f.Args) {
	case 0:
		return plainCall(f.Name)
	case 1:
		return l.callWith(f.Name, f.Args[0])
	default:
		return opaque{}
	}
}

func plainCall(name string) expr {
	switch name {
	case "fromjson":
		return parsed{}
	case "type":
		return typed{}
	case "not":
		return negated{}
	case "empty":
		return none{}
	case "objects":
		return selected{isOf("object")}
	case "arrays":
		return selected{isOf("array")}
	case "strings":
		return selected{isOf("string")}
	case "values":
		return selected{compared{identity{}, constant{value{kind: null}}, true}}
	default:
		return opaque{}
	}
}

func isOf(kind string) expr {
	return compared{typed{}, constant{value{kind: constText, text: kind}}, false}
}

func (l *lowering) callWith(name string, arg *gojq.Query) expr {
	switch name {
	case "select":
		return selected{l.query(arg)}
	case "has":
		return hasKey{l.query(arg)}
	case "startswith", "endswith":
		return affixed{l.query(arg), name == "endswith"}
	case "IN":
		var in among
		for _, q := range commas(arg) {
			c, ok := l.query(q).(constant)
			if !ok || c.value.kind != constText {
				return opaque{}
			}
			in.texts = append(in.texts, c.value.text)
		}
		return in
	default:
		return opaque{}
	}
}
