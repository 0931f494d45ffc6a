// Package states is the endpoint that the benchmark's contenders call: Step Functions' SendTaskSuccess and
// SendTaskFailure over TLS 1.3, after a fixed latency, and Secrets Manager's GetSecretValue for those that need a secret.
//
// It must not be the bottleneck, so it reads HTTP/1.1 by hand, knows exactly the requests that AWS SDKs send, and
// answers with prepared bytes. It counts what came: calls, connections, throttled calls, and which tasks were completed.
// With Strict it also checks every signature and every result, for the run before anything is measured.
package states
