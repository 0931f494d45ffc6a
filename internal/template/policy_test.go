package template

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNoPolicyHasAWildcard(t *testing.T) {
	t.Parallel()
	forEveryStack(t, func(s *stack) {
		for _, grant := range grants(s) {
			if strings.Contains(grant, "*") {
				s.Error(grant)
			}
		}
	})
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	existing := parameters{"ExistingQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"}
	fixed := []string{
		"SqsFunctionRole states:SendTaskSuccess arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
		"SqsFunctionRole states:SendTaskFailure arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
		"SqsFunctionRole states:SendTaskHeartbeat arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
		"SqsFunctionRole sqs:SendMessage ${DeadLetterQueue.Arn}",
		"SqsFunctionRole logs:CreateLogStream ${SqsFunctionLogGroup.Arn}",
		"SqsFunctionRole logs:PutLogEvents ${SqsFunctionLogGroup.Arn}",
	}
	readOwn := []string{
		"SqsFunctionRole sqs:ReceiveMessage ${CallbackQueue.Arn}",
		"SqsFunctionRole sqs:DeleteMessage ${CallbackQueue.Arn}",
		"SqsFunctionRole sqs:GetQueueAttributes ${CallbackQueue.Arn}",
		"SqsFunctionRole sqs:ChangeMessageVisibility ${CallbackQueue.Arn}",
	}
	readExisting := []string{
		"SqsFunctionRole sqs:ReceiveMessage arn:aws:sqs:eu-west-1:123456789012:answers",
		"SqsFunctionRole sqs:DeleteMessage arn:aws:sqs:eu-west-1:123456789012:answers",
		"SqsFunctionRole sqs:GetQueueAttributes arn:aws:sqs:eu-west-1:123456789012:answers",
		"SqsFunctionRole sqs:ChangeMessageVisibility arn:aws:sqs:eu-west-1:123456789012:answers",
	}
	events := []string{
		"EventBridgeFunctionRole states:SendTaskSuccess arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
		"EventBridgeFunctionRole states:SendTaskFailure arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
		"EventBridgeFunctionRole states:SendTaskHeartbeat arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
		"EventBridgeFunctionRole sqs:SendMessage ${DeadLetterQueue.Arn}",
		"EventBridgeFunctionRole sqs:SendMessage ${EventFailureQueue.Arn}",
		"EventBridgeFunctionRole logs:CreateLogStream ${EventBridgeFunctionLogGroup.Arn}",
		"EventBridgeFunctionRole logs:PutLogEvents ${EventBridgeFunctionLogGroup.Arn}",
	}
	http := []string{
		"HttpFunctionRole states:SendTaskSuccess arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
		"HttpFunctionRole states:SendTaskFailure arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
		"HttpFunctionRole states:SendTaskHeartbeat arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
		"HttpFunctionRole sqs:SendMessage ${DeadLetterQueue.Arn}",
		"HttpFunctionRole logs:CreateLogStream ${HttpFunctionLogGroup.Arn}",
		"HttpFunctionRole logs:PutLogEvents ${HttpFunctionLogGroup.Arn}",
	}
	pages := []string{"HttpFunctionRole dynamodb:GetItem ${ApprovalTable.Arn}", "HttpFunctionRole dynamodb:PutItem ${ApprovalTable.Arn}"}
	people := []string{ // no right to complete tasks: it asks, and others answer
		"ApprovalFunctionRole dynamodb:GetItem ${ApprovalTable.Arn}",
		"ApprovalFunctionRole dynamodb:PutItem ${ApprovalTable.Arn}",
		"ApprovalFunctionRole dynamodb:Query ${ApprovalTable.Arn}/index/pending",
		"ApprovalFunctionRole logs:CreateLogStream ${ApprovalFunctionLogGroup.Arn}",
		"ApprovalFunctionRole logs:PutLogEvents ${ApprovalFunctionLogGroup.Arn}",
	}
	tests := []struct {
		name  string
		file  string
		given parameters
		want  [][]string
	}{
		{"own queue", appFile, with(), [][]string{fixed, readOwn}},
		{"existing queue", appFile, with(existing), [][]string{fixed, readExisting}},
		{
			"keys", appFile,
			with(existing, parameters{
				"KmsKeyArn":              "arn:aws:kms:eu-west-1:123456789012:key/ours",
				"ExistingQueueKmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/theirs",
			}),
			[][]string{fixed, readExisting, {
				"SqsFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/ours",
				"SqsFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/ours",
				"SqsFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/theirs",
			}},
		},
		{"events", appFile, with(parameters{"EnableEventBridge": "true"}), [][]string{fixed, readOwn, events}},
		{"events alone", appFile, with(parameters{"EnableSqs": "false", "EnableEventBridge": "true"}), [][]string{events}},
		{
			"events with a key", appFile,
			with(parameters{"EnableSqs": "false", "EnableEventBridge": "true", "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/ours"}),
			[][]string{events, {
				"EventBridgeFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/ours",
				"EventBridgeFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/ours",
			}},
		},
		{
			"events to the queue", appFile,
			with(parameters{"EnableEventBridge": "true", "EventBridgeToQueue": "true"}),
			[][]string{fixed, readOwn},
		},
		{"HTTP", appFile, with(parameters{"EnableSqs": "false"}, httpAPI), [][]string{http}},
		{"HTTP and webhooks", appFile, with(parameters{"EnableSqs": "false"}, restAPI, webhooks), [][]string{http, {
			"HttpFunctionRole secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-??????",
			"HttpFunctionRole secretsmanager:GetSecretValue arn:aws:ssm:eu-west-1:123456789012:parameter/acme",
			"HttpFunctionRole ssm:GetParameter arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-??????",
			"HttpFunctionRole ssm:GetParameter arn:aws:ssm:eu-west-1:123456789012:parameter/acme",
			"HttpFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/secrets",
		}}},
		{"HTTP and queue", appFile, with(httpAPI), [][]string{fixed, readOwn, http, {"HttpFunctionRole sqs:SendMessage ${CallbackQueue.Arn}"}}},
		{
			"HTTP, existing queue and keys", appFile,
			with(httpAPI, existing, parameters{
				"KmsKeyArn":              "arn:aws:kms:eu-west-1:123456789012:key/ours",
				"ExistingQueueKmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/theirs",
			}),
			[][]string{fixed, readExisting, http, {
				"SqsFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/ours",
				"SqsFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/ours",
				"SqsFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/theirs",
				"HttpFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/ours",
				"HttpFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/ours",
				"HttpFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/theirs",
				"HttpFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/theirs",
				"HttpFunctionRole sqs:SendMessage arn:aws:sqs:eu-west-1:123456789012:answers",
			}},
		},
		{"approvals", appFile, with(parameters{"EnableSqs": "false"}, httpAPI, approvals), [][]string{http, pages, people}},
		{
			"approvals by every channel", appFile,
			with(parameters{"EnableSqs": "false", "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/ours"}, restAPI, approvals, channels),
			[][]string{http, pages, people, {
				"ApprovalFunctionRole sns:Publish arn:aws:sns:eu-west-1:123456789012:asked.fifo",
				"ApprovalFunctionRole ses:SendEmail arn:aws:ses:eu-west-1:123456789012:identity/example.com",
				"ApprovalFunctionRole ses:SendEmail arn:aws:ses:eu-west-1:123456789012:configuration-set/plain",
				"ApprovalFunctionRole secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf",
				"ApprovalFunctionRole events:PutEvents arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/asked",
				"ApprovalFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/channels",
				"ApprovalFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/channels",
				"ApprovalFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/ours",
				"ApprovalFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/ours",
				"HttpFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/ours",
				"HttpFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/ours",
			}},
		},
		{
			"approvals by a parameter and another account's bus", appFile,
			with(parameters{
				"EnableSqs": "false", "ApprovalSlackWebhookArn": "arn:aws:ssm:eu-west-1:123456789012:parameter/slack",
				"ApprovalEventBus": "arn:aws:events:eu-west-1:210987654321:event-bus/asked",
			}, httpAPI, approvals),
			[][]string{http, pages, people, {
				"ApprovalFunctionRole ssm:GetParameter arn:aws:ssm:eu-west-1:123456789012:parameter/slack",
				"ApprovalFunctionRole events:PutEvents arn:aws:events:eu-west-1:210987654321:event-bus/asked",
			}},
		},
		{
			"sealed approvals", appFile,
			with(parameters{"EnableSqs": "false", "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/ours"}, httpAPI, approvals, sealed, parameters{
				"ApprovalKmsKeyArns": "arn:aws:kms:eu-west-1:123456789012:key/channels",
			}),
			[][]string{http, people[3:], {
				"ApprovalFunctionRole secretsmanager:GetSecretValue " + keysARN,
				"HttpFunctionRole secretsmanager:GetSecretValue " + keysARN,
				"HttpFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/channels",
				"ApprovalFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/channels",
				"ApprovalFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/channels",
				"HttpFunctionRole kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/ours",
				"HttpFunctionRole kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/ours",
			}},
		},
		{
			"stored approvals, and sealed ones of before", appFile,
			with(parameters{"EnableSqs": "false", "ApprovalKeysArn": "arn:aws:ssm:eu-west-1:123456789012:parameter/keys"}, httpAPI, approvals),
			[][]string{http, pages, people, {"HttpFunctionRole ssm:GetParameter arn:aws:ssm:eu-west-1:123456789012:parameter/keys"}},
		},
		{
			"sealed approvals, and stored ones of before", appFile,
			with(parameters{"EnableSqs": "false"}, httpAPI, approvals, sealed, parameters{"LinkMode": "both"}),
			[][]string{http, pages, people[3:], {
				"ApprovalFunctionRole secretsmanager:GetSecretValue " + keysARN, "HttpFunctionRole secretsmanager:GetSecretValue " + keysARN,
			}},
		},
		{
			"several state machines", appFile,
			with(parameters{"StateMachineArns": "arn:a,arn:b"}),
			[][]string{fixed[3:], readOwn, {
				"SqsFunctionRole states:SendTaskSuccess arn:a", "SqsFunctionRole states:SendTaskSuccess arn:b",
				"SqsFunctionRole states:SendTaskFailure arn:a", "SqsFunctionRole states:SendTaskFailure arn:b",
				"SqsFunctionRole states:SendTaskHeartbeat arn:a", "SqsFunctionRole states:SendTaskHeartbeat arn:b",
			}},
		},
		{
			"example", exampleFile,
			parameters{"CallbackQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"},
			[][]string{{
				"OrderStateMachineRole sqs:SendMessage ${RequestQueue.Arn}",
				"OrderWorkerRole sqs:ReceiveMessage ${RequestQueue.Arn}",
				"OrderWorkerRole sqs:DeleteMessage ${RequestQueue.Arn}",
				"OrderWorkerRole sqs:GetQueueAttributes ${RequestQueue.Arn}",
				"OrderWorkerRole sqs:ChangeMessageVisibility ${RequestQueue.Arn}",
				"OrderWorkerRole sqs:SendMessage arn:aws:sqs:eu-west-1:123456789012:answers",
				"OrderWorkerRole logs:CreateLogStream ${OrderWorkerLogGroup.Arn}",
				"OrderWorkerRole logs:PutLogEvents ${OrderWorkerLogGroup.Arn}",
			}},
		},
		{
			"example of approvals", approvalExampleFile, approvalExample,
			[][]string{{"ReleaseStateMachineRole lambda:InvokeFunction arn:aws:lambda:eu-west-1:123456789012:function:ask"}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := slices.Sorted(slices.Values(slices.Concat(test.want...)))
			if diff := cmp.Diff(want, grants(render(t, load(t, test.file), test.given))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Managed policies and those that SAM adds for its own events allow more than these functions need.
func TestRolesHaveInlinePoliciesOnly(t *testing.T) {
	t.Parallel()
	forEveryStack(t, func(s *stack) {
		for id, role := range s.ofKind("AWS::IAM::Role") {
			if managed, ok := role.properties["ManagedPolicyArns"]; ok {
				s.Errorf("%s has %v", id, managed)
			}
		}
		for _, kind := range []string{"AWS::Serverless::Function", "AWS::Serverless::StateMachine"} {
			for id, r := range s.ofKind(kind) {
				if role, ok := s.referred(r.properties["Role"]); !ok || role.kind != "AWS::IAM::Role" {
					s.Errorf("%s has the role %v, not one of the template", id, r.properties["Role"])
				}
				for _, property := range []string{"Policies", "Events"} {
					if value, ok := r.properties[property]; ok {
						s.Errorf("%s has %s %v", id, property, value)
					}
				}
			}
		}
	})
}

// grants lists what each role may do as "role action resource", sorted.
func grants(s *stack) []string {
	var all []string
	add := func(role string, document map[string]any) {
		for _, statement := range statements(document) {
			for _, action := range texts(statement["Action"]) {
				for _, target := range texts(statement["Resource"]) {
					all = append(all, role+" "+action+" "+target)
				}
			}
		}
	}
	for id, role := range s.ofKind("AWS::IAM::Role") {
		for _, policy := range role.properties["Policies"].([]any) {
			add(id, policy.(map[string]any))
		}
	}
	for _, policy := range s.ofKind("AWS::IAM::Policy") {
		for _, reference := range texts(policy.properties["Roles"]) {
			role, ok := s.referred(reference)
			if !ok {
				s.Fatalf("%s is of no role", policy.id)
			}
			add(role.id, policy.properties)
		}
	}
	slices.Sort(all)
	return all
}

// statements returns those of the PolicyDocument among the properties.
func statements(properties map[string]any) []map[string]any {
	var all []map[string]any
	for _, statement := range properties["PolicyDocument"].(map[string]any)["Statement"].([]any) {
		all = append(all, statement.(map[string]any))
	}
	return all
}
