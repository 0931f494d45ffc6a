// Package telemetry tells operators what the functions did: log lines in Lambda's JSON format and metrics in
// CloudWatch's embedded metric format, both on standard output.
//
// It is handed reports, which hold no payload, no token and no result, and writes nothing else.
//
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html,
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
package telemetry
