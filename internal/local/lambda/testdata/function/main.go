// Command function is what the tests of the Runtime API server run: it does what the event tells it to.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do    string
	Text  string
	Bytes int
}

type facts struct {
	PID         int
	RequestID   string
	ARN         string
	TraceID     string
	MillisLeft  int64
	Environment []string
	Folder      string
}

func main() {
	switch os.Getenv("AT_INIT") {
	case "exit":
		fmt.Fprintln(os.Stderr, "MAPPING: no such field")
		os.Exit(3)
	case "hang":
		time.Sleep(time.Hour)
	}
	fmt.Println("function started")
	lambda.Start(handle)
}

func handle(ctx context.Context, e event) (any, error) {
	switch e.Do {
	case "echo":
		return e.Text, nil
	case "error":
		return nil, errors.New(e.Text)
	case "panic":
		panic(e.Text)
	case "exit":
		os.Exit(7)
	case "hang":
		fmt.Println("function hangs")
		time.Sleep(time.Hour)
	case "wait":
		time.Sleep(300 * time.Millisecond)
		return os.Getpid(), nil
	case "large":
		return strings.Repeat("x", e.Bytes), nil
	case "stream":
		return io.MultiReader(strings.NewReader("half an answer"), failing{}), nil
	}
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	environment := os.Environ()
	slices.Sort(environment)
	folder, _ := os.Getwd()
	return facts{
		PID: os.Getpid(), RequestID: lc.AwsRequestID, ARN: lc.InvokedFunctionArn, TraceID: os.Getenv("_X_AMZN_TRACE_ID"),
		MillisLeft: time.Until(deadline).Milliseconds(), Environment: environment, Folder: folder,
	}, nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the other half is missing") }
