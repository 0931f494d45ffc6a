package approval

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"callback-completer/internal/callback"
)

// executionParts is how many parts the ARN of an execution has: arn:PARTITION:states:REGION:ACCOUNT:execution:MACHINE:NAME.
const executionParts = 8

// ParseRequest reads what a workflow sends:
//
//	{"taskToken": T, "title": "…", "expires": seconds from now or a time as in RFC 3339,
//	 "description": "…", "fields": [{"label": "…", "value": "…"}],
//	 "decisions": [{"value": "approve"}, {"value": "reject"}, {"value": "ask-legal", "label": "…", "rejects": true}],
//	 "approvers": ["…"], "requester": "…", "identity": "link"|"verified", "noSelfApproval": false, "approvals": 1,
//	 "comment": "none"|"optional"|"required-on-reject"|"required", "confirmPhrase": "…",
//	 "rejectAs": "failure"|"success", "locale": "en"|"de", "execution": ARN, "delivery": any JSON}
//
// The first three must be there. It is strict: an unknown member, one that stands there twice, is null or of another
// type is an error, and so is a rule that nobody could fulfil. The error is a *RequestError with every problem.
func ParseRequest(text []byte, now time.Time) (Request, error) {
	var in reader
	o := in.object("", text, "taskToken", "title", "description", "fields", "decisions", "approvers", "requester", "expires", "comment",
		"confirmPhrase", "rejectAs", "approvals", "identity", "noSelfApproval", "locale", "execution", "delivery")
	if o == nil {
		return Request{}, &RequestError{Problems: in.problems}
	}
	r := Request{
		Token:         o.token("taskToken"),
		Title:         o.text("title", MaxTitle, inCharacters),
		Fields:        o.fields("fields"),
		Approvers:     o.identities("approvers"),
		Expires:       o.expiry("expires", now),
		Comment:       word(o, "comment", CommentOptional, CommentNone, CommentRequiredOnReject, CommentRequired),
		RejectAs:      word(o, "rejectAs", RejectAsFailure, RejectAsSuccess),
		Approvals:     o.count("approvals", MaxApprovals),
		Identity:      word(o, "identity", ByLink, ByVerified),
		Locale:        word(o, "locale", "", Locales()...),
		Execution:     o.execution("execution"),
		Decisions:     o.decisions("decisions"),
		Delivery:      json.RawMessage(o.members["delivery"]),
		ConfirmPhrase: o.phrase("confirmPhrase"),
	}
	if o.has("description") {
		r.Description = o.text("description", MaxDescription, inBytes)
	}
	if o.has("requester") {
		r.Requester = o.text("requester", MaxIdentity, inCharacters)
	}
	if o.has("noSelfApproval") {
		r.NoSelfApproval = o.boolean("noSelfApproval")
	}
	if r.NoSelfApproval || r.Approvals > 1 {
		r.Identity = ByVerified
	}
	in.check(&r)
	if len(in.problems) > 0 {
		return Request{}, &RequestError{Problems: in.problems}
	}
	return r, nil
}

// check looks for rules that contradict each other.
func (in *reader) check(r *Request) {
	if r.NoSelfApproval && r.Requester == "" {
		in.problem("noSelfApproval needs a requester")
	}
	able := len(r.Approvers)
	if r.NoSelfApproval && slices.ContainsFunc(r.Approvers, func(id string) bool { return sameListed(id, r.Requester) }) {
		able--
	}
	if len(r.Approvers) > 0 && able < r.Approvals {
		in.problem("approvals is more than the approvers that may approve")
	}
	in.checkNames(r)
	approving := 0
	for _, o := range r.Decisions {
		if !o.Rejects {
			approving++
		}
	}
	if r.Approvals > 1 && approving != 1 {
		in.problem("approvals above 1 needs exactly one decision that does not reject")
	}
	if stored, err := encodeRequest(r); err != nil || len(stored) > MaxRequestBytes {
		in.problem("the request is longer than 128 KB in all")
	}
}

// checkNames looks for rules that could be got round by another name.
func (in *reader) checkNames(r *Request) {
	if len(r.Approvers) == 0 && r.NoSelfApproval {
		in.problem("noSelfApproval needs approvers: nobody knows the other names of the requester")
	}
	if len(r.Approvers) == 0 && r.Approvals > 1 {
		in.problem("approvals above 1 needs approvers: nobody knows who has several names")
	}
	for i, id := range r.Approvers {
		switch {
		case isSession(id):
			in.problem("approvers[%d] is a session, whose name its holder chooses; give the ARN of the role", i)
		case r.NoSelfApproval && r.Requester != "" && id != "" && kindOf(id) != kindOf(r.Requester):
			in.problem("noSelfApproval compares names of one kind, and the requester is %s, approvers[%d] %s", kindOf(r.Requester), i, kindOf(id))
		}
	}
}

func (o *object) token(key string) callback.Token {
	token, err := callback.NewToken(o.rawText(key))
	if err != nil && o.is(key) {
		o.in.problem("%s is no task token", o.path(key))
	}
	return token
}

func (o *object) expiry(key string, now time.Time) time.Time {
	raw, ok := o.need(key)
	if !ok {
		return time.Time{}
	}
	var at time.Time
	if text, isText := o.in.string(raw); isText {
		at, _ = time.Parse(time.RFC3339, text)
	} else if seconds, err := strconv.Atoi(string(raw)); err == nil && seconds > 0 && seconds <= int(MaxLifetime/time.Second) {
		at = now.Add(time.Duration(seconds) * time.Second)
	}
	at = at.UTC().Truncate(time.Millisecond)
	switch {
	case at.IsZero():
		o.in.problem("%s must be a time as in RFC 3339 or a whole number of seconds from 1 to 31536000", o.path(key))
	case !at.After(now):
		o.in.problem("%s is in the past", o.path(key))
	case at.After(now.Add(MaxLifetime)):
		o.in.problem("%s is more than a year from now", o.path(key))
	}
	return at
}

func (o *object) fields(key string) []Field {
	return list(o, key, MaxFields, func(path string, raw []byte) Field {
		f := o.in.object(path, raw, "label", "value")
		if f == nil {
			return Field{}
		}
		return Field{Label: f.text("label", MaxLabel, inCharacters), Value: f.scalar("value", MaxValue)}
	})
}

// identities reads a list of names, each of them once.
func (o *object) identities(key string) []string {
	all := list(o, key, MaxApprovers, func(path string, raw []byte) string { return o.in.text(path, raw, MaxIdentity, inCharacters) })
	for i, id := range all {
		if id != "" && slices.ContainsFunc(all[:i], func(other string) bool { return sameListed(id, other) }) {
			o.in.problem("%s[%d] stands there twice", o.path(key), i)
		}
	}
	return all
}

var decisionPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

func (o *object) decisions(key string) []Option {
	if !o.has(key) {
		return defaultDecisions()
	}
	options := list(o, key, MaxDecisions, o.in.option)
	if len(options) == 0 {
		o.in.problem("%s is empty", o.path(key))
	}
	seen := map[string]bool{}
	for i, option := range options {
		if option.Value != "" && seen[option.Value] {
			o.in.problem("%s[%d].value stands there twice", o.path(key), i)
		}
		seen[option.Value] = true
	}
	return options
}

// option reads a decision. The values that everybody understands cannot mean their contrary.
func (in *reader) option(path string, raw []byte) Option {
	o := in.object(path, raw, "value", "label", "rejects")
	if o == nil {
		return Option{}
	}
	option := Option{Value: o.rawText("value")}
	if o.is("value") && !decisionPattern.MatchString(option.Value) {
		in.problem("%s must be a small letter and then at most 31 of small letters, digits and hyphens", o.path("value"))
		option.Value = ""
	}
	known := option.Value == Approve || option.Value == Reject
	if o.has("label") || !known && option.Value != "" {
		option.Label = o.text("label", MaxLabel, inCharacters)
	}
	option.Rejects = option.Value == Reject
	if o.has("rejects") {
		option.Rejects = o.boolean("rejects")
	}
	if known && option.Rejects != (option.Value == Reject) {
		in.problem("%s contradicts the value", o.path("rejects"))
	}
	return option
}

// phrase reads a text that a person must be able to type.
func (o *object) phrase(key string) string {
	if !o.has(key) {
		return ""
	}
	phrase := o.text(key, MaxConfirmPhrase, inCharacters)
	if strings.TrimSpace(phrase) != phrase || strings.ContainsFunc(phrase, func(r rune) bool { return !unicode.IsPrint(r) }) {
		o.in.problem("%s has white space around it or characters that nobody can type", o.path(key))
	}
	return phrase
}

func (o *object) execution(key string) string {
	if !o.has(key) {
		return ""
	}
	arn := o.rawText(key)
	parts := strings.Split(arn, ":")
	good := len(arn) <= callback.MaxTokenBytes && len(parts) >= executionParts && parts[0] == "arn" && parts[2] == "states" &&
		(parts[5] == "execution" || parts[5] == "express")
	if !good && o.is(key) {
		o.in.problem("%s is no ARN of an execution", o.path(key))
	}
	return arn
}

// RequestError says why a request cannot be used. It names members, and quotes nothing else of the request.
type RequestError struct {
	Problems []string // one or more
}

func (e *RequestError) Error() string {
	return fmt.Sprintf("the approval request is not valid: %s", strings.Join(e.Problems, "; "))
}
