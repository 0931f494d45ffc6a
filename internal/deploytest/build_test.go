//go:build deploytest

package deploytest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"callback-completer/internal/conformance/emulator"
)

const root = "../.."

// samBuild builds the template for this machine and returns the folder of the result.
func samBuild(t *testing.T) string {
	t.Helper()
	sam, err := emulator.Find("sam")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "build")
	cmd := exec.CommandContext(t.Context(), sam, "build", "--template-file", "template.yaml", "--build-dir", out)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "HOST_ARCH=1", "SAM_CLI_TELEMETRY=0", "AWS_DEFAULT_REGION="+emulator.Region)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sam build: %v\n%s", err, output)
	}
	return out
}

// withCode returns the built template with the functions' code where it was uploaded, as `sam package` would. The
// transform wants all of them, also of those that this deployment does not create.
func withCode(t *testing.T, build string, uris map[string]string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(build, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var template yaml.Node
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatalf("read the built template: %v", err)
	}
	for function, uri := range uris {
		code, err := member(template.Content[0], "Resources", function, "Properties", "CodeUri")
		if err != nil {
			t.Fatalf("read the built template: %v", err)
		}
		code.SetString(uri)
	}
	packaged, err := yaml.Marshal(&template)
	if err != nil {
		t.Fatal(err)
	}
	return string(packaged)
}

func member(n *yaml.Node, path ...string) (*yaml.Node, error) {
next:
	for _, key := range path {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				n = n.Content[i+1]
				continue next
			}
		}
		return nil, fmt.Errorf("there is no %q of %q", key, path)
	}
	return n, nil
}
