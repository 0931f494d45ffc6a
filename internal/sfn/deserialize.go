package sfn

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// deserializer takes 200 for what it is, an answer that says nothing more. The SDK's own, which has every other one, prepares a
// trace and a decoder and reads an empty object.
type deserializer struct {
	sdk   middleware.DeserializeMiddleware
	empty any // the operation's output
}

var _ middleware.DeserializeMiddleware = (*deserializer)(nil)

// deserialize puts a deserializer in the place of the SDK's. It is called for each call of an operation.
func deserialize(stack *middleware.Stack) (err error) {
	d := &deserializer{}
	switch stack.ID() {
	case operationSuccess:
		d.empty = &sfn.SendTaskSuccessOutput{}
	case operationFailure:
		d.empty = &sfn.SendTaskFailureOutput{}
	case operationHeartbeat:
		d.empty = &sfn.SendTaskHeartbeatOutput{}
	default:
		return fmt.Errorf("no answer is known of the operation %s", stack.ID())
	}
	d.sdk, err = stack.Deserialize.Swap(d.ID(), d)
	return err
}

// ID is that of the step in whose place this one is.
func (*deserializer) ID() string { return "OperationDeserializer" }

// HandleDeserialize makes the result of an answer.
func (d *deserializer) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	out middleware.DeserializeOutput, metadata middleware.Metadata, err error,
) {
	out, metadata, err = next.HandleDeserialize(ctx, in)
	if response, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil && response.StatusCode == http.StatusOK {
		out.Result = d.empty
		return out, metadata, nil
	}
	return d.sdk.HandleDeserialize(ctx, in, answered{out, metadata, err})
}

// answered is a step that has happened already.
type answered struct {
	out      middleware.DeserializeOutput
	metadata middleware.Metadata
	err      error
}

func (a answered) HandleDeserialize(context.Context, middleware.DeserializeInput) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	return a.out, a.metadata, a.err
}
