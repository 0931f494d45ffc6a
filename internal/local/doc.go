// Package local is a stand-in for the AWS services around the functions: Step Functions, SQS, EventBridge, Secrets
// Manager, Parameter Store, Lambda and the connections between them, in memory and on one loopback address. API Gateway
// (package gateway) has an address of its own, as on AWS: see [Serve].
//
// It is a development tool. `callback local` shows the functions at work with it, and the project's tests run the
// real functions and the real AWS SDK against it. It follows AWS's documented behaviour and errors; where it is
// known to differ is listed in docs/conformance.md. The functions never import it.
package local
