package load

import (
	"bytes"
	"errors"
)

// sampleToken is what the sample event has for a task token.
const sampleToken = "AAAAKgAAAAIAAAAAAAAAAEXAMPLE+TASK/TOKEN1=="

// Job is the event of an AWS Batch job that failed.
type Job struct{ event }

// EventBridge makes one of the sample in events/eventbridge-batch-job-failed.json.
func EventBridge(sample []byte) (*Job, error) {
	if bytes.Count(sample, []byte(sampleToken)) != 1 {
		return nil, errors.New("the sample event has no task token to replace")
	}
	return &Job{newEvent(bytes.Replace(sample, []byte(sampleToken), []byte(token(0)), 1))}, nil
}

// Next returns the event of an invocation whose task is first. The next call overwrites it.
func (j *Job) Next(first int) ([]byte, error) { return j.renumber(first), nil }

// Check tells what is wrong with a call for the job.
func (j *Job) Check(target string, body []byte) error {
	return check(target, body, "SendTaskFailure", "")
}

// Left is 0: an event that is not done fails the invocation.
func (j *Job) Left([]byte) (int, error) { return 0, nil }
