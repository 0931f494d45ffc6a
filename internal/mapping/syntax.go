package mapping

import (
	"reflect"
	"strconv"

	"github.com/itchyny/gojq"
)

// walk hands every node of the syntax tree to visit, parents first. It goes by reflection, so that a kind of node
// that a new gojq adds is not missed.
func walk(v reflect.Value, visit func(node any)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			visit(v.Interface())
			walk(v.Elem(), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			walk(v.Field(i), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	default: // names, operators and numbers
	}
}

// defined returns the names that a program gives to functions and their parameters.
func defined(program *gojq.Query) map[string]bool {
	own := map[string]bool{}
	walk(reflect.ValueOf(program), func(node any) {
		if definition, ok := node.(*gojq.FuncDef); ok {
			own[definition.Name] = true
			for _, arg := range definition.Args {
				own[arg] = true
			}
		}
	})
	return own
}

// What follows builds syntax. Names with blanks cannot be written in jq, so they meet none of a program's own.

func of(t *gojq.Term) *gojq.Query { return &gojq.Query{Term: t} }

func identity() *gojq.Query { return of(&gojq.Term{Type: gojq.TermTypeIdentity}) }

func number(n int) *gojq.Query {
	return of(&gojq.Term{Type: gojq.TermTypeNumber, Number: strconv.Itoa(n)})
}

func call(name string, args ...*gojq.Query) *gojq.Query {
	return of(&gojq.Term{Type: gojq.TermTypeFunc, Func: &gojq.Func{Name: name, Args: args}})
}

// pipe puts parentheses around both sides: a side may itself be a pipe with definitions before it.
func pipe(left, right *gojq.Query) *gojq.Query {
	return &gojq.Query{Op: gojq.OpPipe, Left: parenthesize(left), Right: parenthesize(right)}
}

func parenthesize(q *gojq.Query) *gojq.Query {
	return of(&gojq.Term{Type: gojq.TermTypeQuery, Query: q})
}

// list is [q, …].
func list(elements ...*gojq.Query) *gojq.Query {
	var all *gojq.Query
	for _, q := range elements {
		if all == nil {
			all = parenthesize(q)
		} else {
			all = &gojq.Query{Op: gojq.OpComma, Left: all, Right: parenthesize(q)}
		}
	}
	return of(&gojq.Term{Type: gojq.TermTypeArray, Array: &gojq.Array{Query: all}})
}

// bind is: value as $name | body. With several names the value is an array of as many.
func bind(value *gojq.Query, body *gojq.Query, names ...string) *gojq.Query {
	pattern := &gojq.Pattern{Name: names[0]}
	if len(names) > 1 {
		pattern = &gojq.Pattern{}
		for _, name := range names {
			pattern.Array = append(pattern.Array, &gojq.Pattern{Name: name})
		}
	}
	return &gojq.Query{
		Op: gojq.OpPipe, Left: parenthesize(value), Patterns: []*gojq.Pattern{pattern}, Right: parenthesize(body),
	}
}

// tryCatch is: try body catch handler. Without a handler errors vanish.
func tryCatch(body, handler *gojq.Query) *gojq.Query {
	if handler != nil {
		handler = parenthesize(handler)
	}
	return of(&gojq.Term{Type: gojq.TermTypeTry, Try: &gojq.Try{Body: parenthesize(body), Catch: handler}})
}
