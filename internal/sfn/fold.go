package sfn

import (
	"context"
	"errors"
	"fmt"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"callback-completer/internal/awscall"
	"callback-completer/internal/callback"
)

// permanent are the answers that stay the same however often the call is made, and what they mean.
func permanent(code callback.Code) (message string, ok bool) {
	switch code {
	case callback.CodeInvalidToken:
		return "Step Functions does not know the task token: it is damaged, or of another account or region.", true
	case callback.CodeInvalidOutput:
		return "Step Functions does not take the output for JSON.", true
	case callback.CodeTaskDoesNotExist:
		return "The activity of the task token does not exist any more.", true
	case callback.CodeValidation:
		return "Step Functions refuses the request: a value is over its limits.", true
	default:
		return "", false
	}
}

// fold turns an SDK error into a *callback.Error. It goes by the API code and, where there is none, by the HTTP
// status. Texts of the service are left behind: ValidationException quotes the token.
func fold(ctx context.Context, err error, seen *attempts, cb callback.Callback) *callback.Error {
	var folded *callback.Error
	if errors.As(err, &folded) {
		return folded
	}
	if seen.throttle != nil && awscall.Status(err) == 0 {
		err = seen.throttle // its pause, or its next turn, was longer than the time that was left
	}
	e := &callback.Error{AnswerLost: seen.answerLost, RequestID: requestID(err), Detail: detail(err, cb)}
	name, coded := awscall.Code(err)
	code := callback.Code(name)
	message, final := permanent(code)
	switch {
	case coded && code == callback.CodeTaskTimedOut:
		e.Kind, e.Code, e.Message = callback.TaskClosed, code, "The task is closed."
	case coded && final:
		e.Kind, e.Code, e.Message = callback.Permanent, code, message
	case coded:
		e.Code, e.Message = code, "Step Functions did not take the callback for the moment."
	case ctx.Err() != nil, errors.Is(err, errLate):
		e.Code, e.Message = callback.CodeOutOfTime, "The invocation ended before Step Functions answered."
	case awscall.Status(err) != 0:
		e.Code = callback.Code(fmt.Sprintf("HTTPStatus%d", awscall.Status(err)))
		e.Message = "Step Functions, or something before it, answered without an error code."
	case isNetwork(err):
		e.Code, e.Message = callback.CodeNetwork, "Step Functions could not be reached, or the connection broke."
	default:
		e.Code, e.Message = callback.CodeUnknown, "The call could not be made."
	}
	return e
}

func isNetwork(err error) bool {
	var send *smithyhttp.RequestSendError
	return errors.As(err, &send)
}

func requestID(err error) string {
	var response *awshttp.ResponseError
	if !errors.As(err, &response) {
		return ""
	}
	return response.ServiceRequestID()
}

// detail returns the SDK's text for the log where it tells the operator what the code does not (which right is
// missing, which host cannot be reached) and cannot quote the payload.
func detail(err error, cb callback.Callback) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		switch code := api.ErrorCode(); {
		case strings.HasPrefix(code, "AccessDenied"), strings.HasPrefix(code, "Kms"),
			code == "ExpiredTokenException", code == "UnrecognizedClientException", code == "InvalidSignatureException":
		default:
			return ""
		}
	}
	text := err.Error()
	if token := cb.Token.Reveal(); token != "" && strings.Contains(text, token) {
		return ""
	}
	return text
}
