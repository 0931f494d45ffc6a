package lambda

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config describes a function. Only Path is required.
type Config struct {
	Name string // "function" when empty
	Path string // the executable; its folder is the working directory and LAMBDA_TASK_ROOT
	// Env is the whole environment, "KEY=value", apart from what Lambda sets itself. Nothing is inherited.
	// AWS_REGION is taken from here if it is here, else it is us-east-1.
	Env             []string
	Timeout         time.Duration // of one invocation; 3 s when 0
	InitTimeout     time.Duration // until a process asks for its first invocation; 10 s when 0
	MemoryMB        int           // told to the function, not enforced; 128 when 0
	MaxEnvironments int           // invocations at the same time; 2 when 0. Further ones wait.
	Log             io.Writer     // what the processes write to stdout and stderr; nil drops it
}

// prepared fills in the defaults and checks what can be checked before the first invocation.
func (c Config) prepared() (Config, error) {
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return c, fmt.Errorf("find the function's executable: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return c, fmt.Errorf("find the function's executable: %w", err)
	}
	if info.IsDir() {
		return c, fmt.Errorf("find the function's executable: %s is a folder", path)
	}
	c.Path = path
	c.Env = slices.Clone(c.Env)
	if c.Name == "" {
		c.Name = "function"
	}
	if c.Timeout == 0 {
		c.Timeout = 3 * time.Second
	}
	if c.InitTimeout == 0 {
		c.InitTimeout = 10 * time.Second
	}
	if c.MemoryMB == 0 {
		c.MemoryMB = 128
	}
	if c.MaxEnvironments == 0 {
		c.MaxEnvironments = 2
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	c.Log = &sharedWriter{w: c.Log}
	return c, nil
}

// environ is the environment of a process: what the caller names, then what Lambda reserves, which wins.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
func (c Config) environ(runtimeAPI, logStream string) []string {
	env := slices.Clone(c.Env)
	if c.lookup("AWS_REGION") == "" {
		env = append(env, "AWS_REGION="+c.region(), "AWS_DEFAULT_REGION="+c.region())
	}
	return append(env,
		"AWS_LAMBDA_RUNTIME_API="+runtimeAPI,
		"AWS_LAMBDA_FUNCTION_NAME="+c.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE="+strconv.Itoa(c.MemoryMB),
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/"+c.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME="+logStream,
		"AWS_LAMBDA_LOG_FORMAT=JSON",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"LAMBDA_TASK_ROOT="+filepath.Dir(c.Path),
		"_HANDLER=bootstrap",
		"TZ=:UTC",
	)
}

func (c Config) region() string {
	if region := c.lookup("AWS_REGION"); region != "" {
		return region
	}
	return "us-east-1"
}

func (c Config) lookup(name string) string {
	for _, pair := range slices.Backward(c.Env) { // the last one wins, as in os/exec
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

func (c Config) arn() string {
	return "arn:aws:lambda:" + c.region() + ":000000000000:function:" + c.Name
}
