package approval

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// The fields of the form.
const (
	FormDecision = "decision"
	FormComment  = "comment"
	FormPhrase   = "phrase"
)

// Problem is what is wrong with a form. It is a word of the page's catalogue.
type Problem string

// The problems.
const (
	ProblemDecision         Problem = "decision"           // not exactly one of those allowed
	ProblemCommentMissing   Problem = "comment-missing"    // the request wants one
	ProblemCommentOnReject  Problem = "comment-on-reject"  // the request wants one with a rejection
	ProblemCommentUnwanted  Problem = "comment-unwanted"   // the request wants none
	ProblemCommentTooLong   Problem = "comment-too-long"   // see [Request.MaxComment]
	ProblemCommentLost      Problem = "comment-lost"       // longer than what is read; there is nothing left of it to show
	ProblemCommentNotPlain  Problem = "comment-unreadable" // given twice, or not UTF-8
	ProblemPhraseDifferent  Problem = "phrase"             // not the confirm phrase
	ProblemTooManyAttempts  Problem = "too-many-attempts"  // of none of which it is known whether it arrived
	ProblemUnavailable      Problem = "unavailable"        // another try may succeed
	ProblemCannotBeAnswered Problem = "refused"            // Step Functions refuses the answer, and will do so again
)

// Field returns the field of the form that a problem belongs to, empty if it is none of them.
func (p Problem) Field() string {
	switch p {
	case ProblemDecision:
		return FormDecision
	case ProblemCommentMissing, ProblemCommentOnReject, ProblemCommentUnwanted, ProblemCommentTooLong, ProblemCommentLost, ProblemCommentNotPlain:
		return FormComment
	case ProblemPhraseDifferent:
		return FormPhrase
	default:
		return ""
	}
}

// Submission is a form that was sent.
type Submission struct {
	Option  Option
	Comment Comment
	Phrase  string
}

// ParseSubmission reads a form against its request. There is no default decision: exactly one must be there, and it must
// be one of those allowed to the letter. Other fields are not looked at, so nobody becomes somebody by a field.
//
// The form must be the body's alone, [net/http.Request.PostForm]. With problems, what could be read is still returned,
// so that the page can show it again.
func ParseSubmission(r *Request, form url.Values) (Submission, []Problem) {
	var s Submission
	var problems []Problem
	if values := form[FormDecision]; len(values) == 1 {
		s.Option, _ = r.Option(values[0])
	}
	if s.Option.Value == "" {
		problems = append(problems, ProblemDecision)
	}
	comment, problem := readComment(r, s.Option, form[FormComment])
	if s.Comment = NewComment(comment); problem != "" {
		problems = append(problems, problem)
	}
	if values := form[FormPhrase]; len(values) == 1 {
		s.Phrase = strings.TrimSpace(values[0])
	}
	if r.ConfirmPhrase != "" && s.Phrase != r.ConfirmPhrase {
		problems = append(problems, ProblemPhraseDifferent)
	}
	return s, problems
}

func readComment(r *Request, chosen Option, values []string) (string, Problem) {
	if len(values) > 1 || len(values) == 1 && !utf8.ValidString(values[0]) {
		return "", ProblemCommentNotPlain
	}
	text := ""
	if len(values) == 1 {
		text = plain(values[0])
	}
	switch {
	case len(text) > r.MaxComment():
		return text, ProblemCommentTooLong
	case text != "" && r.Comment == CommentNone:
		return text, ProblemCommentUnwanted
	case text == "" && r.Comment == CommentRequired:
		return text, ProblemCommentMissing
	case text == "" && r.Comment == CommentRequiredOnReject && chosen.Rejects:
		return text, ProblemCommentOnReject
	}
	return text, ""
}

// plain returns a comment as it is kept: with line breaks as "\n" instead of a browser's "\r\n", without white space around
// it, and without control characters but line breaks and tabs. Those are taken out, not refused: nobody types them,
// nobody sees them, so whoever pasted one could not find it to take it out himself, and nothing he said is lost.
// Formatting characters stay; where they are shown they are made visible.
func plain(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0) {
			return -1
		}
		return r
	}, text))
}
