package mapping

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"

	"github.com/itchyny/gojq"
)

// Failure is where a program failed.
type Failure struct {
	Expression   string   // the innermost expression that fails
	Line, Column int      // where it begins, from 1, the column in characters; 0 where the source could not be matched
	Places       []string // jq paths of what it was applied to, as far as that stands in the payload or in $meta
}

// locate runs the program once more to find out where it failed, since jq's errors do not say. It returns nil unless
// the second run, within the same bounds, ends in the same error.
func (s *run) locate(ctx context.Context, p Program, failure error) *Failure {
	query, err := gojq.Parse(p.Source)
	if err != nil { // it compiled before
		return nil
	}
	t := newTracing(query)
	known := atlas{}
	known.add(s.payload.Root(), &place{})
	known.add(s.meta, &place{step: metaVariable})
	c := &compiled{name: p.Name}
	if err := c.build(t.program(query), known.functions()...); err != nil {
		return nil
	}
	_, err = s.iterate(ctx, c)
	var found *located
	if !errors.As(err, &found) || !reflect.DeepEqual(found.caught, caught(failure)) {
		return nil
	}
	return p.describe(t.sites[found.site], found.places)
}

// describe says it in the words of the source.
func (p Program) describe(at site, places []*place) *Failure {
	f := p.find(at)
	for _, place := range places {
		if place != nil && !slices.Contains(f.Places, place.String()) {
			f.Places = append(f.Places, place.String())
		}
	}
	return &f
}

// caught is what a program's catch makes of an error.
func caught(err error) any {
	var value gojq.ValueError
	if errors.As(err, &value) {
		return value.Value()
	}
	return err.Error()
}

// located is the error of an expression that tells which one it is. As a value it travels through the handlers of the
// expressions around it.
type located struct {
	site   int
	places []*place
	caught any
}

var _ gojq.ValueError = (*located)(nil)

func (*located) Error() string { return "an expression failed" }

// Value returns itself: see caughtFunction.
func (l *located) Value() any { return locatedValue{l} }

// locatedValue is a located that gojq does not take for a failure at once.
type locatedValue struct{ is *located }

// functions are those of a traced program.
func (a atlas) functions() []gojq.CompilerOption {
	return []gojq.CompilerOption{
		gojq.WithFunction(placeFunction, 0, 0, func(v any, _ []any) any { return value(a.find(v)) }),
		gojq.WithFunction(memberFunction, 2, 2, func(v any, args []any) any {
			if parent, ok := args[0].(*place); ok {
				return value(parent.member(args[1]))
			}
			return value(a.find(v))
		}),
		gojq.WithFunction(keysFunction, 0, 0, func(v any, _ []any) any { return keys(v) }),
		gojq.WithFunction(failFunction, 2, 2, func(v any, args []any) any {
			if inner, ok := v.(locatedValue); ok {
				return inner.is
			}
			return fail(v, args)
		}),
		gojq.WithFunction(caughtFunction, 0, 0, func(v any, _ []any) any {
			if inner, ok := v.(locatedValue); ok {
				return inner.is.caught
			}
			return v
		}),
	}
}

// value is nil for no place: jq's null.
func value(p *place) any {
	if p == nil {
		return nil
	}
	return p
}

func keys(v any) any {
	var list []any
	switch v := v.(type) {
	case []any:
		for i := range v {
			list = append(list, i)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			list = append(list, key)
		}
	default:
		return v
	}
	return list
}

func fail(v any, args []any) *located {
	l := &located{caught: v}
	l.site, _ = args[0].(int)
	places, _ := args[1].([]any)
	for _, p := range places {
		at, _ := p.(*place)
		l.places = append(l.places, at)
	}
	return l
}
