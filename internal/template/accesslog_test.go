package template

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a caller chooses freely (path, query, headers, and the messages of errors that quote them) may be a task token
// in the wrong place, and is in no access log.
func TestAccessLogs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, stage, settings string
		given                 parameters
		want                  []string
	}{
		{"HTTP API", "HttpApiStage", "AccessLogSettings", httpAPI, []string{
			"authorizer.error", "error.responseType", "identity.sourceIp", "integration.requestId", "integrationErrorMessage",
			"integrationLatency", "integrationStatus", "protocol", "requestId", "requestTime", "responseLatency", "responseLength",
			"routeKey", "status",
		}},
		{"REST API", "RestApiStage", "AccessLogSetting", restAPI, []string{
			"authorizer.error", "error.responseType", "extendedRequestId", "httpMethod", "identity.sourceIp", "integration.latency",
			"integration.requestId", "integration.status", "integrationErrorMessage", "protocol", "requestId", "requestTime",
			"resourcePath", "responseLatency", "responseLength", "status", "wafResponseCode",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := render(t, load(t, appFile), with(test.given))
			settings, _ := s.resources[test.stage].properties[test.settings].(map[string]any)
			if got := settings["DestinationArn"]; got != "${ApiLogGroup.Arn}" {
				t.Errorf("the log goes to %v", got)
			}
			format, _ := settings["Format"].(string)
			if strings.Contains(format, "\n") {
				t.Errorf("API Gateway takes one line, not %q", format)
			}
			var line map[string]string
			if err := json.Unmarshal([]byte(format), &line); err != nil {
				t.Fatalf("%v: %s", err, format)
			}
			var got []string
			for _, name := range regexp.MustCompile(`\$context\.([A-Za-z.]+)`).FindAllStringSubmatch(format, -1) {
				got = append(got, name[1])
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheAccessLogIsKeptAsLongAsTheOthers(t *testing.T) {
	t.Parallel()
	for _, given := range []parameters{httpAPI, restAPI} {
		s := render(t, load(t, appFile), with(given, parameters{"LogRetentionDays": "7"}))
		want := map[string]any{"LogGroupName": "/aws/vendedlogs/apigateway/${AWS::StackName}", "RetentionInDays": "7"}
		if diff := cmp.Diff(want, s.resources["ApiLogGroup"].properties); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
