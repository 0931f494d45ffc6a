//go:build conformance

package dynamo_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"callback-completer/internal/approval"
	"callback-completer/internal/conformance/emulator"
	"callback-completer/internal/store/dynamo"
	"callback-completer/internal/store/storetest"
)

func TestMoto(t *testing.T) {
	t.Parallel()
	runOn(t, emulator.Moto)
}

func TestMiniStack(t *testing.T) {
	t.Parallel()
	runOn(t, emulator.MiniStack)
}

// runOn runs the suite on tables of a server that somebody else wrote.
func runOn(t *testing.T, start func(ctx context.Context, folder string) (*emulator.Server, error)) {
	t.Helper()
	server, err := start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		if t.Failed() {
			t.Logf("the server's log ends with:\n%s", server.Log())
		}
	})
	cfg := aws.Config{
		Region: emulator.Region, BaseEndpoint: &server.URL, HTTPClient: emulator.Client{HTTP: transport},
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	client := dynamodb.NewFromConfig(cfg)
	var tables atomic.Int64
	storetest.Run(t, func(t *testing.T) approval.Store {
		t.Helper()
		name := fmt.Sprintf("approvals-%d", tables.Add(1))
		if _, err := client.CreateTable(t.Context(), dynamo.Table(name)); err != nil {
			t.Fatal(err)
		}
		if err := dynamodb.NewTableExistsWaiter(client).Wait(t.Context(),
			&dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
			t.Fatal(err)
		}
		return dynamo.Patient(cfg, name)
	})
}
