package mapping

import (
	"reflect"

	"github.com/itchyny/gojq"
)

// refusal is a construct that a mapping may not use. Token is what to look for in the source.
type refusal struct {
	token string
	why   string
}

func (r *refusal) Error() string { return r.token + " is not allowed in a mapping: " + r.why }

const allocates = "it can take any amount of memory in one step; build a new object instead"

// guard refuses what the time limit cannot stop, then puts functions of this package in the place of jq's or before
// them. Memory that a program builds up step by step is bounded by the time limit alone.
func guard(program *gojq.Query) error {
	if len(program.Imports) > 0 {
		return &refusal{"import", "a mapping is one program"}
	}
	var refused error
	walk(reflect.ValueOf(program), func(node any) {
		if err := refuse(node); refused == nil {
			refused = err
		}
	})
	if refused != nil {
		return refused
	}
	g := guarding{own: defined(program), done: map[*gojq.Func]bool{}}
	walk(reflect.ValueOf(program), g.replace)
	return nil
}

func refuse(node any) error {
	switch n := node.(type) {
	case *gojq.Query:
		switch n.Op {
		case gojq.OpAssign, gojq.OpModify, gojq.OpUpdateAdd, gojq.OpUpdateSub, gojq.OpUpdateMul, gojq.OpUpdateDiv,
			gojq.OpUpdateMod, gojq.OpUpdateAlt:
			return &refusal{n.Op.String(), allocates}
		default:
		}
	case *gojq.Func:
		switch n.Name {
		case "setpath", "_assign", "_modify", "pick", "fromstream":
			return &refusal{n.Name, allocates}
		case "_multiply", "_match":
			return &refusal{n.Name, "it is internal to jq"}
		}
	case *gojq.FuncDef:
		for _, name := range append([]string{n.Name}, n.Args...) {
			if name == "fromjson" {
				return &refusal{name, "it would hide the function of the same name; choose another"}
			}
		}
	}
	return nil
}

// guarding replaces nodes, each call once.
type guarding struct {
	own  map[string]bool // what the program defines itself
	done map[*gojq.Func]bool
}

func (g guarding) replace(node any) {
	switch n := node.(type) {
	case *gojq.Query:
		if n.Op == gojq.OpMul {
			n.Left, n.Right = pipe(n.Left, call(factorFunction)), pipe(n.Right, call(factorFunction))
		}
	case *gojq.Func:
		if n.Name == "fromjson" && len(n.Args) == 0 {
			*n = gojq.Func{Name: fromJSONFunction}
		}
	case *gojq.Term:
		if n.Type != gojq.TermTypeFunc || g.done[n.Func] || !matches(n.Func.Name) || g.own[n.Func.Name] {
			return
		}
		g.done[n.Func] = true
		bounded := pipe(call(shortFunction), &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeFunc, Func: n.Func}})
		n.Type, n.Func, n.Query = gojq.TermTypeQuery, nil, bounded
	}
}

// matches reports whether the function runs a regular expression over its input.
func matches(name string) bool {
	switch name {
	case "test", "match", "capture", "scan", "split", "splits", "sub", "gsub":
		return true
	default:
		return false
	}
}
