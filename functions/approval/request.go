package main

import (
	"encoding/json"
	"errors"

	"callback-completer/internal/approval"
	"callback-completer/internal/jsonspan"
)

// read reads the request and finds the channels that it is to be delivered by. The error names what is wrong with either.
func (h *handler) read(event json.RawMessage) (approval.Request, approval.Channel, error) {
	var problems []string
	request, err := approval.ParseRequest(event, h.service.Now())
	if err != nil {
		var invalid *approval.RequestError
		if !errors.As(err, &invalid) {
			return approval.Request{}, nil, &InvalidApprovalRequest{Reason: err.Error()}
		}
		problems = invalid.Problems
	}
	var channel approval.Channel
	if members, ok, err := jsonspan.Members(event); err == nil && ok { // otherwise the problems say so
		raw := member(members, "delivery")
		d, wrong := parseDelivery(raw)
		problems = append(problems, wrong...)
		if len(wrong) == 0 {
			channel, wrong = h.channels.choose(d)
			problems = append(problems, wrong...)
		}
	}
	if len(problems) > 0 {
		return approval.Request{}, nil, &InvalidApprovalRequest{Reason: (&approval.RequestError{Problems: problems}).Error()}
	}
	return request, channel, nil
}

// member returns the member of that name, nil if there is none. One that stands there twice is a problem that is named already.
func member(members []jsonspan.Member, key string) []byte {
	for _, m := range members {
		if m.Key == key {
			return m.Value
		}
	}
	return nil
}
