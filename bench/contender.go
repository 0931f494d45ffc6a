package main

import (
	"os"
	"path/filepath"

	"callback-completer/bench/function"
	"callback-completer/bench/load"
)

// kind is how a contender is built and run.
type kind int

const (
	ours   kind = iota // functions/NAME, by the Makefile
	native             // contender/NAME, by go build with the Makefile's flags
	node               // contender/node/NAME.mjs, bundled
	python             // contender/python/NAME.py, under awslambdaric
)

// contender is a program that is measured.
type contender struct {
	Key   string // short, for flags and figures
	Title string
	kind  kind
	name  string // of its folder or file
	make  string // the Makefile's target, if it is ours
	env   []string
}

// The contenders' keys; (a) to (g) are what a user would write for an SQS queue.
const (
	sqsKey, jobKey, webhookKey = "ours", "ours-eventbridge", "ours-http"

	serialKey, parallelKey, promiseKey, nodeToolsKey, threadsKey, pythonToolsKey, handmadeKey = "a", "b", "c", "d", "e", "f", "g"

	emptyKey, sdkJobKey, handmadeJobKey, sdkWebhookKey = "empty", "job", "job-handmade", "webhook"
)

func contenders() []contender {
	queue := []string{
		"DEAD_LETTER_QUEUE_URL=https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters",
		"SEND_TASK_RATE=100000", // what the endpoint admits; nobody else is asked to keep to a quota
	}
	return []contender{
		{Key: sqsKey, Title: "callback-completer", kind: ours, name: "sqs", make: "build-SqsFunction", env: queue},
		{Key: jobKey, Title: "callback-completer", kind: ours, name: "eventbridge", make: "build-EventBridgeFunction", env: queue},
		{
			Key: webhookKey, Title: "callback-completer", kind: ours, name: "http", make: "build-HttpFunction",
			env: append([]string{"WEBHOOK_SOURCES=" + load.Sources}, queue...),
		},
		{Key: serialKey, Title: "(a) Go SDK, serial", kind: native, name: "serial"},
		{Key: parallelKey, Title: "(b) Go SDK, 32 goroutines", kind: native, name: "parallel"},
		{Key: promiseKey, Title: "(c) Node.js SDK, Promise.all", kind: node, name: "promiseall"},
		{Key: nodeToolsKey, Title: "(d) Node.js Powertools batch", kind: node, name: "powertools"},
		{Key: threadsKey, Title: "(e) Python boto3, 32 threads", kind: python, name: "threads"},
		{Key: pythonToolsKey, Title: "(f) Python Powertools batch", kind: python, name: "powertools"},
		{Key: handmadeKey, Title: "(g) Go, hand-made client", kind: native, name: "handmade"},
		{Key: emptyKey, Title: "Go, empty function", kind: native, name: "empty"},
		{Key: sdkJobKey, Title: "Go SDK", kind: native, name: "job"},
		{Key: handmadeJobKey, Title: "Go, hand-made client", kind: native, name: "jobhandmade"},
		{Key: sdkWebhookKey, Title: "Go SDK and crypto/hmac", kind: native, name: "webhook", env: []string{"WEBHOOK_SECRET_ARN=" + load.SecretARN}},
	}
}

// needsGoAlone tells whether it can be built without tools for other languages.
func (c contender) needsGoAlone() bool { return c.kind == ours || c.kind == native }

// path is where the build puts it.
func (b *bench) path(c contender) string {
	switch c.kind {
	case ours:
		return filepath.Join(b.root, folder, "ours-"+c.name, "bootstrap")
	case native:
		return filepath.Join(b.root, folder, "go", c.name)
	case node:
		return filepath.Join(b.root, folder, "node", c.name+".mjs")
	case python:
		return filepath.Join(b.root, "bench", "contender", "python", c.name+".py")
	}
	return ""
}

// program is how it is run, with the environment that Lambda gives and nothing of the caller's. Where no call is made it has no
// endpoints either, which nobody has on Lambda and of which SDKs read their configuration in another way.
func (b *bench) program(c contender, memoryMB, cgroup string, calls bool) function.Program {
	env := []string{
		"AWS_REGION=" + load.Region, "AWS_DEFAULT_REGION=" + load.Region,
		"AWS_ACCESS_KEY_ID=" + load.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + load.SecretAccessKey, "AWS_SESSION_TOKEN=" + load.SessionToken,
		"AWS_LAMBDA_FUNCTION_NAME=bench", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + memoryMB,
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/bench", "AWS_LAMBDA_LOG_STREAM_NAME=2026/11/23/[$LATEST]0", "AWS_LAMBDA_LOG_FORMAT=JSON",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand", "LAMBDA_TASK_ROOT=" + filepath.Dir(b.path(c)), "_HANDLER=bootstrap", "TZ=:UTC",
	}
	if calls {
		env = append(env, "AWS_ENDPOINT_URL_SFN="+b.endpoint.URL(), "AWS_ENDPOINT_URL_SECRETS_MANAGER="+b.endpoint.URL())
	}
	args := []string{b.path(c)}
	switch c.kind {
	case ours, native:
		// A pool of one authority, which costs nobody anything. AWS_CA_BUNDLE would make the SDK read it at its start,
		// which it does not do on Lambda.
		env = append(env, "SSL_CERT_FILE="+b.authority, "SSL_CERT_DIR="+filepath.Join(b.root, folder, "none"))
	case node:
		args = []string{b.node, args[0]}
		env = append(env, "NODE_EXTRA_CA_CERTS="+b.authority)
	case python:
		args = []string{filepath.Join(filepath.Dir(args[0]), ".venv", "bin", "python"), "-m", "awslambdaric", c.name + ".handler"}
		env = append(env, "AWS_CA_BUNDLE="+b.authority, "PYTHONDONTWRITEBYTECODE=1")
	}
	return function.Program{Args: args, Dir: filepath.Dir(b.path(c)), Env: append(env, c.env...), Cgroup: cgroup}
}

// find returns the contender with a key.
func find(all []contender, key string) contender {
	for _, c := range all {
		if c.Key == key {
			return c
		}
	}
	return contender{}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
