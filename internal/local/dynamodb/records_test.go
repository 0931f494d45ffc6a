package dynamodb_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"callback-completer/internal/approval"
	"callback-completer/internal/local"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/store/bolt"
	"callback-completer/internal/store/dynamo"
	"callback-completer/internal/store/storetest"
)

// kept is a table of the stand-in whose items are in a file.
type kept struct {
	stack  *local.Stack
	faults *fault.Injector
	file   *bolt.Store
	cfg    aws.Config
}

func keep(t *testing.T, path string) *kept {
	t.Helper()
	file, err := bolt.Open(path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	k := &kept{faults: fault.New(1), file: file}
	k.stack = local.New(local.Options{Faults: k.faults})
	k.stack.DynamoDB.KeepApprovals("approvals", file)
	k.cfg = aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1"), HTTPClient: local.Direct{Handler: k.stack.API},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	}
	return k
}

func (k *kept) store() *dynamo.Store { return dynamo.New(k.cfg, "approvals") }

// TestApprovalsInAFile: the deployed store behind the SDK, on a table whose items are in a file.
func TestApprovalsInAFile(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) approval.Store {
		t.Helper()
		return keep(t, filepath.Join(t.TempDir(), "approvals.db")).store()
	})
}

// TestApprovalsOutliveTheStandIn: the next one finds in the file what the last one wrote, and goes on with it.
func TestApprovalsOutliveTheStandIn(t *testing.T) {
	t.Parallel()
	path, ctx := filepath.Join(t.TempDir(), "approvals.db"), t.Context()
	now := time.Now().UTC().Truncate(time.Millisecond)
	r := approval.Record{
		ID: "a", State: approval.Open, CreatedAt: now, ExpiresAt: now.Add(time.Hour), PurgeAt: now.Add(2 * time.Hour), Request: []byte("sealed"),
	}
	first := keep(t, path)
	if err := first.store().Create(ctx, r); err != nil {
		t.Fatal(err)
	}
	if err := first.file.Close(); err != nil {
		t.Fatal(err)
	}
	second := keep(t, path).store()
	r.Revision, r.State = 1, approval.Answered
	if revision, err := second.Update(ctx, r); revision != 2 || err != nil {
		t.Errorf("revision %d, %v", revision, err)
	}
	if got, err := second.Get(ctx, "a"); err != nil || got.State != approval.Answered || string(got.Request) != "sealed" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestAWriteWhoseAnswerIsLost is known again by its writer, as on DynamoDB.
func TestAWriteWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	k := keep(t, filepath.Join(t.TempDir(), "approvals.db"))
	k.faults.Add(fault.Rule{Operation: "PutItem", Kind: fault.Reset, Next: 1, Applied: true})
	now := time.Now()
	err := k.store().Create(t.Context(), approval.Record{ID: "a", State: approval.Open, CreatedAt: now, ExpiresAt: now, PurgeAt: now.Add(time.Hour)})
	if err != nil {
		t.Error(err)
	}
}

// TestTheTableIsThePublishedOne: KeepApprovals makes what the store's own definition makes.
func TestTheTableIsThePublishedOne(t *testing.T) {
	t.Parallel()
	k := keep(t, filepath.Join(t.TempDir(), "approvals.db"))
	client := sdk.NewFromConfig(k.cfg)
	if _, err := client.CreateTable(t.Context(), dynamo.Table("other")); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	r := approval.Record{
		ID: "a", State: approval.Open, CreatedAt: now, ExpiresAt: now, PurgeAt: now.Add(time.Hour), DeliveredAt: now, Execution: "arn",
		Request: []byte("r"), Progress: []byte("p"),
	}
	var items [2]map[string]int
	for n, table := range []string{"approvals", "other"} {
		if err := dynamo.New(k.cfg, table).Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		items[n] = map[string]int{}
		s := server{client: &http.Client{Transport: direct{k.stack.API}}, url: "http://127.0.0.1/"}
		for _, body := range []string{
			`GetItem {"TableName": "TABLE", "Key": {"id": {"S": "a"}}}`,
			`Query {"TableName": "TABLE", "IndexName": "pending", "KeyConditionExpression": "pending = :p", "ExpressionAttributeValues": {":p": {"S": "1"}}}`,
		} {
			operation, body, _ := strings.Cut(body, " ")
			_, answer := s.call(t, operation, strings.ReplaceAll(body, "TABLE", table))
			for _, name := range strings.Split(answer, `"`) {
				items[n][name]++
			}
		}
	}
	for name, times := range items[1] {
		if items[0][name] != times && len(name) < 20 { // the values of writes differ
			t.Errorf("%s stands %d times in what is kept and %d times in what is created", name, items[0][name], times)
		}
	}
}

// direct is [local.Direct] as the transport of a client.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	return local.Direct{Handler: d.handler}.Do(r)
}

// TestWhatARecordCannotHold is refused, and nothing is kept.
func TestWhatARecordCannotHold(t *testing.T) {
	t.Parallel()
	k := keep(t, filepath.Join(t.TempDir(), "approvals.db"))
	s := server{client: &http.Client{Transport: direct{k.stack.API}}, url: "http://127.0.0.1/"}
	for body, want := range map[string]string{
		`PutItem {"TableName": "approvals", "Item": {"id": {"S": "a"}, "revision": {"N": "1"}, "colour": {"S": "red"}}}`: "knows no attribute colour",
		`PutItem {"TableName": "approvals", "Item": {"id": {"S": "a"}, "revision": {"S": "1"}}}`:                         "whose attribute revision is of the kind N",
		`PutItem {"TableName": "approvals", "Item": {"id": {"S": "a"}, "revision": {"N": "2"}}}`:                         "counts their revisions from 1",
		`Scan {"TableName": "approvals"}`: "does not scan",
	} {
		operation, body, _ := strings.Cut(body, " ")
		if status, answer := s.call(t, operation, body); status != http.StatusBadRequest || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if _, err := k.store().Get(t.Context(), "a"); !errors.Is(err, approval.ErrNotFound) {
		t.Errorf("something was kept: %v", err)
	}
}
