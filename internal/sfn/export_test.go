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

// WithDeserializer is likewise.
func WithDeserializer(o *sfn.Options) { o.APIOptions = append(o.APIOptions, deserialize) }

// Changes are some of those that a Completer makes to the SDK's stack: see [trim], [serialize], [deserialize] and [roundTrip].
type Changes struct{ Trim, Serialize, Deserialize, Transport bool }

// Stack returns a call by a client with them.
func Stack(cfg aws.Config, t http.RoundTripper, c Changes) func(ctx context.Context, token, output string) error {
	client := sfn.NewFromConfig(cfg, func(o *sfn.Options) {
		o.HTTPClient = &http.Client{Transport: t, Timeout: time.Minute}
		if c.Trim {
			o.APIOptions = append(o.APIOptions, trim)
		}
		if c.Serialize {
			WithSerializer(o)
		}
		if c.Deserialize {
			WithDeserializer(o)
		}
		if c.Transport {
			o.APIOptions = append(o.APIOptions, roundTrip(t, time.Minute))
		}
	})
	return func(ctx context.Context, token, output string) error {
		ctx = withAttempts(ctx, &attempts{traced: ctx})
		_, err := client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: &output})
		return err
	}
}
