package template

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sections returns the runbook's text by heading of the second level.
func sections(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, part := range strings.Split(string(text), "\n## ")[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		found[heading] = body
	}
	return found
}

var alarmID = regexp.MustCompile("`([A-Za-z]+Alarm)`")

func TestTheRunbookHasAHeadingForEveryAlarm(t *testing.T) {
	t.Parallel()
	var want, got []string
	for id, declared := range section(load(t, appFile), "Resources") {
		if declared.(map[string]any)["Type"] == "AWS::CloudWatch::Alarm" {
			want = append(want, id)
		}
	}
	for heading, body := range sections(t) {
		ids := alarmID.FindAllStringSubmatch(heading, -1)
		for _, id := range ids {
			got = append(got, id[1])
		}
		if len(ids) == 0 {
			continue
		}
		for _, part := range []string{"\n**Meaning.**", "\n**Look at.**", "\n**Do.**", "```sh\n"} {
			if !strings.Contains(body, part) {
				t.Errorf("%s has no %q", heading, strings.TrimSpace(part))
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alarms (-template +runbook):\n%s", diff)
	}
}

// The commands stand or fall with the outputs that they read.
func TestTheRunbookReadsOutputsThatExist(t *testing.T) {
	t.Parallel()
	outputs := section(load(t, appFile), "Outputs")
	read := regexp.MustCompile(`\$\(output ([A-Za-z]+)\)`)
	seen := 0
	for heading, body := range sections(t) {
		for _, match := range read.FindAllStringSubmatch(body, -1) {
			seen++
			if _, ok := outputs[match[1]]; !ok {
				t.Errorf("%s reads the output %s, which the template has not", heading, match[1])
			}
		}
	}
	if seen == 0 {
		t.Error("the test no longer sees the outputs")
	}
}

// Its links lead to its own headings.
func TestTheRunbooksLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	parts := sections(t)
	anchors := map[string]bool{}
	for heading := range parts {
		anchor := strings.ToLower(strings.NewReplacer("`", "", ",", "", "'", "", " ", "-").Replace(heading))
		anchors[anchor] = true
	}
	link := regexp.MustCompile(`\]\(#([^)]+)\)`)
	for heading, body := range parts {
		for _, match := range link.FindAllStringSubmatch(body, -1) {
			if !anchors[match[1]] {
				t.Errorf("%s links to #%s, which is no heading", heading, match[1])
			}
		}
	}
}
