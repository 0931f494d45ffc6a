package lambda

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// invocationRecord is what a destination is sent, version 1.0.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
type invocationRecord struct {
	Version         string           `json:"version"`
	Timestamp       string           `json:"timestamp"`
	RequestContext  requestContext   `json:"requestContext"`
	RequestPayload  json.RawMessage  `json:"requestPayload"`
	ResponseContext *responseContext `json:"responseContext"` // null if the function has not been heard of
	ResponsePayload json.RawMessage  `json:"responsePayload"`
}

type requestContext struct {
	RequestID              string    `json:"requestId"`
	FunctionARN            string    `json:"functionArn"`
	Condition              Condition `json:"condition"`
	ApproximateInvokeCount int       `json:"approximateInvokeCount"`
}

type responseContext struct {
	StatusCode      int    `json:"statusCode"`
	ExecutedVersion string `json:"executedVersion"`
	FunctionError   string `json:"functionError"`
}

// record10 is the record of an event that was given up. The payloads are passed on as they are, apart from white space.
func record10(functionARN string, r AsyncResult) []byte {
	out := invocationRecord{
		Version: "1.0", Timestamp: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		RequestContext: requestContext{
			RequestID: r.RequestID, FunctionARN: functionARN + ":$LATEST", Condition: r.Condition, ApproximateInvokeCount: r.Invocations,
		},
		RequestPayload: r.Payload, ResponsePayload: json.RawMessage("null"),
	}
	var failed *FunctionError
	if errors.As(r.Err, &failed) {
		out.ResponseContext = &responseContext{StatusCode: http.StatusOK, ExecutedVersion: "$LATEST", FunctionError: "Unhandled"}
		out.ResponsePayload = failed.Payload
		if !json.Valid(failed.Payload) {
			out.ResponsePayload, _ = json.Marshal(string(failed.Payload)) // a string always encodes
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(out) // both payloads have been found valid
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
