package eventbridge

import "encoding/json"

// maxNumber is the largest number that a pattern may compare with, either side of zero.
const maxNumber = 5e9

func number(text json.Number) (float64, error) {
	n, err := text.Float64()
	if err != nil || n < -maxNumber || n > maxNumber {
		return 0, invalid("Value must be between %v and %v, inclusive", -maxNumber, maxNumber)
	}
	return n, nil
}

// parseNumeric takes one comparison, ["=", 5], or a range from bottom to top, [">", 0, "<=", 5].
func parseNumeric(value any) (func(any) bool, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, invalid("Value of numeric must be an array.")
	}
	if len(list) != 2 && len(list) != 4 {
		return nil, invalid("a numeric expression is one operator and number, or two of each")
	}
	operator, bound, first, err := comparison(list[0], list[1])
	if err != nil || len(list) == 2 {
		return numeric(first), err
	}
	above, top, second, err := comparison(list[2], list[3])
	switch {
	case err != nil:
		return nil, err
	case operator != ">" && operator != ">=":
		return nil, invalid("Too many elements in numeric expression")
	case above != "<" && above != "<=":
		return nil, invalid("Bad numeric range operator: %s", above)
	case bound >= top:
		return nil, invalid("Bottom must be less than top")
	}
	return numeric(func(n float64) bool { return first(n) && second(n) }), nil
}

// numeric makes a matcher of a comparison. A string of digits is no number.
func numeric(holds func(float64) bool) func(any) bool {
	return func(value any) bool {
		text, ok := value.(json.Number)
		if !ok {
			return false
		}
		n, err := text.Float64()
		return err == nil && holds(n)
	}
}

func comparison(op, value any) (operator string, bound float64, holds func(float64) bool, err error) {
	operator, ok := op.(string)
	if !ok {
		return "", 0, nil, invalid("Invalid member in numeric match: %v", op)
	}
	text, ok := value.(json.Number)
	if !ok {
		return "", 0, nil, invalid("Value of %s must be numeric", operator)
	}
	if bound, err = number(text); err != nil {
		return "", 0, nil, err
	}
	switch operator {
	case "=":
		holds = func(n float64) bool { return n == bound }
	case "<":
		holds = func(n float64) bool { return n < bound }
	case "<=":
		holds = func(n float64) bool { return n <= bound }
	case ">":
		holds = func(n float64) bool { return n > bound }
	case ">=":
		holds = func(n float64) bool { return n >= bound }
	default:
		return "", 0, nil, invalid("Unrecognized numeric range operator: %s", operator)
	}
	return operator, bound, holds, nil
}
