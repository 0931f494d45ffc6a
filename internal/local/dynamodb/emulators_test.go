//go:build conformance

package dynamodb_test

import (
	"net/http"
	"testing"

	"callback-completer/internal/conformance/emulator"
)

// TestDynamoDBLocal holds the rows to what AWS's own program does.
func TestDynamoDBLocal(t *testing.T) {
	t.Parallel()
	s, err := emulator.DynamoDBLocal(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		s.Close()
		if t.Failed() {
			t.Logf("the server's log ends with:\n%s", s.Log())
		}
	})
	server{client, s.URL}.run(t, shared)
}
