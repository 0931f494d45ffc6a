package lambda

import (
	"bytes"
	"encoding/json"
)

// readFailures takes a function's answer apart as Lambda does with ReportBatchItemFailures: the ids that failed, or why the
// whole batch has.
//
// Nothing failed: an empty answer, null, "", [], {}, and a batchItemFailures that is null or empty. The whole batch failed:
// no JSON, another key, a wrong type anywhere, an itemIdentifier that is missing, null, empty or not of this batch.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
func readFailures(answer []byte, batch []record) (failed map[string]bool, malformed string) {
	answer = bytes.TrimSpace(answer)
	var compact bytes.Buffer
	if len(answer) > 0 && json.Compact(&compact, answer) != nil {
		return nil, "the answer is not JSON"
	}
	switch compact.String() {
	case "", "null", `""`, "[]":
		return nil, ""
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(answer, &object) != nil {
		return nil, "the answer is not an object"
	}
	if len(object) == 0 {
		return nil, ""
	}
	list, ok := object["batchItemFailures"]
	if !ok {
		return nil, "the answer has no batchItemFailures"
	}
	var items []map[string]json.RawMessage
	if json.Unmarshal(list, &items) != nil {
		return nil, "batchItemFailures is not a list of objects"
	}
	known := make(map[string]bool, len(batch))
	for _, r := range batch {
		known[r.MessageID] = true
	}
	failed = make(map[string]bool, len(items))
	for _, item := range items {
		var id *string
		switch raw, ok := item["itemIdentifier"]; {
		case !ok:
			return nil, "an item has no itemIdentifier"
		case json.Unmarshal(raw, &id) != nil || id == nil:
			return nil, "an itemIdentifier is not a string"
		case !known[*id]:
			return nil, "an itemIdentifier is not of this batch"
		}
		failed[*id] = true
	}
	return failed, ""
}
