package template

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"callback-completer/internal/config"
	"callback-completer/internal/store/dynamo"
)

// What the store reads and writes by stands in two places.
func TestTheTableIsTheStores(t *testing.T) {
	t.Parallel()
	want := dynamo.Table("")
	got := render(t, load(t, appFile), with(httpAPI, approvals)).resources["ApprovalTable"].properties
	table := &dynamodb.CreateTableInput{BillingMode: types.BillingMode(text(got["BillingMode"])), KeySchema: keys(got["KeySchema"])}
	for _, attribute := range items(got["AttributeDefinitions"]) {
		name := text(attribute["AttributeName"])
		table.AttributeDefinitions = append(table.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: &name, AttributeType: types.ScalarAttributeType(text(attribute["AttributeType"])),
		})
	}
	for _, index := range items(got["GlobalSecondaryIndexes"]) {
		name, projection := text(index["IndexName"]), index["Projection"].(map[string]any)
		table.GlobalSecondaryIndexes = append(table.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: &name, KeySchema: keys(index["KeySchema"]), Projection: &types.Projection{
				ProjectionType:   types.ProjectionType(text(projection["ProjectionType"])),
				NonKeyAttributes: texts(projection["NonKeyAttributes"]),
			},
		})
	}
	want.TableName = nil // CloudFormation chooses one
	ignored := cmpopts.IgnoreUnexported(
		dynamodb.CreateTableInput{}, types.AttributeDefinition{}, types.KeySchemaElement{}, types.GlobalSecondaryIndex{}, types.Projection{},
	)
	if diff := cmp.Diff(want, table, ignored); diff != "" {
		t.Errorf("(-store +template):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"AttributeName": dynamo.TimeToLive, "Enabled": true}, got["TimeToLiveSpecification"]); diff != "" {
		t.Errorf("Time to Live (-store +template):\n%s", diff)
	}
}

func TestTheTableIsKeptAndCanBeRestored(t *testing.T) {
	t.Parallel()
	document := load(t, appFile)
	declared := section(document, "Resources")["ApprovalTable"].(map[string]any)
	for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
		if declared[policy] != "Retain" {
			t.Errorf("%s is %v", policy, declared[policy])
		}
	}
	key := "arn:aws:kms:eu-west-1:123456789012:key/ours"
	for _, test := range []struct {
		given      parameters
		protection string
		encryption any
	}{
		{parameters{}, "true", nil},
		{parameters{"ApprovalTableDeletionProtection": "false"}, "false", nil},
		{parameters{"KmsKeyArn": key}, "true", map[string]any{"SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": key}},
	} {
		table := render(t, document, with(httpAPI, approvals, test.given)).resources["ApprovalTable"].properties
		recovery := map[string]any{"PointInTimeRecoveryEnabled": true}
		if diff := cmp.Diff(recovery, table["PointInTimeRecoverySpecification"]); diff != "" {
			t.Errorf("%v: recovery (-want +got):\n%s", test.given, diff)
		}
		if got := table["DeletionProtectionEnabled"]; got != test.protection {
			t.Errorf("%v: protection is %v, want %s", test.given, got, test.protection)
		}
		if diff := cmp.Diff(test.encryption, table["SSESpecification"]); diff != "" {
			t.Errorf("%v: encryption (-want +got):\n%s", test.given, diff)
		}
	}
}

// States start it, by their own roles, and the schedule of the survey, with an event that the function knows.
func TestOnlyTheSurveyOfTheStackStartsTheFunctionThatAsks(t *testing.T) {
	t.Parallel()
	permission := map[string]any{
		"FunctionName": "${ApprovalFunction}", "Action": "lambda:InvokeFunction",
		"Principal": "events.amazonaws.com", "SourceArn": "${ApprovalSurveyRule.Arn}",
	}
	target := map[string]any{
		"Id": "Survey", "Arn": "${ApprovalFunction.Arn}", "Input": config.SurveyEvent,
		"RetryPolicy": map[string]any{"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 300},
	}
	forEveryApp(t, func(s *stack) {
		for _, kind := range []string{mapping, "AWS::Lambda::Permission"} {
			for id, r := range s.ofKind(kind) {
				if r.properties["FunctionName"] == "${ApprovalFunction}" && !cmp.Equal(permission, r.properties) {
					s.Errorf("%s starts it: %v", id, r.properties)
				}
			}
		}
		if survey := s.resources["ApprovalSurveyRule"]; s.storesRequests() {
			schedule := []any{survey.properties["ScheduleExpression"], survey.properties["State"], survey.properties["Targets"]}
			if diff := cmp.Diff([]any{"rate(5 minutes)", "ENABLED", []any{target}}, schedule); diff != "" {
				s.Errorf("schedule (-want +got):\n%s", diff)
			}
			if !cmp.Equal(permission, s.resources["ApprovalSurveyPermission"].properties) {
				s.Error("the schedule may not start it")
			}
		}
		if want := "${ApprovalFunction.Arn}"; s.asksPeople() && s.outputs["ApprovalFunctionArn"] != want {
			s.Errorf("output %v, want %s", s.outputs["ApprovalFunctionArn"], want)
		}
	})
}

// What the template takes for a reference to Slack's address or to the keys, and grants, is what the functions read.
func TestFunctionReadsWhatTheTemplateGrants(t *testing.T) {
	t.Parallel()
	const secret, inSSM = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack/asked-AbCdEf", "arn:aws:ssm:eu-west-1:123456789012:parameter/slack"
	for given, want := range map[string]string{
		secret: secret, secret + ":url": secret, secret + "::AWSPREVIOUS": secret, secret + ":url:AWSPREVIOUS": secret, inSSM: inSSM,
	} {
		s := render(t, load(t, appFile), with(httpAPI, approvals, parameters{"ApprovalSlackWebhookArn": given}))
		settings, err := config.LoadApproval(environment(s, "ApprovalFunction"))
		if err != nil || settings.SlackWebhook.ARN != want {
			t.Errorf("%s: the function reads %q, want %q: %v", given, settings.SlackWebhook.ARN, want, err)
		}
		if got := statements(s.resources["ApprovalFunctionSlackPolicy"].properties)[0]["Resource"]; got != want {
			t.Errorf("%s: the function may read %v, want %s", given, got, want)
		}
		s = render(t, load(t, appFile), with(httpAPI, approvals, parameters{"LinkMode": "sealed", "ApprovalKeysArn": given}))
		if settings, err = config.LoadApproval(environment(s, "ApprovalFunction")); err != nil || settings.Keys.ARN != want {
			t.Errorf("%s: the function reads the keys %q, want %q: %v", given, settings.Keys.ARN, want, err)
		}
		for _, policy := range []string{"ApprovalFunctionKeysPolicy", "HttpFunctionApprovalKeysPolicy"} {
			if got := statements(s.resources[policy].properties)[0]["Resource"]; got != want {
				t.Errorf("%s: %s lets read %v, want %s", given, policy, got, want)
			}
		}
	}
}

func keys(schema any) []types.KeySchemaElement {
	var all []types.KeySchemaElement
	for _, key := range items(schema) {
		name := text(key["AttributeName"])
		all = append(all, types.KeySchemaElement{AttributeName: &name, KeyType: types.KeyType(text(key["KeyType"]))})
	}
	return all
}

func items(list any) []map[string]any {
	var all []map[string]any
	for _, item := range list.([]any) {
		all = append(all, item.(map[string]any))
	}
	return all
}

func text(value any) string { return value.(string) }
