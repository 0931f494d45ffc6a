package demo

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The event is the project's sample, which its own tests hold to AWS's documentation.
func TestFailedJobIsTheSample(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("../../../events/eventbridge-batch-job-failed.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(sample), failedJob); diff != "" {
		t.Errorf("it differs (-sample +here):\n%s", diff)
	}
	if n := strings.Count(failedJob, failedJobToken); n != 1 {
		t.Errorf("the token is there %d times", n)
	}
}
