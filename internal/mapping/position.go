package mapping

import (
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/itchyny/gojq"
)

// gojq's syntax does not say where in the source it was read from, but it prints as the same tokens in the same
// order. So an expression stands in the source where it stands in the print, counted in tokens.

// token is a word, a single character, or the beginning or end of a string, whose text is left out.
type token struct {
	text       string
	start, end int
}

// find returns the expression of a site and its position, without one if the tokens of source and print differ.
func (p Program) find(at site) Failure {
	query, err := gojq.Parse(p.Source)
	if err != nil { // it compiled before
		return Failure{}
	}
	source, whole := canonicalTokens(p.Source), tokens(query.String())
	expression, begin := mark(query, at)
	own := tokens(expression)
	from, to := len(tokens(begin)), len(tokens(begin))+len(own)
	same := func(a, b token) bool { return a.text == b.text }
	if !slices.EqualFunc(source, whole, same) || len(own) == 0 || to > len(source) || !slices.EqualFunc(source[from:to], own, same) {
		return Failure{Expression: expression}
	}
	before := p.Source[:source[from].start]
	return Failure{
		Expression: p.Source[source[from].start:source[to-1].end],
		Line:       1 + strings.Count(before, "\n"),
		Column:     1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]),
	}
}

// mark returns the print of the expression at the site, and that of all before it. It spoils the query.
func mark(query *gojq.Query, at site) (expression, begin string) {
	const marker = "\x00" // nothing that jq can print
	var found any
	n := 0
	walk(reflect.ValueOf(query), func(node any) {
		if n == at.ordinal {
			found = node
		}
		n++
	})
	first := &gojq.Term{Type: gojq.TermTypeFunc, Func: &gojq.Func{Name: marker}}
	switch node := found.(type) {
	case *gojq.Term:
		own := *node
		own.SuffixList = own.SuffixList[:at.suffixes]
		expression = own.String()
		*node = *first
	case *gojq.Query: // an operation, or a binding without its body
		own := *node
		own.FuncDefs = nil
		if len(own.Patterns) > 0 {
			own.Right = identity()
			expression = strings.TrimSuffix(own.String(), " | .")
		} else {
			expression = own.String()
		}
		*node.Left = gojq.Query{Term: first}
	}
	begin, _, _ = strings.Cut(query.String(), marker)
	return expression, begin
}

// canonicalTokens leaves out what the print leaves out: a comma behind the last member of an object, and the point
// of .a.[0].
func canonicalTokens(source string) []token {
	all := tokens(source)
	kept := all[:0:0]
	for i, t := range all {
		next := ""
		if i+1 < len(all) {
			next = all[i+1].text
		}
		follows := i > 0 && all[i-1].end == t.start && !strings.Contains("([{,;:|", all[i-1].text)
		if t.text == "," && next == "}" || t.text == "." && next == "[" && follows {
			continue
		}
		kept = append(kept, t)
	}
	return kept
}

// tokens cuts jq's text into tokens. A text that ends within a string is cut as far as it goes.
func tokens(text string) (list []token) {
	var nesting []int // open parentheses in each interpolation that we are in
	add := func(start, end int) { list = append(list, token{text[start:end], start, end}) }
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		case c == '#':
			i = endOfComment(text, i)
		case c == '"':
			add(i, i+1)
			i, nesting = stringPart(text, i+1, nesting, add)
		case isWord(c):
			start := i
			for i < len(text) && isWord(text[i]) {
				i++
			}
			add(start, i)
		default:
			add(i, i+1)
			i++
			if len(nesting) == 0 {
				continue
			}
			switch c {
			case '(':
				nesting[len(nesting)-1]++
			case ')':
				if nesting[len(nesting)-1]--; nesting[len(nesting)-1] == 0 {
					i, nesting = stringPart(text, i, nesting[:len(nesting)-1], add)
				}
			}
		}
	}
	return list
}

// stringPart skips text of a string to its end, or to the expression in it, from whose parenthesis on tokens count.
func stringPart(text string, i int, nesting []int, add func(start, end int)) (int, []int) {
	for ; i < len(text); i++ {
		switch {
		case text[i] == '"':
			add(i, i+1)
			return i + 1, nesting
		case text[i] != '\\':
		case i+1 < len(text) && text[i+1] == '(':
			return i + 1, append(nesting, 0)
		default:
			i++
		}
	}
	return i, nesting
}

// endOfComment goes to the end of the line, or of the next if the line ends in an odd number of backslashes.
func endOfComment(text string, i int) int {
	for i < len(text) && text[i] != '\n' && text[i] != '\r' {
		if text[i] == '\\' && i+1 < len(text) {
			if text[i+1] == '\r' && i+2 < len(text) && text[i+2] == '\n' {
				i++
			}
			if text[i+1] == '\\' || text[i+1] == '\n' || text[i+1] == '\r' {
				i++
			}
		}
		i++
	}
	return i
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c == '@' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
