package demo

import "testing"

func TestNamesOfScenes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range parts() {
		for _, sc := range p.scenes {
			if seen[sc.name] || sc.name == "" || sc.about == "" || len(sc.expect) == 0 {
				t.Errorf("the scene %q", sc.name)
			}
			seen[sc.name] = true
		}
	}
}
