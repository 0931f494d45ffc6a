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

// guard refuses what the time limit cannot stop, then puts functions of this package in the place of * and fromjson.
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
	walk(reflect.ValueOf(program), replace)
	return nil
}

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
		case "setpath", "_assign", "_modify":
			return &refusal{n.Name, allocates}
		case spansVariable, fromJSONFunction, multiplyFunction, "_multiply":
			return &refusal{n.Name, "it is a name of the engine"}
		}
	case *gojq.FuncDef:
		if n.Name == "fromjson" {
			return &refusal{n.Name, "it would hide the function of the same name; choose another"}
		}
	case *gojq.Pattern:
		if n.Name == spansVariable {
			return &refusal{n.Name, "it is a name of the engine"}
		}
	}
	return nil
}

func replace(node any) {
	switch n := node.(type) {
	case *gojq.Query:
		if n.Op == gojq.OpMul {
			product := call(multiplyFunction, n.Left, n.Right)
			product.FuncDefs = n.FuncDefs
			*n = *product
		}
	case *gojq.Func:
		if n.Name == "fromjson" && len(n.Args) == 0 {
			*n = gojq.Func{Name: fromJSONFunction, Args: []*gojq.Query{call(spansVariable)}}
		}
	}
}

func call(name string, args ...*gojq.Query) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeFunc, Func: &gojq.Func{Name: name, Args: args}}}
}
