package mapping_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

// TestCompilingTakesNoneOfThePayloadsTime: programs that are compiled at their first payload take longer for it than they may run.
func TestCompilingTakesNoneOfThePayloadsTime(t *testing.T) {
	t.Parallel()
	const limit = 20 * time.Millisecond
	took := time.Duration(0)
	for programs := 12; took < limit; programs *= 2 { // more on a machine that compiles a dozen within the limit
		e, err := mapping.New(longPrograms(programs)...)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		mapped, err := e.Hasty(limit).MapByJQ(t.Context(), `{"token": "AAAA", "kind": "other"}`, callback.Facts(nil))
		took = time.Since(begun)
		if err != nil || mapped.Mapping != "last.jq" {
			t.Errorf("%d programs in %v: %+v, %v", programs, took, mapped, err)
		}
	}
}

// longPrograms returns n that take no payload, as long as they may be, and one that takes each with a token.
func longPrograms(n int) []mapping.Program {
	long := strings.Repeat("|tostring|fromjson", (mapping.MaxSourceBytes-100)/len("|tostring|fromjson"))
	programs := make([]mapping.Program, 0, n+1)
	for i := range n {
		programs = append(programs, mapping.Program{
			Name: fmt.Sprintf("%d.jq", i), Source: `if (.kind | length) == 4 then . ` + long + ` else empty end`, Proven: true,
		})
	}
	return append(programs, mapping.Program{Name: "last.jq", Source: `{taskToken: (.token | tostring), output: 1}`, Proven: true})
}
