// Command gives-back is a function that answers every message as failed.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

type event struct {
	Records []struct {
		MessageID string `json:"messageId"`
	}
}

type item struct {
	ID string `json:"itemIdentifier"`
}

type response struct {
	Failures []item `json:"batchItemFailures"`
}

func main() {
	lambda.StartHandlerFunc(func(_ context.Context, e event) (response, error) {
		var r response
		for _, m := range e.Records {
			r.Failures = append(r.Failures, item{m.MessageID})
		}
		return r, nil
	})
}
