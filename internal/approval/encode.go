package approval

import (
	"encoding/json"
	"reflect"
)

func defaultDecisions() []Option { return []Option{{Value: Approve}, {Value: Reject, Rejects: true}} }

// encodeRequest writes a request as it is sealed: without the token, which is sealed beside it, and without what the
// request left to its default, so that a sealed link stays short.
func encodeRequest(r *Request) ([]byte, error) {
	short := *r
	if reflect.DeepEqual(short.Decisions, defaultDecisions()) {
		short.Decisions = nil
	}
	if short.Comment == CommentOptional {
		short.Comment = ""
	}
	if short.RejectAs == RejectAsFailure {
		short.RejectAs = ""
	}
	if short.Approvals == 1 {
		short.Approvals = 0
	}
	if short.Identity == ByLink {
		short.Identity = ""
	}
	return json.Marshal(short)
}

// decodeRequest is the contrary of encodeRequest. The text was sealed by us, so it is not checked anew.
func decodeRequest(text []byte) (Request, error) {
	var r Request
	if err := json.Unmarshal(text, &r); err != nil {
		return Request{}, err
	}
	if len(r.Decisions) == 0 {
		r.Decisions = defaultDecisions()
	}
	if r.Comment == "" {
		r.Comment = CommentOptional
	}
	if r.RejectAs == "" {
		r.RejectAs = RejectAsFailure
	}
	if r.Approvals == 0 {
		r.Approvals = 1
	}
	if r.Identity == "" {
		r.Identity = ByLink
	}
	return r, nil
}
