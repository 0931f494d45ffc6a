package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/google/go-cmp/cmp"
)

func TestLinkCommandLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args           string
		code           int
		stdout, stderr string // how they begin; empty: nothing is written
	}{
		{"link", 2, "", "callback link: a subcommand is missing\n\ncallback link deals"},
		{"link nonsense", 2, "", `callback link: there is no subcommand "nonsense"`},
		{"link -h", 0, "callback link deals", ""},
		{"link mint -h", 0, "callback link deals", ""},
		{"link mint x", 2, "", `callback link mint: "x" is too much`},
		{"link mint --field x", 2, "", `callback link mint: invalid value "x" for flag -field: it is no label=value`},
		{"link mint --expires soon", 2, "", `callback link mint: invalid value "soon" for flag -expires`},
		{"link mint --json", 2, "", "callback link mint: flag provided but not defined: -json"},
		{"link list x", 2, "", `callback link list: "x" is too much`},
		{"link show", 2, "", "callback link show: REQUEST is missing"},
		{"link show --json", 2, "", "callback link show: REQUEST is missing"},
		{"link show a b", 2, "", `callback link show: "b" is too much`},
		{"link revoke --json a", 2, "", "callback link revoke: flag provided but not defined: -json"},
		{"link list --endpoint http://127.0.0.1:1", 1, "", "callback link list: http://127.0.0.1:1: no `callback local --serve` answers there"},
		{"link list --endpoint x", 1, "", "callback link list: the endpoint must be an address such as"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), strings.Fields(test.args), &stdout, &stderr, none); code != test.code {
				t.Errorf("it exits with %d, not %d", code, test.code)
			}
			begins(t, "stdout", stdout.String(), test.stdout)
			begins(t, "stderr", stderr.String(), test.stderr)
		})
	}
}

func TestLinkInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"link", "list"}, &stdout, &stderr, none); code != 1 || stderr.String() != "callback link list: interrupted\n" {
		t.Errorf("it exits with %d and says %s", code, stderr.String())
	}
}

// office is a `callback local --serve` for callback link.
type office struct {
	*testing.T

	session            *session
	endpoint, machines string
	workflows          *sfn.Client
}

func newOffice(t *testing.T, args ...string) *office {
	t.Helper()
	o := &office{T: t, session: beginBuilt(t, append([]string{"--serve"}, args...)...)}
	_, o.endpoint, _ = strings.Cut(strings.TrimSpace(o.session.until(t, "endpoint ")), "http://")
	o.endpoint = "http://" + o.endpoint
	machine := strings.Fields(o.session.until(t, "state machine "))[2]
	o.machines = strings.TrimSuffix(machine, "order")
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	o.workflows = sfn.NewFromConfig(aws.Config{
		BaseEndpoint: &o.endpoint, Region: "us-east-1", HTTPClient: &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
	return o
}

// close ends it as Ctrl-C does.
func (o *office) close() {
	o.Helper()
	if err := o.session.cmd.Process.Signal(os.Interrupt); err != nil {
		o.Fatal(err)
	}
	for _, err := o.session.out.ReadString('\n'); err == nil; {
		_, err = o.session.out.ReadString('\n')
	}
	o.session.end(o.T, 0)
	o.session.alone(o.T)
}

func (o *office) start(machine, input string) (arn string) {
	o.Helper()
	started, err := o.workflows.StartExecution(o.Context(), &sfn.StartExecutionInput{
		StateMachineArn: aws.String(o.machines + machine), Input: &input,
	})
	if err != nil {
		o.Fatal(err)
	}
	return *started.ExecutionArn
}

// link runs callback link, which must exit with code.
func (o *office) link(code int, args ...string) (stdout, stderr string) {
	o.Helper()
	var out, err bytes.Buffer
	if got := run(o.Context(), append(append([]string{"link"}, args...), "--endpoint", o.endpoint), &out, &err, none); got != code {
		o.Fatalf("%q exits with %d, not %d\n%s%s", args, got, code, &out, &err)
	}
	return out.String(), err.String()
}

// TestLinkOfAnOrder: minted for whatever waits, shown, listed, revoked; and what was asked outlives a restart.
func TestLinkOfAnOrder(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "kept")
	o := newOffice(t, "--port", "0", "--data", data)
	arn := o.start("order", `{"order":{"id":"A-1"}}`)
	page, told := o.link(0, "mint", "--execution", arn[strings.LastIndexByte(arn, ':')+1:], "--title", "Accept\x1b[31m it", "--field", "Amount=120",
		"--approver", "bob@example.com", "--requester", "carol@example.com", "--comment", "required", "--expires", "10m")
	page = strings.TrimSpace(page)
	id := regexp.MustCompile(`^request ([0-9a-f]{32}) of (\S+), until 20\S+Z\n$`).FindStringSubmatch(told)
	if id == nil || id[2] != arn || !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/approvals/\S{32}$`).MatchString(page) {
		t.Fatalf("%s%s", page, told)
	}
	again, told := o.link(0, "mint", "--title", "Another")
	if strings.TrimSpace(again) != page || !strings.HasPrefix(told, "People were asked before: this is the link they have") {
		t.Errorf("again: %s%s", again, told)
	}
	listed, _ := o.link(0, "list")
	if !regexp.MustCompile(`^REQUEST +CREATED +EXPIRES +STAGE +EXECUTION\n` + id[1] + `  20\S+Z  20\S+Z  open +` + arn + `\n$`).MatchString(listed) {
		t.Errorf("the list is\n%s", listed)
	}
	var all []map[string]any
	if text, _ := o.link(0, "list", "--json"); json.Unmarshal([]byte(text), &all) != nil || len(all) != 1 || all[0]["requestId"] != id[1] {
		t.Errorf("the list is %s", text)
	}
	times := regexp.MustCompile(`20\d\d-\S+Z`)
	shown, _ := o.link(0, "show", page)
	want := "request      " + id[1] + "\nstage        open\ncreated      T\ndelivered    T\nexpires      T\nexecution    " + arn + "\n"
	content := "title        Accept⟦U+001B⟧[31m it\nfield        Amount: 120\nasked by     carol@example.com\nasked of     bob@example.com\n" +
		"decisions    approve, reject\n"
	if diff := cmp.Diff(want+content, times.ReplaceAllString(shown, "T")); diff != "" {
		t.Errorf("with the link (-want +got):\n%s", diff)
	}
	shown, _ = o.link(0, "show", "--json", id[1])
	var described map[string]any
	if json.Unmarshal([]byte(shown), &described) != nil || described["stage"] != "open" || described["content"] != nil || strings.Contains(shown, "120") {
		t.Errorf("with the id: %s", shown)
	}
	if said, _ := o.link(0, "revoke", id[1]); said != id[1]+" is revoked: its page says so and takes no answer. The execution waits on.\n" {
		t.Errorf("revoked: %s", said)
	}
	for ref, want := range map[string]string{id[1]: "the request is not open any more", strings.Repeat("0", 32): "there is no such request"} {
		if _, said := o.link(1, "revoke", ref); !strings.HasPrefix(said, "callback link revoke: "+want) {
			t.Errorf("revoke again: %s", said)
		}
	}
	if listed, _ := o.link(0, "list"); listed != "No request is open.\n" {
		t.Errorf("after it the list is %s", listed)
	}
	o.close()
	if info, err := os.Stat(filepath.Join(data, "approvals.db")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("nothing is kept: %v", err)
	}
	o = newOffice(t, "--port", "0", "--data", data)
	if shown, _ := o.link(0, "show", page); !strings.Contains(shown, "stage        revoked\n") || !strings.Contains(shown, content) {
		t.Errorf("after a restart:\n%s", shown)
	}
	o.link(1, "mint") // executions are not kept
	o.close()
}

// TestTwoServesOnOneFolder: the second says why it cannot.
func TestTwoServesOnOneFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	o := newOffice(t, "--port", "0", "--data", data)
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"local", "--functions", brokenFunctions(t), "--serve", "--port", "0", "--data", data}, &stdout, &stderr, none)
	if code != 1 || !strings.Contains(stderr.String(), "another process has "+filepath.Join(data, "approvals.db")+" open") {
		t.Errorf("it exits with %d and says %s", code, stderr.String())
	}
	o.close()
}

// TestPrintedCommandsForApprovals runs what --serve prints in a shell, with this tool in the place of `go run ./cmd/callback`.
func TestPrintedCommandsForApprovals(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the commands need %s, which is not here", program)
		}
	}
	path, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, "--port", "0")
	lines := map[string]string{}
	for _, about := range []string{"Ask people.", "or answer as its form does", "The requests that are open", "Before it is answered", "Every execution that waits"} {
		o.session.until(t, "# "+about)
		lines[about] = o.paragraph()
	}
	o.session.until(t, "What happens is shown here.")
	input := regexp.MustCompile(`--input '(.*?)'`).FindStringSubmatch(lines["Ask people."])
	_, mint, _ := strings.Cut(lines["Ask people."], "\n")
	if input == nil || !strings.HasPrefix(lines["Ask people."], "EXECUTION=$(aws ") || !strings.HasPrefix(mint, "LINK=$(") {
		t.Fatalf("it says how to ask people by\n%s", lines["Ask people."])
	}
	shell := func(execution string, commands ...string) string {
		script := "set -euo pipefail\ngo() { shift 2; '" + path + "' \"$@\"; }\nEXECUTION='" + execution + "'\n" + strings.Join(commands, "\n")
		cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
		cmd.Env = append(os.Environ(), "NO_PROXY=*")
		output, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s\n%s", err, script, output)
		}
		return string(output)
	}
	asked := o.start("release", input[1])
	o.session.line(t, "  asked        http://127.0.0.1:")
	said := shell(asked, mint, lines["The requests that are open"], lines["or answer as its form does"])
	for _, want := range []string{"/approvals/", " open      " + asked, "title        Deploy to production", "HTTP/1.1 303 See Other"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	o.session.line(t, "  form         request ")
	revoked := o.start("release", input[1])
	o.session.line(t, "  asked        http://127.0.0.1:")
	if said := shell(revoked, mint, lines["Before it is answered"]); !strings.Contains(said, " is revoked: ") {
		t.Errorf("it says\n%s", said)
	}
	if said := shell(o.start("order", `{"order":{}}`), lines["Every execution that waits"]); !strings.Contains(said, "\nhttp://127.0.0.1:") {
		t.Errorf("it says\n%s", said)
	}
	o.close()
}

// paragraph reads up to an empty line.
func (o *office) paragraph() string {
	o.Helper()
	var lines []string
	for {
		line, err := o.session.out.ReadString('\n')
		if err != nil {
			o.Fatal(err)
		}
		if line = strings.TrimSuffix(line, "\n"); line == "" {
			return strings.Join(lines, "\n")
		}
		lines = append(lines, line)
	}
}
