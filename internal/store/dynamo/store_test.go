package dynamo_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"go.uber.org/goleak"

	"callback-completer/internal/approval"
	"callback-completer/internal/local"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/race"
	"callback-completer/internal/store/dynamo"
	"callback-completer/internal/store/storetest"
)

func TestMain(m *testing.M) {
	race.Plays(10)
	goleak.VerifyTestMain(m)
}

const table = "approvals"

func config(h http.Handler) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://127.0.0.1"), HTTPClient: local.Direct{Handler: h},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
		RetryMaxAttempts: 7, // somebody's AWS_MAX_ATTEMPTS
	}
}

// bench is a store on the stand-in's table behind the real SDK, without a socket.
type bench struct {
	*dynamo.Store

	cfg    aws.Config
	client *dynamodb.Client
	faults *fault.Injector
}

// newBench opens the store with New, where the clock is the bubble's, or with Patient, where it is the machine's.
func newBench(t *testing.T, open func(aws.Config, string) *dynamo.Store) bench {
	t.Helper()
	faults := fault.New(1)
	cfg := config(local.New(local.Options{Region: "eu-west-1", Faults: faults}).API)
	b := bench{Store: open(cfg, table), cfg: cfg, client: dynamodb.NewFromConfig(cfg), faults: faults}
	if _, err := b.client.CreateTable(t.Context(), dynamo.Table(table)); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) approval.Store {
		t.Helper()
		return newBench(t, dynamo.Patient)
	})
}
