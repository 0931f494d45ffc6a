package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// output returns a JSON object of size bytes, which is 200 at least: names, numbers, texts and a list, as an order has.
func output(size int) string {
	const head = `{"orderId":9007199254740993,"status":"shipped","carrier":"Zoë \"Express\"","total":1249.50,"paid":true,"note":null,"items":[`
	var b strings.Builder
	b.WriteString(head)
	for i := 0; ; i++ {
		item := fmt.Sprintf(`{"sku":"SKU-%05d","quantity":%d,"price":%d.25,"tags":["a/%d","b"]}`, i, i%7+1, i%500, i%11)
		if b.Len()+len(item)+40 > size {
			break
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(item)
	}
	b.WriteString(`],"trail":"`)
	b.WriteString(strings.Repeat("x", max(size-b.Len()-2, 0)))
	b.WriteString(`"}`)
	return b.String()
}

// check compares a call with what was to be sent: the output by value, as contenders may write it in their own way.
func check(target string, body []byte, wantTarget, wantOutput string) error {
	var in struct{ TaskToken, Output, Error, Cause string }
	if err := json.Unmarshal(body, &in); err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	switch n, ok := Number(body); {
	case target != wantTarget:
		return errors.New("it should be " + wantTarget)
	case !ok || in.TaskToken != token(n):
		return errors.New("the task token has been changed")
	case wantTarget == "SendTaskFailure" && in.Error == "":
		return errors.New("a failure without an error")
	case wantOutput != "" && !same(in.Output, wantOutput):
		return errors.New("the output has been changed")
	}
	return nil
}

func same(a, b string) bool {
	var values [2]any
	for i, text := range []string{a, b} {
		// Not UseNumber: JavaScript has no integers beyond 2^53, and writes 1249.50 as 1249.5.
		if json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&values[i]) != nil {
			return false
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}
