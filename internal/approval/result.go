package approval

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"

	"callback-completer/internal/callback"
)

// ErrorRejected is the error of a state whose request was rejected. A workflow matches on it in Catch.
const ErrorRejected = "ApprovalRejected"

// result is what the workflow is told.
type result struct {
	Decision  string     `json:"decision"`
	Approved  bool       `json:"approved"`
	Comment   string     `json:"comment"`
	Approver  identity   `json:"approver"`
	Approvers []approval `json:"approvers,omitempty"` // all that approved, the last one included, where several must
	DecidedAt time.Time  `json:"decidedAt"`
	RequestID ID         `json:"requestId"`
	Channel   string     `json:"channel"`
}

type identity struct {
	ID       string `json:"id"`
	Method   string `json:"method"`
	Verified bool   `json:"verified"`
}

type approval struct {
	identity

	Comment   string    `json:"comment"`
	DecidedAt time.Time `json:"decidedAt"`
}

// callback returns what completes the task: the answer, and where several must approve, the approvals before it.
//
// A rejection fails the state with [ErrorRejected], unless the request wants it to succeed. What is said is the same;
// but a cause holds no more than 32,768 bytes, so comments are cut in it, those of earlier approvals first.
func (r *Request) callback(a *answer, votes []answer, id ID) callback.Callback {
	option, _ := r.Option(a.Decision)
	said := result{
		Decision: a.Decision, Approved: !option.Rejects, Comment: a.Comment, Approver: identify(a.By), DecidedAt: a.At,
		RequestID: id, Channel: a.By.Channel,
	}
	if r.Approvals > 1 {
		all := votes
		if said.Approved {
			all = append(all[:len(all):len(all)], *a)
		}
		for i := range all {
			said.Approvers = append(said.Approvers, approval{identify(all[i].By), all[i].Comment, all[i].At})
		}
	}
	if !option.Rejects || r.RejectAs == RejectAsSuccess {
		return callback.Callback{Token: r.Token, Outcome: callback.Success, Output: said.encode()}
	}
	return callback.Callback{
		Token: r.Token, Outcome: callback.Failure, Error: ErrorRejected, Cause: string(said.fit(callback.MaxCauseBytes)),
	}
}

func identify(p person) identity { return identity{p.ID, p.Method, p.Verified} }

func (s *result) encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it is no HTML, and a cause has its limit
	_ = e.Encode(s)        // texts, times and truth values have a JSON form, and a buffer takes it
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// fit encodes the result in at most limit bytes, which are enough for it without its comments.
func (s *result) fit(limit int) []byte {
	for i := range s.Approvers {
		if over := len(s.encode()) - limit; over > 0 {
			s.Approvers[i].Comment = cut(s.Approvers[i].Comment, over)
		}
	}
	if over := len(s.encode()) - limit; over > 0 {
		s.Comment = cut(s.Comment, over)
	}
	return s.encode()
}

const cutMark = "…"

// cut takes at least this many bytes from a text's end, the mark made up for, as far as there are so many. Encoding makes
// no text shorter, so its encoded form loses as many.
func cut(text string, over int) string {
	end := max(0, len(text)-over-len(cutMark))
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	if end == 0 && len(text) <= len(cutMark) {
		return ""
	}
	return text[:end] + cutMark
}
