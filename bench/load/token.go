package load

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Whom the contenders take themselves for.
const (
	Region          = "eu-west-1"
	AccessKeyID     = "AKIDBENCH"
	SecretAccessKey = "bench/secret/access/key"
	SessionToken    = "bench-session-token"
)

// tokenLength is about that of a token of Step Functions, in bytes.
const tokenLength = 600

const (
	tokenStart  = "AAAAKgAAAAIAAAAAAAAAABench+Task/Token"
	tokenDigits = 10
)

// token returns the task token with a number.
func token(number int) string {
	start := fmt.Sprintf("%s%0*d", tokenStart, tokenDigits, number)
	return start + strings.Repeat("k9Zq+3/u", tokenLength/8)[:tokenLength-len(start)-2] + "=="
}

// Number returns the number of the task token that is somewhere in text.
func Number(text []byte) (int, bool) {
	i := bytes.Index(text, []byte(tokenStart))
	if i < 0 || len(text) < i+len(tokenStart)+tokenDigits {
		return 0, false
	}
	n, err := strconv.Atoi(string(text[i+len(tokenStart):][:tokenDigits]))
	return n, err == nil
}

// event is a payload whose task tokens can be given new numbers in place.
type event struct {
	payload []byte
	digits  []int // where the numbers of the tokens begin
}

func newEvent(payload []byte) event {
	e := event{payload: payload}
	for at := 0; ; {
		i := bytes.Index(payload[at:], []byte(tokenStart))
		if i < 0 {
			return e
		}
		at += i + len(tokenStart)
		e.digits = append(e.digits, at)
	}
}

func (e event) renumber(first int) []byte {
	for i, at := range e.digits {
		n := first + i
		for d := tokenDigits - 1; d >= 0; d-- {
			e.payload[at+d] = byte('0' + n%10)
			n /= 10
		}
	}
	return e.payload
}
