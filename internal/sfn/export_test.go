package sfn

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// WithSerializer is an option of the SDK's client.
func WithSerializer(o *sfn.Options) { o.APIOptions = append(o.APIOptions, serialize) }

// Stack returns a call by a client that has some of the changes that a Completer's has: see [trim], [serialize] and [roundTrip].
func Stack(cfg aws.Config, t http.RoundTripper, trimmed, direct, written bool) func(ctx context.Context, token, output string) error {
	client := sfn.NewFromConfig(cfg, func(o *sfn.Options) {
		o.HTTPClient = &http.Client{Transport: t, Timeout: time.Minute}
		if trimmed {
			o.APIOptions = append(o.APIOptions, trim)
		}
		if written {
			WithSerializer(o)
		}
		if direct {
			o.APIOptions = append(o.APIOptions, roundTrip(t, time.Minute))
		}
	})
	return func(ctx context.Context, token, output string) error {
		ctx = withAttempts(ctx, &attempts{traced: ctx})
		_, err := client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: &output})
		return err
	}
}
