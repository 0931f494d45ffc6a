package gateway

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"callback-completer/internal/local/lambda"
)

// Kind is the kind of an API.
type Kind int

// The kinds.
const (
	HTTPAPI Kind = iota // payload format 2.0
	RESTAPI             // Lambda proxy integration
)

// Config describes an API.
type Config struct {
	Kind   Kind
	Routes []Route
	// Stage is "$default" for an HTTP API and "Prod" for a REST API when empty. Every stage but "$default" is the first
	// segment of the path of its requests.
	Stage string
	// BinaryMediaTypes are the content types whose bodies a REST API passes on as base64, "*/*" or "image/png". Other bodies
	// go as text, in which what is not UTF-8 is lost. An HTTP API decides by itself.
	BinaryMediaTypes []string
	Timeout          time.Duration // of an invocation; 30 s for an HTTP API and 29 s for a REST API when 0
	Region           string        // "us-east-1" when empty
	Account          string        // "000000000000" when empty
}

// Route sends requests to a function.
type Route struct {
	// Key is a method or ANY and a path, "POST /webhooks/{source}", whose last segment may be greedy, "ANY /files/{path+}".
	// An HTTP API also has "$default", which takes what no other route takes.
	Key      string
	Function lambda.Invoker
	IAM      bool // only requests with an Authorization header like [Authorization] are let in
}

func (c Config) prepared() (Config, error) {
	if c.Stage == "" {
		c.Stage = defaultStage
		if c.Kind == RESTAPI {
			c.Stage = "Prod"
		}
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
		if c.Kind == RESTAPI {
			c.Timeout = 29 * time.Second
		}
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if c.Account == "" {
		c.Account = "000000000000"
	}
	switch {
	case c.Kind != HTTPAPI && c.Kind != RESTAPI:
		return c, fmt.Errorf("an API of the kind %d is neither an HTTP API nor a REST API", c.Kind)
	case c.Kind == RESTAPI && c.Stage == defaultStage:
		return c, errors.New("a REST API has no stage $default")
	case c.Kind == HTTPAPI && len(c.BinaryMediaTypes) > 0:
		return c, errors.New("an HTTP API has no binary media types")
	case strings.Contains(c.Stage, "/"):
		return c, fmt.Errorf("the stage %q is not one segment of a path", c.Stage)
	}
	return c, nil
}

// defaultStage is the stage of an HTTP API that does not show in paths.
const defaultStage = "$default"
