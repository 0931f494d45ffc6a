package conformance

import "fmt"

// Where AWS says so. What AWS itself does not write down but others have recorded from it is marked as that.

func sfnAPI(operation string) string {
	return fmt.Sprintf("[API %s](https://docs.aws.amazon.com/step-functions/latest/apireference/API_%[1]s.html)", operation)
}

func sqsAPI(operation string) string {
	return fmt.Sprintf("[API %s](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_%[1]s.html)", operation)
}

func sfnGuide(page string) string {
	return fmt.Sprintf("[guide, %s](https://docs.aws.amazon.com/step-functions/latest/dg/%[1]s.html)", page)
}

func sqsGuide(page string) string {
	return fmt.Sprintf("[guide, %s](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/%[1]s.html)", page)
}

const (
	// Answers of AWS in the snapshots of LocalStack's tests that are marked as validated against AWS.
	recorded = "recorded from AWS in [LocalStack's tests](https://github.com/localstack/localstack)"
	// A report of the answer to a token that was used already.
	reported = "[seen on AWS](https://github.com/aws-samples/amazon-mwaa-examples/issues/61)"
)

// follows marks what AWS does not spell out and what follows from what it does.
func follows(from string) string { return "follows from " + from }
