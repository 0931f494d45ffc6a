// Package config reads the functions' settings from environment variables.
//
// It decides what is valid and says everything that is wrong at once, so that one failed deployment is enough to
// learn it all. It is handed the lookup: the process environment in a function, a map in a test.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Lookup returns the value of a variable and whether it is set. [os.LookupEnv] is one.
type Lookup func(name string) (string, bool)

// The environment variables.
const (
	EnvDeadLetterQueueURL = "DEAD_LETTER_QUEUE_URL"
	EnvConcurrency        = "CONCURRENCY"
	EnvMapping            = "MAPPING"
	EnvLogLevel           = "LOG_LEVEL"
	EnvMetricsNamespace   = "METRICS_NAMESPACE"
	EnvDeadlineMargin     = "DEADLINE_MARGIN"
	EnvTokenEnvironment   = "TOKEN_ENVIRONMENT" //nolint:gosec // the name of a name
	EnvTokenParameter     = "TOKEN_PARAMETER"   //nolint:gosec // the name of a name

	memorySize = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE" // set by Lambda, in MB
)

// MaxConcurrency is what one execution environment can hold of sockets (1,024 file descriptors) with room to spare.
const MaxConcurrency = 512

// Common are the settings that every function has.
type Common struct {
	DeadLetterQueueURL string        // required
	Mapping            string        // one more jq program, tried first; none
	LogLevel           slog.Level    // debug, info, warn or error; info
	MetricsNamespace   string        // CallbackCompleter
	DeadlineMargin     time.Duration // 100 ms to 1 min; 500 ms, see package batch
	TokenEnvironment   string        // the environment variable in which an AWS job carries its token; TASK_TOKEN
	TokenParameter     string        // the parameter or tag in which it does; taskToken
	MemoryMB           int           // what Lambda gives the function; 0 if that is not known
}

// SQS are the settings of functions/sqs.
type SQS struct {
	Common

	Concurrency int // callbacks under way at once, 1 to 512; 32
}

// LoadSQS reads the settings of functions/sqs. The error names every variable that is missing or wrong, and what it
// takes.
func LoadSQS(lookup Lookup) (SQS, error) {
	r := reader{lookup: lookup}
	s := SQS{Common: r.common(), Concurrency: r.integer(EnvConcurrency, 32, 1, MaxConcurrency)}
	return s, errors.Join(r.problems...)
}

// EventBridge are the settings of functions/eventbridge.
type EventBridge struct {
	Common
}

// LoadEventBridge reads the settings of functions/eventbridge, with errors like those of [LoadSQS].
func LoadEventBridge(lookup Lookup) (EventBridge, error) {
	r := reader{lookup: lookup}
	s := EventBridge{Common: r.common()}
	return s, errors.Join(r.problems...)
}

// LogLevel returns the level alone, info if it is wrong: the logger must be there before the settings are checked.
func LogLevel(lookup Lookup) slog.Level {
	r := reader{lookup: lookup}
	return r.level(EnvLogLevel)
}

// HTTP are the settings of functions/http.
type HTTP struct {
	Common
}

// LoadHTTP reads the settings of functions/http, with errors like those of [LoadSQS].
func LoadHTTP(lookup Lookup) (HTTP, error) {
	r := reader{lookup: lookup}
	s := HTTP{Common: r.common()}
	return s, errors.Join(r.problems...)
}

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
		MemoryMB:           r.integer(memorySize, 0, 1, 1<<20),
	}
}

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
