package awscall

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Describe returns why a call failed: the service's error code, the HTTP status of an answer without one, or in what way
// there was no answer. The SDK's own texts are left behind, for they may quote the request or the answer.
// The error is [context.Canceled] or [context.DeadlineExceeded] where that is why.
func Describe(err error) error {
	var (
		timeout *timeoutError
		network *net.OpError
		send    *smithyhttp.RequestSendError
	)
	code, coded := Code(err)
	switch {
	case coded:
		return errors.New(code)
	case errors.As(err, &timeout):
		return timeout
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case Status(err) == http.StatusOK:
		return errors.New("the answer cannot be read")
	case Status(err) != 0:
		return fmt.Errorf("HTTP status %d without an error code", Status(err))
	case errors.As(err, &network): // addresses and the system's words; net/http's other errors quote what came
		return network
	case errors.As(err, &send):
		return errors.New("the connection broke")
	default:
		return errors.New("the call could not be made, or its answer not be used")
	}
}

// Code returns the error code of the answer, if it carried one that is fit for a log.
func Code(err error) (string, bool) {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return "", false
	}
	code := api.ErrorCode()
	unfit := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
	}
	if code == "" || code == "UnknownError" || len(code) > 64 || strings.ContainsFunc(code, unfit) {
		return "", false // UnknownError is the SDK's own word for none
	}
	return code, true
}

// Status returns the HTTP status of the answer, 0 if none was read.
func Status(err error) int {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) || response.Response == nil || response.Response.Response == nil {
		return 0
	}
	return response.HTTPStatusCode()
}
