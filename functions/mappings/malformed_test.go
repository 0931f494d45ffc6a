package mappings_test

import (
	"strings"
	"testing"

	"callback-completer/internal/race"
)

// TestMalformedEvents: what AWS would hardly send is refused or ignored, never guessed at.
func TestMalformedEvents(t *testing.T) {
	t.Parallel()
	const (
		ecs, batch, mediaConvert = "eventbridge-ecs-task-succeeded", "eventbridge-batch-job-succeeded", "eventbridge-mediaconvert-job-complete"
		codeBuild, execution     = "eventbridge-codebuild-build-succeeded", "eventbridge-step-functions-execution-succeeded"
		training                 = "eventbridge-sagemaker-training-job-completed"
		lambda, onSuccess        = "eventbridge-lambda-destination-success", "sqs-lambda-on-success"
	)
	tests := []struct{ name, sample, edit, want string }{
		{"ECS, no overrides", ecs, `del(.detail.overrides)`, "ignored"},
		{"ECS, overrides null", ecs, `.detail.overrides = null`, "ignored"},
		{"ECS, overrides a string", ecs, `.detail.overrides = "x"`, "ignored"},
		{"ECS, overrides without environment", ecs, `del(.detail.overrides.containerOverrides[].environment)`, "ignored"},
		{"ECS, no containers", ecs, `.detail.containers = []`, "failure ECS.TaskFailed"},
		{"ECS, containers missing", ecs, `del(.detail.containers)`, "failure ECS.TaskFailed"},
		{"ECS, another container only", ecs, `del(.detail.containers[1])`, "failure ECS.TaskFailed"},
		{"ECS, no exit code", ecs, `del(.detail.containers[1].exitCode)`, "failure ECS.TaskFailed"},
		{"ECS, exit code null", ecs, `.detail.containers[1].exitCode = null`, "failure ECS.TaskFailed"},
		{"ECS, exit code a string", ecs, `.detail.containers[1].exitCode = "0"`, "failure ECS.TaskFailed"},
		{"ECS, no status", ecs, `del(.detail.lastStatus)`, "MappingFailed"},
		{"ECS, the sidecar's exit code does not count", ecs, `.detail.containers[0].exitCode = 1`, "success"},
		{
			"ECS, token in two containers: the first is judged", ecs,
			`.detail.overrides.containerOverrides[0].environment = .detail.overrides.containerOverrides[1].environment`, "failure ECS.TaskFailed",
		},
		{"Batch, container null", batch, `.detail.container = null`, "ignored"},
		{"Batch, container null, token in the parameters", "eventbridge-batch-job-parameter-succeeded", `.detail.container = null`, "success"},
		{"Batch, environment null", batch, `.detail.container.environment = null`, "ignored"},
		{"Batch, container a string", batch, `.detail.container = "x"`, "ignored"},
		{
			"Batch, other properties strings", batch,
			`.detail |= (.ecsProperties = "x" | .eksProperties = "x" | .nodeProperties = "x" | .nodeDetails = "x" | .arrayProperties = "x" | .parameters = "x")`, "success",
		},
		{"Batch, array child", batch, `.detail.arrayProperties = {index: 0}`, "ignored"},
		{"Batch, array child by its id", batch, `.detail.jobId += ":0"`, "ignored"},
		{"Batch, node by its id", batch, `.detail.jobId += "#0"`, "ignored"},
		{"Batch, node", batch, `.detail.nodeDetails = {nodeIndex: 0, isMainNode: true}`, "ignored"},
		{
			"Batch, multi-node parent", batch,
			`.detail.nodeProperties = {nodeRangeProperties: [{targetNodes: "0:1", container: .detail.container}]} | del(.detail.container)`, "success",
		},
		{"MediaConvert, no userMetadata", mediaConvert, `del(.detail.userMetadata)`, "ignored"},
		{"MediaConvert, userMetadata null", mediaConvert, `.detail.userMetadata = null`, "ignored"},
		{"MediaConvert, userMetadata a string", mediaConvert, `.detail.userMetadata = "x"`, "ignored"},
		{"MediaConvert, no token to beat for", "eventbridge-mediaconvert-job-status-update", `.detail.userMetadata = {}`, "ignored"},
		{"CodeBuild, no information", codeBuild, `del(.detail["additional-information"])`, "ignored"},
		{"CodeBuild, information a string", codeBuild, `.detail["additional-information"] = "x"`, "ignored"},
		{"CodeBuild, environment a string", codeBuild, `.detail["additional-information"].environment = "x"`, "ignored"},
		{
			"CodeBuild, phases and logs strings", codeBuild,
			`.detail["build-status"] = "FAILED" | .detail["additional-information"] |= (.phases = "x" | .logs = "x")`, "failure CodeBuild.BuildFailed",
		},
		{
			"CodeBuild, token in a secret", codeBuild,
			`.detail["additional-information"].environment["environment-variables"][2].type = "SECRETS_MANAGER"`, "InvalidTaskToken",
		},
		{"SageMaker, hyperparameters a string", training, `.detail.HyperParameters = "x"`, "ignored"},
		{
			"SageMaker, transitions a string", training,
			`.detail |= (.TrainingJobStatus = "Failed" | .SecondaryStatusTransitions = "x")`, "failure SageMaker.TrainingJobFailed",
		},
		{"Step Functions, input is no object", execution, `.detail.input = "7"`, "ignored"},
		{"Step Functions, input is no JSON", execution, `.detail.input = "{"`, "MappingFailed"},
		{"Step Functions, input is left out", execution, `.detail.input = null | .detail.inputDetails.included = false`, "MappingFailed"},
		{"Step Functions, input is left out while it runs", execution, `.detail.input = null | .detail.status = "RUNNING"`, "ignored"},
		{"Step Functions, output is no JSON", execution, `.detail.output = "{"`, "MappingFailed"},
		{"Lambda, no request", lambda, `del(.detail.requestPayload)`, "MappingFailed"},
		{"Lambda, no response", lambda, `del(.detail.responsePayload)`, "MappingFailed"},
		{"Lambda, response null", lambda, `.detail.responsePayload = null`, "success"},
		{"Lambda, request is text", lambda, `.detail.requestPayload = "x"`, "ignored"},
		{"Lambda, no record", lambda, `.detail = {}`, "NoMapping"},
		{"Lambda, a dash of another kind", lambda, `.["detail-type"] = "Lambda Function Invocation Result – Success"`, "success"},
		{"Lambda, somebody else's event", lambda, `.source = "com.example"`, "NoMapping"},
		{"Lambda, record without a request", onSuccess, `del(.requestPayload)`, "MappingFailed"},
		{"Rekognition, a document in place of the video", "sqs-rekognition-succeeded", `.Message |= (fromjson | .Video = null | tojson)`, "NoMapping"},
		{"custom, both spellings", "eventbridge-custom-success", `.detail.TaskToken = "t"`, "InvalidCallback"},
		{"custom, token empty", "eventbridge-custom-success", `.detail.taskToken = ""`, "InvalidTaskToken"},
		{"custom, the request itself", "eventbridge-custom-success", `del(.detail.output)`, "InvalidCallback"},
	}
	all := engine(t, shipped(t)...)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := run(t, all, edited(t, tt.sample, tt.edit)).words(); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestEventsWithoutADetail: an event of a service's own kind that is not of its form is nobody's.
func TestEventsWithoutADetail(t *testing.T) {
	t.Parallel()
	all := engine(t, shipped(t)...)
	for i, s := range samples(t) {
		if !strings.HasPrefix(s.name, "eventbridge-") || race.Enabled && i%3 > 0 {
			continue
		}
		for _, edit := range []string{`del(.detail)`, `.detail = "text"`, `.detail = null`, `.detail = []`, `.source = "aws.other"`, `.["detail-type"] = 7`} {
			want := "NoMapping"
			if strings.HasPrefix(s.name, "eventbridge-custom-") && (edit == `.source = "aws.other"` || edit == `.["detail-type"] = 7`) {
				continue // the canonical form is taken from everybody
			}
			got := run(t, all, edited(t, strings.TrimSuffix(s.name, ".json"), edit)).words()
			if got != want {
				t.Errorf("%s, %s: %s, want %s", s.name, edit, got, want)
			}
		}
	}
}

// TestLargeEvents: an output that Step Functions would refuse is refused here, a reason is cut.
func TestLargeEvents(t *testing.T) {
	t.Parallel()
	all := engine(t, shipped(t)...)
	const megabyte = `[range(16) | "0123456789abcdef"] | add | [., .] | add | [range(2000) as $i | .] | add`
	got := run(t, all, edited(t, "eventbridge-batch-job-succeeded", `.detail.attempts = [`+megabyte+`]`)).words()
	if got != "OutputTooLarge" {
		t.Errorf("a large output: %s, want OutputTooLarge", got)
	}
	r := run(t, all, edited(t, "eventbridge-batch-job-failed", `.detail.statusReason = (`+megabyte+`)`))
	if r.words() != "failure Batch.JobFailed" {
		t.Fatalf("a large reason: %s, want failure Batch.JobFailed", r.words())
	}
	if cause := r.Callbacks[0].Cause; len(cause) > 32_768 || !strings.HasPrefix(cause, "0123") {
		t.Errorf("a large reason: %d bytes of cause", len(cause))
	}
}
