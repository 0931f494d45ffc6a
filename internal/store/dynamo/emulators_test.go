//go:build conformance

package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
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
	// It counts the base64 of bytes. And it looks at a condition and stores the item in two steps that no lock holds together: with
	// requests that overlap, two writers of a revision win now and then. So it gets them one after the other.
	runOn(t, emulator.Moto, false, oneByOne)
}

func TestMiniStack(t *testing.T) {
	t.Parallel()
	runOn(t, emulator.MiniStack, true, asTheyCome)
}

func TestDynamoDBLocal(t *testing.T) {
	t.Parallel()
	runOn(t, emulator.DynamoDBLocal, true, asTheyCome)
}

// runOn runs the suite on tables of a server that somebody else wrote. counts says that it counts bytes as DynamoDB does.
func runOn(
	t *testing.T, start func(ctx context.Context, folder string) (*emulator.Server, error), counts bool, send sending,
) {
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
		Region: emulator.Region, BaseEndpoint: &server.URL, HTTPClient: send(emulator.Client{HTTP: transport}),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	client := dynamodb.NewFromConfig(cfg)
	var tables atomic.Int64
	newTable := func(t *testing.T) string {
		t.Helper()
		name := fmt.Sprintf("approvals-%d", tables.Add(1))
		if _, err := client.CreateTable(t.Context(), dynamo.Table(name)); err != nil {
			t.Fatal(err)
		}
		if err := dynamodb.NewTableExistsWaiter(client).Wait(t.Context(),
			&dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
			t.Fatal(err)
		}
		return name
	}
	storetest.Run(t, func(t *testing.T) approval.Store {
		t.Helper()
		return dynamo.Patient(cfg, newTable(t))
	})
	t.Run("lost answers", func(t *testing.T) {
		t.Parallel()
		loseAnswers(t, cfg, newTable(t))
	})
	if counts {
		t.Run("the largest record", func(t *testing.T) {
			t.Parallel()
			createLargest(t, dynamo.Patient(cfg, newTable(t)))
		})
	}
}

// A sending is how requests go to a server.
type sending func(client dynamodb.HTTPClient) dynamodb.HTTPClient

func asTheyCome(client dynamodb.HTTPClient) dynamodb.HTTPClient { return client }

// oneByOne sends a request after the answer to the one before it has begun, with which the server is done with that.
func oneByOne(client dynamodb.HTTPClient) dynamodb.HTTPClient {
	var turn sync.Mutex
	return clientFunc(func(r *http.Request) (*http.Response, error) {
		turn.Lock()
		defer turn.Unlock()
		return client.Do(r)
	})
}

// loseAnswers needs the server to return the stored item with a failed condition.
func loseAnswers(t *testing.T, cfg aws.Config, table string) {
	t.Helper()
	losing := func() *dynamo.Store {
		cfg, first := cfg, true
		client := cfg.HTTPClient
		cfg.HTTPClient = clientFunc(func(r *http.Request) (*http.Response, error) {
			answer, err := client.Do(r)
			if err != nil || !first {
				return answer, err
			}
			first = false
			return nil, errors.Join(syscall.ECONNRESET, answer.Body.Close())
		})
		return dynamo.Patient(cfg, table)
	}
	r := record()
	if err := losing().Create(t.Context(), r); err != nil {
		t.Errorf("create: %v", err)
	}
	if err := losing().Create(t.Context(), r); !errors.Is(err, approval.ErrExists) {
		t.Errorf("create again: %v, want ErrExists", err)
	}
	r.Revision = 1
	if revision, err := losing().Update(t.Context(), r); revision != 2 || err != nil {
		t.Errorf("update: %d, %v, want 2", revision, err)
	}
	if _, err := losing().Update(t.Context(), r); !errors.Is(err, approval.ErrConflict) {
		t.Errorf("update again: %v, want ErrConflict", err)
	}
}
