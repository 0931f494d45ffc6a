package dynamodb

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// value is an attribute's value, {"S": "text"} in JSON.
type value struct {
	kind  string // S, N, B, BOOL or NULL
	text  string // of S and N
	bytes []byte // of B
	flag  bool   // of BOOL and NULL
}

type item map[string]value

// wholeNumber is the part of DynamoDB's numbers that the stand-in knows.
var wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,37})$`)

// UnmarshalJSON takes exactly one value of a kind that the stand-in knows.
func (v *value) UnmarshalJSON(data []byte) error {
	var kinds map[string]json.RawMessage
	if err := json.Unmarshal(data, &kinds); err != nil {
		return err
	}
	if len(kinds) != 1 {
		return fmt.Errorf("an attribute's value has %d kinds, one is wanted", len(kinds))
	}
	for kind, raw := range kinds {
		*v = value{kind: kind}
		var err error
		switch kind {
		case "S":
			err = json.Unmarshal(raw, &v.text)
		case "N":
			err = json.Unmarshal(raw, &v.text)
			if err == nil && !wholeNumber.MatchString(v.text) {
				err = fmt.Errorf("%q is no whole number of up to 38 digits as the stand-in knows them", v.text)
			}
		case "B":
			err = json.Unmarshal(raw, &v.bytes)
		case "BOOL", "NULL":
			err = json.Unmarshal(raw, &v.flag)
		default:
			err = fmt.Errorf("the stand-in keeps no values of the kind %s", kind)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// MarshalJSON is the reverse.
func (v value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case "B":
		return json.Marshal(map[string][]byte{v.kind: append([]byte{}, v.bytes...)}) // nil would be null
	case "BOOL", "NULL":
		return json.Marshal(map[string]bool{v.kind: v.flag})
	default:
		return json.Marshal(map[string]string{v.kind: v.text})
	}
}

// compare orders values of one kind as a sort key does; values of different kinds are not equal.
func (v value) compare(w value) int {
	if v.kind != w.kind {
		return cmp.Compare(v.kind, w.kind)
	}
	switch v.kind {
	case "N":
		return v.integer().Cmp(w.integer())
	case "B":
		return bytes.Compare(v.bytes, w.bytes)
	case "S":
		return strings.Compare(v.text, w.text)
	default:
		return cmp.Compare(fmt.Sprint(v.flag), fmt.Sprint(w.flag))
	}
}

func (v value) integer() *big.Int {
	n, _ := new(big.Int).SetString(v.text, 10) // wholeNumber has seen it
	return n
}

func (v value) empty() bool { return (v.kind == "S" || v.kind == "B") && len(v.text)+len(v.bytes) == 0 }

// size is what DynamoDB counts: names and values; of numbers a byte for two digits and one or two more.
func (in item) size() int {
	total := 0
	for name, v := range in {
		total += len(name)
		switch v.kind {
		case "N":
			total += (len(v.text)+1)/2 + 1
		case "BOOL", "NULL":
			total++
		default:
			total += len(v.text) + len(v.bytes)
		}
	}
	return total
}
