package template

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What belongs to each trigger; the shared dead-letter queue is always there.
func TestATriggerThatIsOffLeavesNothing(t *testing.T) {
	t.Parallel()
	shared := []string{"DeadLetterQueue", "DeadLetterQueuePolicy", "DeadLettersAlarm"}
	sharedOutputs := []string{"DeadLetterQueueArn", "DeadLetterQueueUrl"}
	queue := []string{
		"CallbackQueue", "CallbackQueuePolicy", "OwnQueueAgeAlarm", "OwnQueueMapping", "ReadOwnQueuePolicy", "SqsFunction",
		"SqsFunctionErrorsAlarm", "SqsFunctionLogGroup", "SqsFunctionRole", "SqsFunctionThrottlesAlarm", "UseKmsKeyPolicy",
	}
	queueOutputs := []string{
		"CallbackQueueArn", "CallbackQueueUrl", "SqsFunctionArn", "SqsFunctionLogGroupName", "SqsFunctionRoleArn",
	}
	events := []string{
		"EventDeadLetterQueue", "EventDeadLetterQueuePolicy", "EventDeadLettersAlarm", "EventRule", "EventRuleFailedInvocationsAlarm",
		"EventRuleLostEventsAlarm",
	}
	eventOutputs := []string{"EventDeadLetterQueueUrl", "EventRuleArn"}
	function := []string{
		"EventBridgeFunction", "EventBridgeFunctionDroppedEventsAlarm", "EventBridgeFunctionErrorsAlarm", "EventBridgeFunctionInvokeConfig",
		"EventBridgeFunctionLogGroup", "EventBridgeFunctionLostFailuresAlarm", "EventBridgeFunctionPermission", "EventBridgeFunctionRole",
		"EventBridgeFunctionThrottlesAlarm", "EventBridgeFunctionUseKmsKeyPolicy", "EventFailureQueue", "EventFailureQueuePolicy",
		"EventFailuresAlarm",
	}
	functionOutputs := []string{
		"EventBridgeFunctionArn", "EventBridgeFunctionLogGroupName", "EventBridgeFunctionRoleArn", "EventFailureQueueUrl",
	}
	http := []string{
		"ApiLogGroup", "HttpFunction", "HttpFunctionCallbacksPermission", "HttpFunctionErrorsAlarm", "HttpFunctionHealthPermission",
		"HttpFunctionLogGroup", "HttpFunctionRole", "HttpFunctionThrottlesAlarm", "HttpFunctionUseKmsKeyPolicy",
		"HttpFunctionWebhooksPermission", "RefusedWebhooksAlarm",
	}
	httpOutputs := []string{
		"ApiEndpoint", "ApiLogGroupName", "CallbacksInvokeArn", "CallbacksUrl", "HttpFunctionArn", "HttpFunctionLogGroupName",
		"HttpFunctionRoleArn", "WebhooksUrl",
	}
	httpAPI := []string{
		"HttpApi", "HttpApiCallbacksRoute", "HttpApiErrorsAlarm", "HttpApiHealthRoute", "HttpApiIntegration", "HttpApiStage",
		"HttpApiWebhooksRoute",
	}
	restAPI := []string{
		"RestApi", "RestApiCallbacks", "RestApiCallbacksMethod", "RestApiErrorsAlarm", "RestApiHealth", "RestApiHealthMethod",
		"RestApiStage", "RestApiWebhookSource", "RestApiWebhooks", "RestApiWebhooksMethod",
	}
	people := []string{
		"ApprovalFunction", "ApprovalFunctionErrorsAlarm", "ApprovalFunctionLogGroup", "ApprovalFunctionRole", "ApprovalFunctionThrottlesAlarm",
		"UnansweredApprovalsAlarm",
	}
	stored := []string{
		"ApprovalFunctionInvokeConfig", "ApprovalFunctionTablePolicy", "ApprovalFunctionUseKmsKeyPolicy", "ApprovalSurveyPermission",
		"ApprovalSurveyRule", "OldApprovalsAlarm",
	}
	peopleOutputs := []string{"ApprovalFunctionArn", "ApprovalFunctionLogGroupName", "ApprovalFunctionRoleArn"}
	balanced := []string{"ApprovalTargetGroup", "HttpFunctionTargetGroupPermission", "RefusedLoginsAlarm"}
	peopleOverAPI := []string{"HttpFunctionApprovalGetPermission", "HttpFunctionApprovalHeadPermission", "HttpFunctionApprovalPostPermission"}
	peopleOverHTTP := []string{"HttpApiApprovalGetRoute", "HttpApiApprovalHeadRoute", "HttpApiApprovalPostRoute"}
	peopleOverREST := []string{
		"RestApiApprovalGetMethod", "RestApiApprovalHeadMethod", "RestApiApprovalLink", "RestApiApprovalPostMethod", "RestApiApprovals",
	}
	key := parameters{"KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/ours"}
	document := load(t, appFile)
	for _, trigger := range slices.Concat(variants(), logins) {
		t.Run(trigger.name, func(t *testing.T) {
			t.Parallel()
			s := render(t, document, with(trigger.values, key))
			toFunction := s.takesEvents() && !s.queuesEvents()
			pages, overAPI := s.pagesFor()
			overHTTP, overREST := s.servesHTTP() && !s.isREST(), s.servesHTTP() && s.isREST()
			var resources, outputs []string
			for _, part := range []struct {
				on                 bool
				resources, outputs []string
			}{
				{true, shared, sharedOutputs},
				{s.readsQueue(), queue, queueOutputs},
				{s.takesEvents(), events, eventOutputs},
				{toFunction, function, functionOutputs},
				{s.servesHTTP(), http, httpOutputs},
				{s.servesHTTP() && s.readsQueue(), []string{"HttpFunctionSendToOwnQueuePolicy"}, nil},
				{overHTTP, httpAPI, nil},
				{overHTTP && (s.authorizer() == "JWT" || overAPI && pages == "JWT"), []string{"HttpApiAuthorizer"}, nil},
				{overREST, slices.Concat(restAPI, []string{deployment(s)}), []string{"RestApiStageArn"}},
				{overREST && s.authorizer() == "API_KEY", []string{"RestApiKey", "RestApiUsagePlan", "RestApiUsagePlanKey"}, []string{"RestApiKeyId"}},
				{s.asksPeople(), people, peopleOutputs},
				{s.isBalanced(), balanced, []string{"ApprovalsTargetGroupArn"}},
				{s.storesRequests(), stored, nil},
				{s.hasTable(), []string{"ApprovalTable", "HttpFunctionUseApprovalTablePolicy"}, []string{"ApprovalTableName"}},
				{s.asksPeople() && !s.storesRequests(), []string{"ApprovalFunctionKeysPolicy", "HttpFunctionApprovalKeysPolicy"}, nil},
				{overAPI, peopleOverAPI, nil},
				{overAPI && overHTTP, peopleOverHTTP, nil},
				{overAPI && overREST, peopleOverREST, nil},
			} {
				if part.on {
					resources, outputs = append(resources, part.resources...), append(outputs, part.outputs...)
				}
			}
			slices.Sort(resources)
			slices.Sort(outputs)
			if diff := cmp.Diff(resources, slices.Sorted(maps.Keys(s.resources))); diff != "" {
				t.Errorf("resources (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(outputs, slices.Sorted(maps.Keys(s.outputs))); diff != "" {
				t.Errorf("outputs (-want +got):\n%s", diff)
			}
		})
	}
}
