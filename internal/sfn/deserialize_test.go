package sfn_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/sfn"

	"callback-completer/internal/sfn"
)

// teller gives an answer.
type teller struct {
	status     int
	kind, body string
}

func (s teller) Do(*http.Request) (*http.Response, error) {
	header := http.Header{"X-Amzn-Requestid": {"r-1"}, "Date": {"Tue, 01 Dec 2026 12:00:00 GMT"}}
	if s.kind != "" {
		header.Set("X-Amzn-Errortype", s.kind)
	}
	return &http.Response{StatusCode: s.status, Header: header, Body: io.NopCloser(strings.NewReader(s.body))}, nil
}

// TestAnswersAreTheSDKs: what is read in its place is the same, but for the body of a 200, which says nothing.
func TestAnswersAreTheSDKs(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *sdk.Client) (any, error){
		"success": func(ctx context.Context, c *sdk.Client) (any, error) {
			return c.SendTaskSuccess(ctx, &sdk.SendTaskSuccessInput{TaskToken: new("t"), Output: new("{}")})
		},
		"failure": func(ctx context.Context, c *sdk.Client) (any, error) {
			return c.SendTaskFailure(ctx, &sdk.SendTaskFailureInput{TaskToken: new("t")})
		},
		"heartbeat": func(ctx context.Context, c *sdk.Client) (any, error) {
			return c.SendTaskHeartbeat(ctx, &sdk.SendTaskHeartbeatInput{TaskToken: new("t")})
		},
	}
	answers := map[string]teller{
		"taken":            {http.StatusOK, "", "{}"},
		"taken in silence": {http.StatusOK, "", ""},
		"another 2xx":      {http.StatusAccepted, "", "{}"},
		"no JSON":          {http.StatusAccepted, "", "<html>"},
		"closed":           {http.StatusBadRequest, "TaskTimedOut", `{"message":"Task Timed Out"}`},
		"in the body":      {http.StatusBadRequest, "", `{"__type":"com.amazonaws.swf.service.v2.model#InvalidToken","message":"m"}`},
		"not known":        {http.StatusBadRequest, "Strange", `{}`},
		"a proxy's":        {http.StatusForbidden, "", "<html>no</html>"},
	}
	for callName, call := range calls {
		for answerName, answer := range answers {
			t.Run(callName+"/"+answerName, func(t *testing.T) {
				t.Parallel()
				cfg := benchConfig()
				cfg.HTTPClient = answer
				want, wantErr := call(t.Context(), sdk.NewFromConfig(cfg))
				got, err := call(t.Context(), sdk.NewFromConfig(cfg, sfn.WithDeserializer))
				if fmt.Sprint(err) != fmt.Sprint(wantErr) {
					t.Errorf("error %v, the SDK's is %v", err, wantErr)
				}
				if reflect.TypeOf(got) != reflect.TypeOf(want) || reflect.ValueOf(got).IsNil() != reflect.ValueOf(want).IsNil() {
					t.Errorf("result %#v, the SDK's is %#v", got, want)
				}
			})
		}
	}
}
