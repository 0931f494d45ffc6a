// Package template holds the tests of the SAM templates and nothing else: what no linter sees, such as a visibility
// timeout that is shorter than the function may run, or a queue that accepts plain HTTP.
//
// The tests render a template as CloudFormation would, with the parameters of one stack, and look at the resources that
// come out. References to what exists only after a deployment stay as ${LogicalId} and ${LogicalId.Attribute}.
//
// The rules that the templates follow are AWS's:
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html.
package template
