package sqs

import "callback-completer/internal/local/awsjson"

// errorf returns an API error. Every error of this package is an *awsjson.Error.
func errorf(code, format string, args ...any) *awsjson.Error {
	e := awsjson.Errorf(code, format, args...)
	e.QueryError = queryCode(code)
	return e
}

// queryCode is the code of the old query protocol, which SQS still sends beside the modelled one and which old
// clients branch on.
func queryCode(code string) string {
	switch code {
	case "QueueDoesNotExist":
		return "AWS.SimpleQueueService.NonExistentQueue"
	case "QueueNameExists":
		return "QueueAlreadyExists"
	case "BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest", "InvalidBatchEntryId",
		"MessageNotInflight", "PurgeQueueInProgress", "TooManyEntriesInBatchRequest", "UnsupportedOperation":
		return "AWS.SimpleQueueService." + code
	default:
		return code
	}
}

func errNoQueue() *awsjson.Error {
	return errorf("QueueDoesNotExist", "The specified queue does not exist.")
}

func errMissing(parameter string) *awsjson.Error {
	return errorf("MissingParameter", "The request must contain the parameter %s.", parameter)
}

func errInvalid(value any, parameter, reason string) *awsjson.Error {
	return errorf("InvalidParameterValue", "Value %v for parameter %s is invalid. Reason: %s", value, parameter, reason)
}
