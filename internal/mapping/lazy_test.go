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
	var programs []mapping.Program
	for i := range 12 {
		long := strings.Repeat("|tostring|fromjson", (mapping.MaxSourceBytes-100)/len("|tostring|fromjson"))
		programs = append(programs, mapping.Program{
			Name: fmt.Sprintf("%d.jq", i), Source: `if (.kind | length) == 4 then . ` + long + ` else empty end`, Proven: true,
		})
	}
	programs = append(programs, mapping.Program{Name: "last.jq", Source: `{taskToken: (.token | tostring), output: 1}`, Proven: true})
	e, err := mapping.New(programs...)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	mapped, err := e.Hasty(limit).MapByJQ(t.Context(), `{"token": "AAAA", "kind": "other"}`, callback.Facts(nil))
	if took := time.Since(begun); took < limit {
		t.Errorf("to compile took %v, within the limit of %v: the test shows nothing", took, limit)
	}
	if err != nil || mapped.Mapping != "last.jq" {
		t.Errorf("%+v, %v", mapped, err)
	}
}
