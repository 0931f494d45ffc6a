package template

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What an example's workflow leaves open is what its template fills in: CloudFormation passes on as it is what it does not know.
func TestDefinitionsAreFilledIn(t *testing.T) {
	t.Parallel()
	open := regexp.MustCompile(`\$\{([^}]+)\}`)
	for _, file := range []string{exampleFile, approvalExampleFile} {
		seen := 0
		for id, declared := range section(load(t, file), "Resources") {
			resource := declared.(map[string]any)
			if resource["Type"] != "AWS::Serverless::StateMachine" {
				continue
			}
			seen++
			properties := section(resource, "Properties")
			definition, err := os.ReadFile(filepath.Join(filepath.Dir(file), properties["DefinitionUri"].(string)))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]bool{}
			for _, match := range open.FindAllStringSubmatch(string(definition), -1) {
				want[match[1]] = true
			}
			got := slices.Sorted(maps.Keys(section(properties, "DefinitionSubstitutions")))
			if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), got); diff != "" {
				t.Errorf("%s, %s (-definition +template):\n%s", file, id, diff)
			}
		}
		if seen == 0 {
			t.Errorf("%s has no workflow", file)
		}
	}
}

// What goes into a definition as text must not end a text there.
func TestTheApproverStaysAText(t *testing.T) {
	t.Parallel()
	declared := section(section(load(t, approvalExampleFile), "Parameters"), "Approver")
	pattern := regexp.MustCompile(declared["AllowedPattern"].(string))
	for value, want := range map[string]bool{
		"bob@example.com": true, "arn:aws:iam::123456789012:user/bob": true, "slack:U0123ABCD": true,
		"": false, `a"b`: false, `a\b`: false, "a\nb": false, "${Channel}": false,
	} {
		if got := pattern.MatchString(value); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}
