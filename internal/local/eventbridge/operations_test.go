package eventbridge_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestRuleOperations follows a rule from PutRule to DeleteRule in the JSON of the API reference.
func TestRuleOperations(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const arn = "arn:aws:events:us-east-1:000000000000:rule/"
	b.want("PutRule", `{"Name":"jobs","EventPattern":"{\"source\":[\"aws.batch\"]}","State":"ENABLED","Description":"d","Tags":[{"Key":"k","Value":"v"}]}`,
		200, `{"RuleArn":"`+arn+`jobs"}`)
	b.want("PutRule", `{"Name":"other","EventPattern":"{\"source\":[\"x\"]}","State":"DISABLED","EventBusName":"arn:aws:events:us-east-1:000000000000:event-bus/default"}`,
		200, `{"RuleArn":"`+arn+`other"}`)
	b.want("DescribeRule", `{"Name":"jobs","EventBusName":"default"}`, 200, `{"Name":"jobs","Arn":"`+arn+`jobs","EventPattern":"{\"source\":[\"aws.batch\"]}",`+
		`"State":"ENABLED","Description":"d","EventBusName":"default","CreatedBy":"000000000000"}`)
	b.want("DisableRule", `{"Name":"jobs"}`, 200, `{}`)
	b.want("EnableRule", `{"Name":"other"}`, 200, `{}`)
	jobs := `{"Name":"jobs","Arn":"` + arn + `jobs","EventPattern":"{\"source\":[\"aws.batch\"]}","State":"DISABLED","Description":"d","EventBusName":"default"}`
	other := `{"Name":"other","Arn":"` + arn + `other","EventPattern":"{\"source\":[\"x\"]}","State":"ENABLED","EventBusName":"default"}`
	b.want("ListRules", `{}`, 200, `{"Rules":[`+jobs+`,`+other+`]}`)
	b.want("ListRules", `{"NamePrefix":"o"}`, 200, `{"Rules":[`+other+`]}`)
	b.want("ListRules", `{"NamePrefix":"none"}`, 200, `{"Rules":[]}`)
	b.want("ListRules", `{"Limit":1}`, 200, `{"Rules":[`+jobs+`],"NextToken":"1"}`)
	b.want("ListRules", `{"Limit":1,"NextToken":"1"}`, 200, `{"Rules":[`+other+`]}`)
	// PutRule replaces: what it leaves out is not kept.
	b.want("PutRule", `{"Name":"jobs","EventPattern":"{\"source\":[\"y\"]}"}`, 200, `{"RuleArn":"`+arn+`jobs"}`)
	b.want("DescribeRule", `{"Name":"jobs"}`, 200, `{"Name":"jobs","Arn":"`+arn+`jobs","EventPattern":"{\"source\":[\"y\"]}",`+
		`"State":"ENABLED","EventBusName":"default","CreatedBy":"000000000000"}`)
	b.want("DeleteRule", `{"Name":"jobs"}`, 200, `{}`)
	b.want("DeleteRule", `{"Name":"jobs"}`, 200, `{}`)
	b.want("DescribeRule", `{"Name":"jobs"}`, 400,
		`{"__type":"ResourceNotFoundException","message":"Rule jobs does not exist on EventBus default."}`)
}

func TestTargetOperations(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.rule("r")
	const none = `{"FailedEntryCount":0,"FailedEntries":[]}`
	full := `{"Id":"queue","Arn":"arn:aws:sqs:us-east-1:000000000000:q.fifo","InputPath":"$.detail","SqsParameters":{"MessageGroupId":"g"},` +
		`"RetryPolicy":{"MaximumRetryAttempts":0,"MaximumEventAgeInSeconds":60},"DeadLetterConfig":{"Arn":"arn:aws:sqs:us-east-1:000000000000:letters"}}`
	function := `{"Id":"function","Arn":"` + functionARN + `","Input":"{\"a\": 1}"}`
	b.want("PutTargets", `{"Rule":"r","Targets":[`+full+`,`+function+`]}`, 200, none)
	b.want("ListTargetsByRule", `{"Rule":"r"}`, 200, `{"Targets":[`+function+`,`+full+`]}`)
	b.want("ListTargetsByRule", `{"Rule":"r","Limit":1}`, 200, `{"Targets":[`+function+`],"NextToken":"1"}`)
	b.want("DeleteRule", `{"Name":"r"}`, 400, `{"__type":"ValidationException","message":"Rule can't be deleted since it has targets."}`)
	b.want("PutTargets", `{"Rule":"r","Targets":[{"Id":"queue","Arn":"`+functionARN+`"}]}`, 200, none)
	b.want("RemoveTargets", `{"Rule":"r","Ids":["function","never"],"Force":true}`, 200, none)
	b.want("ListTargetsByRule", `{"Rule":"r"}`, 200, `{"Targets":[{"Id":"queue","Arn":"`+functionARN+`"}]}`)
	b.want("RemoveTargets", `{"Rule":"r","Ids":["queue"]}`, 200, none)
	b.want("ListTargetsByRule", `{"Rule":"r"}`, 200, `{"Targets":[]}`)
	b.want("DeleteRule", `{"Name":"r"}`, 200, `{}`)
}

// TestRefusals: what is wrong, or not in the stand-in, is named.
func TestRefusals(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.rule("r")
	target := func(rest string) string {
		return `{"Rule":"r","Targets":[{"Id":"t","Arn":"` + functionARN + `"` + rest + `}]}`
	}
	pattern := `"EventPattern":"{\"a\":[1]}"`
	const fifo = `"arn:aws:sqs:us-east-1:000000000000:q.fifo"`
	for _, tt := range []struct{ operation, input, code, message string }{
		{"PutRule", `{"Name":"x"}`, "ValidationException", "EventPattern or ScheduleExpression must be specified"},
		{"PutRule", `{"Name":"",` + pattern + `}`, "ValidationException", "'name'"},
		{"PutRule", `{"Name":"a b",` + pattern + `}`, "ValidationException", "'name'"},
		{"PutRule", `{"Name":"` + strings.Repeat("n", 65) + `",` + pattern + `}`, "ValidationException", "'name'"},
		{"PutRule", `{"Name":"x","EventPattern":"` + strings.Repeat(" ", 4097) + `"}`, "ValidationException", "'eventPattern'"},
		{"PutRule", `{"Name":"x","Description":"` + strings.Repeat("d", 513) + `",` + pattern + `}`, "ValidationException", "'description'"},
		{"PutRule", `{"Name":"x","EventPattern":"{\"a\": [{\"wildcard\": \"*\"}]}"}`, "InvalidEventPatternException", "wildcard is not in the stand-in"},
		{"PutRule", `{"Name":"x","ScheduleExpression":"rate(1 minute)"}`, "ValidationException", "ScheduleExpression is not in the stand-in"},
		{"PutRule", `{"Name":"x","State":"ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",` + pattern + `}`, "ValidationException", "not in the stand-in"},
		{"PutRule", `{"Name":"x","EventBusName":"own",` + pattern + `}`, "ResourceNotFoundException", "Event bus own does not exist."},
		{"PutRule", `{"Name":1}`, "SerializationException", ""},
		{"ListRules", `{"Limit":101}`, "ValidationException", "'limit'"},
		{"ListRules", `{"NextToken":"x"}`, "ValidationException", "NextToken"},
		{"ListRules", `{"EventBusName":"own"}`, "ResourceNotFoundException", "own"},
		{"EnableRule", `{"Name":"none"}`, "ResourceNotFoundException", "Rule none does not exist on EventBus default."},
		{"DisableRule", `{"Name":"none"}`, "ResourceNotFoundException", "none"},
		{"ListTargetsByRule", `{"Rule":"none"}`, "ResourceNotFoundException", "none"},
		{"RemoveTargets", `{"Rule":"none","Ids":["x"]}`, "ResourceNotFoundException", "none"},
		{"RemoveTargets", `{"Rule":"r","Ids":[]}`, "ValidationException", "'ids'"},
		{"PutTargets", `{"Rule":"none","Targets":[{"Id":"t","Arn":"` + functionARN + `"}]}`, "ResourceNotFoundException", "none"},
		{"PutTargets", `{"Rule":"r","Targets":[]}`, "ValidationException", "'targets'"},
		{"PutTargets", `{"Rule":"r","Targets":[1]}`, "SerializationException", ""},
		{"PutTargets", `{"Rule":"r","Targets":[{"Id":"!","Arn":"` + functionARN + `"}]}`, "ValidationException", "targets.member.id"},
		{"PutTargets", `{"Rule":"r","Targets":[{"Id":"t","Arn":"x"}]}`, "ValidationException", "Provided Arn is not in correct format."},
		{"PutTargets", `{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:sns:us-east-1:000000000000:topic"}]}`, "ValidationException", "not in the stand-in"},
		{"PutTargets", `{"Rule":"r","Targets":[{"Id":"t","Arn":` + fifo + `}]}`, "ValidationException", "Parameter(s) SqsParameters must be specified for target: t."},
		{"PutTargets", target(`,"SqsParameters":{"MessageGroupId":"g"}`), "ValidationException", "MessageGroupId is not valid for target"},
		{"PutTargets", target(`,"InputTransformer":{"InputTemplate":"<x>"}`), "ValidationException", "InputTransformer is not in the stand-in"},
		{"PutTargets", target(`,"EcsParameters":{}`), "ValidationException", "EcsParameters is not in the stand-in"},
		{"PutTargets", target(`,"Input":"{"`), "ValidationException", "JSON syntax error in input for target t"},
		{"PutTargets", target(`,"Input":"1","InputPath":"$"`), "ValidationException", "Only one of Input, InputPath"},
		{"PutTargets", target(`,"InputPath":"$.detail[0]"`), "ValidationException", "not in the stand-in"},
		{"PutTargets", target(`,"RetryPolicy":{"MaximumRetryAttempts":186}`), "ValidationException", "maximumRetryAttempts"},
		{"PutTargets", target(`,"RetryPolicy":{"MaximumRetryAttempts":-1}`), "ValidationException", "maximumRetryAttempts"},
		{"PutTargets", target(`,"RetryPolicy":{"MaximumEventAgeInSeconds":59}`), "ValidationException", "maximumEventAgeInSeconds"},
		{"PutTargets", target(`,"RetryPolicy":{"MaximumEventAgeInSeconds":0}`), "ValidationException", "maximumEventAgeInSeconds"},
		{"PutTargets", target(`,"RetryPolicy":{"MaximumEventAgeInSeconds":86401}`), "ValidationException", "maximumEventAgeInSeconds"},
		{"PutTargets", target(`,"DeadLetterConfig":{"Arn":` + fifo + `}`), "ValidationException", "standard SQS queue"},
		{"PutTargets", target(`,"DeadLetterConfig":{"Arn":"` + functionARN + `"}`), "ValidationException", "standard SQS queue"},
		{"PutEvents", `{"Entries":[]}`, "ValidationException", "'entries'"},
		{"PutEvents", `{"EndpointId":"e","Entries":[{}]}`, "ValidationException", "EndpointId is not in the stand-in"},
		{"CreateEventBus", `{"Name":"own"}`, "UnknownOperationException", "CreateEventBus"},
	} {
		status, got := b.call(tt.operation, tt.input)
		if status != http.StatusBadRequest || !strings.HasPrefix(got, `{"__type":"`+tt.code+`"`) || !strings.Contains(got, tt.message) {
			t.Errorf("%s %.150s: %d %s, want %s with %q", tt.operation, tt.input, status, got, tt.code, tt.message)
		}
	}
	if targets, err := b.bus.Targets("r"); len(targets) != 0 || err != nil {
		t.Errorf("refused, yet the rule has %v, %v", targets, err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range 300 {
		b.rule(fmt.Sprint("r", i))
	}
	const tooMany = `{"__type":"LimitExceededException","message":"The requested resource exceeds the maximum number allowed."}`
	b.want("PutRule", `{"Name":"one-more","EventPattern":"{\"a\":[1]}"}`, 400, tooMany)
	b.want("PutRule", `{"Name":"r0","EventPattern":"{\"a\":[1]}"}`, 200, `{"RuleArn":"arn:aws:events:us-east-1:000000000000:rule/r0"}`)
	var five []string
	for i := range 5 {
		five = append(five, fmt.Sprintf(`{"Id":"%d","Arn":%q}`, i, functionARN))
	}
	b.want("PutTargets", `{"Rule":"r0","Targets":[`+strings.Join(five, ",")+`]}`, 200, `{"FailedEntryCount":0,"FailedEntries":[]}`)
	b.want("PutTargets", `{"Rule":"r0","Targets":[{"Id":"5","Arn":"`+functionARN+`"}]}`, 400, tooMany)
	b.want("PutTargets", `{"Rule":"r0","Targets":[`+five[4]+`]}`, 200, `{"FailedEntryCount":0,"FailedEntries":[]}`)
}
