package layout_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// abuses is how many there are; a row is never taken out.
const abuses = 42

// TestEveryAbuseHasItsTests: docs/abuse.md numbers what strangers may try, and each has tests that exist.
func TestEveryAbuseHasItsTests(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "abuse.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| (\d+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$`)
	rows := row.FindAllStringSubmatch(string(page), -1)
	if len(rows) != abuses || len(rows) != strings.Count(string(page), "\n| ")-1 {
		t.Fatalf("%d rows can be read, want %d", len(rows), abuses)
	}
	known := map[string]map[string]bool{} // tests by package
	for i, found := range rows {
		if found[1] != strconv.Itoa(i+1) {
			t.Errorf("row %d has the number %s", i+1, found[1])
		}
		named := regexp.MustCompile("^(`[a-z/]+\\.(Test|Fuzz)[A-Za-z0-9]+` ?)+$")
		if !named.MatchString(found[2]) {
			t.Errorf("row %s: %q are no tests", found[1], found[2])
		}
		for name := range strings.FieldsSeq(strings.ReplaceAll(found[2], "`", "")) {
			folder, test, _ := strings.Cut(name, ".")
			if known[folder] == nil {
				known[folder] = tests(t, folder)
			}
			if !known[folder][test] {
				t.Errorf("row %s: there is no test %s", found[1], name)
			}
		}
	}
}

// tests returns the names of a package's tests, those with build tags too.
func tests(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(\w+ \*testing\.[TF]\) \{`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range declared.FindAllStringSubmatch(string(text), -1) {
			names[match[1]] = true
		}
	}
	return names
}
