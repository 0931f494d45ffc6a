package sfn

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/smithy-go/middleware"
)

// Stack returns a call by a client that has some of the changes that a Completer's has: see [trim] and [roundTrip].
func Stack(cfg aws.Config, t http.RoundTripper, trimmed, direct bool) func(ctx context.Context, token, output string) error {
	client := sfn.NewFromConfig(cfg, func(o *sfn.Options) {
		o.HTTPClient = &http.Client{Transport: t, Timeout: time.Minute}
		if trimmed {
			o.APIOptions = append(o.APIOptions, trim)
		}
		if direct {
			o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error { return roundTrip(t, time.Minute)(stack) })
		}
	})
	return func(ctx context.Context, token, output string) error {
		ctx = withAttempts(ctx, &attempts{traced: ctx})
		_, err := client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: &output})
		return err
	}
}
