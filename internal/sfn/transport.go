package sfn

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// mostOfAnAnswer is how much of an answer is read. Those of the three calls are an empty object, or an error of a few hundred bytes.
const mostOfAnAnswer = 1 << 20

// roundTrip makes the SDK's requests with the transport itself, as the last step of the SDK's stack. The SDK's own last step
// copies each request with its headers, and so does http.Client once more for redirects, which Step Functions has none of;
// and both look a dozen values up through the fifty contexts of the stack. Together that was a quarter of a call's processor time.
//
// timeout bounds an attempt, its answer included, which is read before the step returns.
func roundTrip(transport http.RoundTripper, timeout time.Duration) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("CallbackTransport", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (out middleware.DeserializeOutput, metadata middleware.Metadata, err error) {
			a, watched := ctx.Value(attemptsKey{}).(*attempts)
			request, ok := in.Request.(*smithyhttp.Request)
			if !ok || !watched {
				return next.HandleDeserialize(ctx, in)
			}
			body, err := content(request.GetStream())
			if err != nil {
				return out, metadata, err
			}
			response, err := send(a.traced, transport, timeout, request.Request, body) //nolint:bodyclose,contextcheck // in memory; of this attempt
			if err != nil && ctx.Err() != nil {
				err = &smithy.CanceledError{Err: ctx.Err()}
			} else if err != nil {
				err = &smithyhttp.RequestSendError{Err: err}
			}
			out.RawResponse = &smithyhttp.Response{Response: response}
			return out, metadata, err
		}), middleware.After)
	}
}

// content returns what the SDK sends, which its serializers keep in memory.
func content(stream io.Reader) (*bytes.Reader, error) {
	if r, ok := stream.(*bytes.Reader); ok {
		return r, nil
	}
	b, err := io.ReadAll(stream)
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return bytes.NewReader(b), nil
}

// send returns an answer whose body is in memory, also with an error.
func send(ctx context.Context, transport http.RoundTripper, timeout time.Duration, request *http.Request, body *bytes.Reader) (
	*http.Response, error,
) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// The transport may read a body still that has an answer already. Each attempt has a reader of its own.
	request = request.WithContext(ctx)
	request.GetBody = func() (io.ReadCloser, error) {
		whole := *body
		return io.NopCloser(&whole), nil
	}
	request.Body, _ = request.GetBody()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return &http.Response{Header: http.Header{}, Body: http.NoBody}, err
	}
	limited := io.LimitReader(response.Body, mostOfAnAnswer)
	if response.StatusCode == http.StatusOK {
		// The status is the answer: the body says nothing, and if it was cut off another attempt would find the task closed.
		_, _ = io.Copy(io.Discard, limited)
		_ = response.Body.Close()
		response.Body = http.NoBody
		return response, nil
	}
	answer, err := io.ReadAll(limited)
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(answer))
	if err != nil {
		response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(answer), broken{err}))
	}
	return response, nil
}

// broken is the end of an answer that was cut off.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
