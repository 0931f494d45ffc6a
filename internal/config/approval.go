package config

import (
	"errors"
	"log/slog"
	"net"
	"net/url"
	"strings"

	"callback-completer/internal/webhook"
)

// The environment variables of functions/approval, beside [EnvApprovalsTable], [EnvApprovalKeys], [EnvLogLevel] and [EnvMetricsNamespace].
const (
	EnvLinkMode             = "LINK_MODE"
	EnvApprovalBaseURL      = "APPROVAL_BASE_URL"
	EnvApprovalIdentity     = "APPROVAL_IDENTITY"
	EnvApprovalTopicARN     = "APPROVAL_TOPIC_ARN"
	EnvApprovalMailFrom     = "APPROVAL_MAIL_FROM"
	EnvApprovalSlackWebhook = "APPROVAL_SLACK_WEBHOOK"
	EnvApprovalSlackButtons = "APPROVAL_SLACK_BUTTONS"
	EnvApprovalEventBus     = "APPROVAL_EVENT_BUS"
)

// SurveyEvent is the event by which a schedule has functions/approval look after the open requests.
const SurveyEvent = `{"survey": true}`

// Approval are the settings of functions/approval.
type Approval struct {
	// Sealed says that requests are sealed into their links, with the keyring that Keys refers to; otherwise they are stored in
	// Table, of DynamoDB, by name or ARN. What it is that is needed is required.
	Sealed  bool
	Keys    webhook.Reference
	Table   string
	BaseURL string // what the path of a page follows, without a slash at its end; required
	// Identities says that the pages are behind a login, so that a request may demand a verified identity; no.
	Identities   bool
	TopicARN     string            // of SNS; none
	MailFrom     string            // an address that SES has verified; none
	SlackWebhook webhook.Reference // to the address of an incoming webhook; its zero value: none
	SlackButtons bool              // whether its messages have a button for each decision; no
	EventBus     string            // of EventBridge, by name or ARN; none

	LogLevel         slog.Level // debug, info, warn or error; info
	MetricsNamespace string     // CallbackCompleter
}

// LoadApproval reads the settings of functions/approval, with errors like those of [LoadSQS].
func LoadApproval(lookup Lookup) (Approval, error) {
	r := reader{lookup: lookup}
	s := Approval{
		Sealed:           r.sealed(EnvLinkMode),
		Keys:             r.reference(EnvApprovalKeys),
		Table:            strings.TrimSpace(r.text(EnvApprovalsTable, "")),
		BaseURL:          r.baseURL(EnvApprovalBaseURL),
		Identities:       r.identities(EnvApprovalIdentity),
		TopicARN:         strings.TrimSpace(r.text(EnvApprovalTopicARN, "")),
		MailFrom:         strings.TrimSpace(r.text(EnvApprovalMailFrom, "")),
		SlackWebhook:     r.reference(EnvApprovalSlackWebhook),
		SlackButtons:     r.boolean(EnvApprovalSlackButtons),
		EventBus:         strings.TrimSpace(r.text(EnvApprovalEventBus, "")),
		LogLevel:         r.level(EnvLogLevel),
		MetricsNamespace: r.text(EnvMetricsNamespace, "CallbackCompleter"),
	}
	switch {
	case s.Sealed && r.text(EnvApprovalKeys, "") == "":
		r.problem(EnvApprovalKeys, "is required where links are sealed: the ARN of the secret that holds the keyring")
	case !s.Sealed && s.Table == "":
		r.problem(EnvApprovalsTable, "is required where links are stored: the name or ARN of the table of requests")
	}
	if s.SlackButtons && r.text(EnvApprovalSlackWebhook, "") == "" {
		r.problem(EnvApprovalSlackButtons, "needs %s: without it there are no messages that could have buttons", EnvApprovalSlackWebhook)
	}
	return s, errors.Join(r.problems...)
}

// baseURL reads what links begin with. They are secrets, so they travel by https; http is for this machine alone.
func (r *reader) baseURL(name string) string {
	v := strings.TrimSpace(r.text(name, ""))
	if v == "" {
		r.problem(name, "is required: what the links begin with, like https://approvals.example.com")
		return ""
	}
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		r.problem(name, "is no URL of https; it looks like https://approvals.example.com")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		r.problem(name, "must begin with https: links are secrets")
	case u.User != nil || strings.ContainsAny(v, "?#"):
		r.problem(name, "must have neither user, query nor fragment")
	case strings.ContainsFunc(v, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune("\"<>\\^`{|}", c) }):
		r.problem(name, "has characters that links cannot have: it is ASCII, its host in Punycode")
	}
	return strings.TrimRight(v, "/")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (r *reader) identities(name string) bool {
	v := strings.ToLower(strings.TrimSpace(r.text(name, "link")))
	if v != "link" && v != "verified" {
		r.problem(name, "%q is neither link nor verified", v)
	}
	return v == "verified"
}

func (r *reader) sealed(name string) bool {
	v := strings.ToLower(strings.TrimSpace(r.text(name, "stored")))
	if v != "stored" && v != "sealed" {
		r.problem(name, "%q is neither stored nor sealed", v)
	}
	return v == "sealed"
}

func (r *reader) boolean(name string) bool {
	v := strings.ToLower(strings.TrimSpace(r.text(name, "false")))
	if v != "true" && v != "false" {
		r.problem(name, "%q is neither true nor false", v)
	}
	return v == "true"
}

func (r *reader) reference(name string) webhook.Reference {
	v := strings.TrimSpace(r.text(name, ""))
	if v == "" {
		return webhook.Reference{}
	}
	reference, err := webhook.ParseReference(v)
	if err != nil {
		r.problem(name, "%v", err)
	}
	return reference
}
