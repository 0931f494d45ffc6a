package mappings_test

import (
	"fmt"
	"testing"
)

// TestEveryStatus goes through every status that AWS's API models know, and one that they do not: that is a dead
// letter when a token waits, and nobody's business when none does.
func TestEveryStatus(t *testing.T) {
	t.Parallel()
	tests := []struct {
		sample, path, drop string // a success, where its status is, and what takes its token out
		want               map[string]string
	}{
		{"eventbridge-ecs-task-succeeded", ".detail.lastStatus", ".detail.overrides = {}", map[string]string{
			"PROVISIONING": "ignored", "PENDING": "ignored", "ACTIVATING": "ignored", "RUNNING": "ignored", "DEACTIVATING": "ignored",
			"STOPPING": "ignored", "DEPROVISIONING": "ignored", "STOPPED": "success", "DELETED": "ignored",
		}},
		{"eventbridge-batch-job-succeeded", ".detail.status", ".detail.container.environment = []", map[string]string{
			"SUBMITTED": "ignored", "PENDING": "ignored", "RUNNABLE": "ignored", "STARTING": "ignored", "RUNNING": "ignored",
			"SUCCEEDED": "success", "FAILED": "failure Batch.JobFailed",
		}},
		{"eventbridge-mediaconvert-job-complete", ".detail.status", ".detail.userMetadata = {}", map[string]string{
			"SUBMITTED": "ignored", "INPUT_INFORMATION": "ignored", "PROGRESSING": "ignored", "NEW_WARNING": "ignored", "QUEUE_HOP": "ignored",
			"STATUS_UPDATE": "heartbeat", "COMPLETE": "success", "ERROR": "failure MediaConvert.JobError", "CANCELED": "failure MediaConvert.JobCanceled",
		}},
		{
			"eventbridge-codebuild-build-succeeded", `.detail["build-status"]`,
			`.detail["additional-information"].environment["environment-variables"] = []`,
			map[string]string{
				"IN_PROGRESS": "ignored", "SUCCEEDED": "success", "FAILED": "failure CodeBuild.BuildFailed", "FAULT": "failure CodeBuild.BuildFault",
				"TIMED_OUT": "failure CodeBuild.BuildTimedOut", "STOPPED": "failure CodeBuild.BuildStopped",
			},
		},
		{"eventbridge-sagemaker-training-job-completed", ".detail.TrainingJobStatus", ".detail.HyperParameters = {}", map[string]string{
			"InProgress": "ignored", "Stopping": "ignored", "Deleting": "ignored", "Completed": "success",
			"Failed": "failure SageMaker.TrainingJobFailed", "Stopped": "failure SageMaker.TrainingJobStopped",
		}},
		{
			"eventbridge-sagemaker-pipeline-succeeded", ".detail.currentPipelineExecutionStatus",
			`.detail.pipelineExecutionDescription = "by hand, tonight"`,
			map[string]string{
				"Executing": "ignored", "Stopping": "ignored", "Succeeded": "success",
				"Failed": "failure SageMaker.PipelineFailed", "Stopped": "failure SageMaker.PipelineStopped",
			},
		},
		{"eventbridge-step-functions-execution-succeeded", ".detail.status", `.detail.input = "[]"`, map[string]string{
			"RUNNING": "ignored", "PENDING_REDRIVE": "ignored", "SUCCEEDED": "success", "FAILED": "failure StepFunctions.ExecutionFailed",
			"TIMED_OUT": "failure StepFunctions.ExecutionTimedOut", "ABORTED": "failure StepFunctions.ExecutionAborted",
		}},
		{"eventbridge-redshift-data-statement-finished", ".detail.state", ".detail.statementName = null", map[string]string{
			"SUBMITTED": "ignored", "PICKED": "ignored", "STARTED": "ignored", "FINISHED": "success",
			"FAILED": "failure RedshiftData.StatementFailed", "ABORTED": "failure RedshiftData.StatementAborted",
		}},
		{"sqs-rekognition-succeeded", ".Message |= (fromjson | .Status", ".Message |= (fromjson | del(.JobTag) | tojson)", map[string]string{
			"IN_PROGRESS": "ignored", "SUCCEEDED": "success", "FAILED": "failure Rekognition.JobFailed", "ERROR": "failure Rekognition.JobFailed",
		}},
		{"eventbridge-lambda-destination-failure", ".detail.requestContext.condition", ".detail.requestPayload = {}", map[string]string{
			"RetriesExhausted": "failure Lambda.FunctionFailed", "EventAgeExceeded": "failure Lambda.FunctionFailed",
			"Success": "MappingFailed", // the detail-type says otherwise
		}},
	}
	all := engine(t, shipped(t)...)
	for _, tt := range tests {
		t.Run(tt.sample, func(t *testing.T) {
			t.Parallel()
			set := func(status string) string {
				program := fmt.Sprintf("%s = %q", tt.path, status)
				if tt.sample == "sqs-rekognition-succeeded" {
					program += " | tojson)"
				}
				return program
			}
			for status, want := range tt.want {
				if got := run(t, all, edited(t, tt.sample, set(status))).words(); got != want {
					t.Errorf("%s: %s, want %s", status, got, want)
				}
			}
			// A destination's record tells success from failure in two ways, and every failure is one.
			if tt.sample != "eventbridge-lambda-destination-failure" {
				if got := run(t, all, edited(t, tt.sample, set("NEW"))).words(); got != "MappingFailed" {
					t.Errorf("an unknown status: %s, want MappingFailed", got)
				}
			}
			if got := run(t, all, edited(t, tt.sample, set("NEW")+" | "+tt.drop)).words(); got != "ignored" {
				t.Errorf("an unknown status without a token: %s, want ignored", got)
			}
		})
	}
}
