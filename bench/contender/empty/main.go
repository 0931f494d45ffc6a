// Command empty is an aws-lambda-go function that does nothing: how fast any Go function can be ready.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context) error { return nil })
}
