package demo

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRunWithBrokenFunctions: what fails is told, and what does not need the broken function goes on.
func TestRunWithBrokenFunctions(t *testing.T) {
	t.Parallel()
	const broken = "testdata/exits-at-start/bootstrap"
	for _, test := range []struct {
		name      string
		functions func(*testing.T) string // their folder
		error     string
		good      []string // the scenes that go as expected
		table     string   // its first rows
		below     string
	}{
		{
			name: "one gives every message back",
			functions: func(t *testing.T) string {
				t.Helper()
				folder := functions(t)
				return otherFunctions(t, map[string]string{
					"sqs": folder + "/gives-back", "eventbridge": folder + "/eventbridge", "http": folder + "/http", "approval": folder + "/approval",
				})
			},
			error: "13 of 26 scenes did not go as expected",
			good: []string{
				"event", "failed job", "late event", "webhook", "forged webhook", "own form", "call", "unauthorised call", "late call",
				"approval", "second click", "refusal", "no decision",
			},
			table: `
    scene              expected                            happened
NO  success            waits                               waits
                       SUCCEEDED                           given back by the function (batchItemFailures)
                       output as sent
NO  rejection          waits                               waits
`,
			below: `
success
   expected  waits, SUCCEEDED, output as sent
   happened  waits
   then      given back by the function (batchItemFailures)
`,
		},
		{
			name: "all end at their start",
			functions: func(t *testing.T) string {
				t.Helper()
				return otherFunctions(t, map[string]string{"sqs": broken, "eventbridge": broken, "http": broken, "approval": broken})
			},
			error: "25 of 26 scenes did not go as expected",
			good:  []string{"unauthorised call"},
			table: `
    scene              expected                            happened
NO  success            waits                               waits
                       SUCCEEDED                           Runtime.InitError: Runtime exited with error: ex…
                       output as sent
NO  rejection          waits                               waits
`,
			below: `
   then      Runtime.InitError: Runtime exited with error: exit status 3 during init: the settings are wrong
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			folder, out := test.functions(t), newPrinted()
			share(t)
			err := Run(t.Context(), Options{Functions: folder, Out: out})
			if !errors.Is(err, ErrDiffers) || err.Error() != test.error {
				t.Errorf("the error is %v", err)
			}
			table := tableOf(t, out.String())
			if !strings.HasPrefix(table, test.table) {
				t.Errorf("the table is%s\nand not%s", table, test.table)
			}
			var good []string
			for _, found := range regexp.MustCompile(`(?m)^ok  (.{17})`).FindAllStringSubmatch(table, -1) {
				good = append(good, strings.TrimSpace(found[1]))
			}
			if diff := cmp.Diff(test.good, good); diff != "" {
				t.Errorf("good scenes (-want +got):\n%s", diff)
			}
			if !strings.Contains(out.String(), test.below) {
				t.Errorf("below the table there is no\n%s\nin\n%s", test.below, out)
			}
		})
	}
}

// TestFunctionsThatAreMissing: nothing is left running by what had been started before.
func TestFunctionsThatAreMissing(t *testing.T) {
	t.Parallel()
	folder := otherFunctions(t, map[string]string{"sqs": "testdata/exits-at-start/bootstrap"})
	err := Run(t.Context(), Options{Functions: folder, Out: newPrinted()})
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "functions/eventbridge: find the function's executable") {
		t.Errorf("the error is %v", err)
	}
}
