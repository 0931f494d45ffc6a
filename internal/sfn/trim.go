package sfn

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go/middleware"
)

// trim takes the steps out of the SDK's stack that do nothing for these calls: resolvers, hooks and loggers of options that are not
// set, what is only reported to other steps, and the headers that number a call and its attempts, which would have to be signed.
//
// It is an error if a step is not there, for then the SDK has changed and somebody must look again.
func trim(stack *middleware.Stack) error {
	_, err := stack.Initialize.Remove("legacyEndpointContextSetter")
	err = without(err, "SetLogger", stack.Initialize.Remove)
	err = without(err, "ResolveEndpoint", stack.Serialize.Remove) // the old way; ResolveEndpointV2 stays
	err = without(err, "ClientRequestID", stack.Build.Remove)
	err = without(err, "SetCredentialSourceMiddleware", stack.Build.Remove)
	err = without(err, "spanRetryLoop", stack.Finalize.Remove)
	err = without(err, "InterceptBeforeRetryLoop", stack.Finalize.Remove)
	err = without(err, "InterceptAttempt", stack.Finalize.Remove)
	err = without(err, "RetryMetricsHeader", stack.Finalize.Remove)
	err = without(err, "disableHTTPS", stack.Finalize.Remove)
	err = without(err, "setLegacyContextSigningOptions", stack.Finalize.Remove)
	err = without(err, "AddRawResponseToMetadata", stack.Deserialize.Remove)
	err = without(err, "RequestResponseLogger", stack.Deserialize.Remove)
	if err != nil {
		return fmt.Errorf("make the SDK's stack shorter: %w", err)
	}
	return nil
}

// without removes a step; earlier is what went wrong before.
func without[M any](earlier error, id string, remove func(id string) (M, error)) error {
	if _, err := remove(id); err != nil {
		return errors.Join(earlier, err)
	}
	return earlier
}
