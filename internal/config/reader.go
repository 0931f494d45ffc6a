package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"callback-completer/internal/login"
	"callback-completer/internal/webhook"
)

// reader reads variables and collects what is wrong with them. An empty variable is one that is not set: templates
// cannot leave one out.
type reader struct {
	lookup   Lookup
	problems []error
}

func (r *reader) common() Common {
	return Common{
		DeadLetterQueueURL: r.queueURL(EnvDeadLetterQueueURL),
		Mapping:            strings.TrimSpace(r.text(EnvMapping, "")),
		LogLevel:           r.level(EnvLogLevel),
		MetricsNamespace:   r.text(EnvMetricsNamespace, "CallbackCompleter"),
		DeadlineMargin:     r.duration(EnvDeadlineMargin, 500*time.Millisecond, 100*time.Millisecond, time.Minute),
		TokenEnvironment:   r.text(EnvTokenEnvironment, "TASK_TOKEN"),
		TokenParameter:     r.text(EnvTokenParameter, "taskToken"),
		SendTaskRate:       r.integer(EnvSendTaskRate, 300, 0, 100_000),
		MemoryMB:           r.memory(),
	}
}

func (r *reader) memory() int { return r.integer(memorySize, 0, 1, 1<<20) }

func (r *reader) text(name, fallback string) string {
	if v, ok := r.lookup(name); ok && strings.TrimSpace(v) != "" {
		return v
	}
	return fallback
}

func (r *reader) problem(name, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
}

func (r *reader) queueURL(name string) string {
	v := r.text(name, "")
	if v == "" {
		r.problem(name, "is required: the URL of the dead-letter queue")
		return ""
	}
	if u, err := url.Parse(v); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		r.problem(name, "is no queue URL; it looks like https://sqs.eu-west-1.amazonaws.com/123456789012/name")
	}
	return v
}

func (r *reader) integer(name string, fallback, least, most int) int {
	v := r.text(name, "")
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < least || n > most {
		r.problem(name, "%q is no whole number from %d to %d", v, least, most)
		return fallback
	}
	return n
}

func (r *reader) sources(name string) []webhook.Source {
	sources, err := webhook.ParseSources(r.text(name, ""))
	if err != nil {
		r.problem(name, "%v", err)
	}
	return sources
}

func (r *reader) authorizer(name string) Authorizer {
	v := Authorizer(strings.ToLower(strings.TrimSpace(r.text(name, string(IAMAuthorizer)))))
	switch v {
	case IAMAuthorizer, JWTAuthorizer, APIKeyAuthorizer, NoAuthorizer:
	default:
		r.problem(name, "%q is none of %s, %s, %s and %s", v, IAMAuthorizer, JWTAuthorizer, APIKeyAuthorizer, NoAuthorizer)
	}
	return v
}

func (r *reader) pageAuthorizer(name string) Authorizer {
	v := Authorizer(strings.ToLower(strings.TrimSpace(r.text(name, string(NoAuthorizer)))))
	switch v {
	case IAMAuthorizer, JWTAuthorizer, NoAuthorizer:
	default: // an API key says nothing of who has it
		r.problem(name, "%q is none of %s, %s and %s", v, IAMAuthorizer, JWTAuthorizer, NoAuthorizer)
	}
	return v
}

func (r *reader) loadBalancer(name string) login.LoadBalancer {
	v := strings.TrimSpace(r.text(name, ""))
	if v == "" {
		return login.LoadBalancer{}
	}
	balancer, err := login.ParseLoadBalancer(v)
	if err != nil {
		r.problem(name, "%v", err)
	}
	return balancer
}

func (r *reader) duration(name string, fallback, least, most time.Duration) time.Duration {
	v := r.text(name, "")
	if v == "" {
		return fallback
	}
	d, err := time.ParseDuration(strings.TrimSpace(v))
	if err != nil || d < least || d > most {
		r.problem(name, "%q is no duration from %v to %v, like 500ms", v, least, most)
		return fallback
	}
	return d
}

func (r *reader) level(name string) slog.Level {
	v := strings.ToLower(strings.TrimSpace(r.text(name, "info")))
	switch v {
	case "debug":
		return slog.LevelDebug
	case "info":
		return slog.LevelInfo
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	default:
		r.problem(name, "%q is none of debug, info, warn and error", v)
		return slog.LevelInfo
	}
}
