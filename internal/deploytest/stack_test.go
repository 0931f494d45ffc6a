//go:build deploytest

package deploytest

import (
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/conformance/emulator"
)

const (
	patience = 3 * time.Minute // for one step, on a slow and shared machine
	pause    = 200 * time.Millisecond
)

// upload puts an object into a bucket, which it creates if need be, and returns its URI.
func upload(t *testing.T, server *emulator.Server, bucket, key string, content []byte) string {
	t.Helper()
	put(t, server, "/"+bucket, nil)
	put(t, server, "/"+bucket+"/"+key, content)
	return "s3://" + bucket + "/" + key
}

func put(t *testing.T, server *emulator.Server, path string, body []byte) {
	t.Helper()
	if _, err := server.Call(t.Context(), emulator.Request{
		Service: "s3", Method: http.MethodPut, Path: path, ContentType: "application/octet-stream", Body: body,
	}); err != nil {
		t.Fatal(err)
	}
}

// description is what DescribeStacks says of a stack.
type description struct {
	Status  string `xml:"DescribeStacksResult>Stacks>member>StackStatus"`
	Reason  string `xml:"DescribeStacksResult>Stacks>member>StackStatusReason"`
	Outputs []struct {
		Key   string `xml:"OutputKey"`
		Value string `xml:"OutputValue"`
	} `xml:"DescribeStacksResult>Stacks>member>Outputs>member"`
}

// deploy uploads what was built, creates the stack and returns its outputs once it is complete.
func (w world) deploy(t *testing.T, build string, parameters ...map[string]string) map[string]string {
	t.Helper()
	code := map[string]string{}
	built, err := filepath.Glob(filepath.Join(build, "*", "bootstrap"))
	if err != nil || len(built) == 0 {
		t.Fatalf("nothing is built: %v", err)
	}
	for _, program := range built {
		function := filepath.Base(filepath.Dir(program))
		bundle, err := emulator.Bundle(program)
		if err != nil {
			t.Fatal(err)
		}
		code[function] = upload(t, w.server, "code", function+".zip", bundle)
	}
	given := map[string]string{"StateMachineArns": "arn:aws:states:" + emulator.Region + ":000000000000:stateMachine:*"}
	for _, some := range parameters {
		maps.Copy(given, some)
	}
	return create(t, w.server, "callback-completer", withCode(t, build, code), given)
}

// create creates a stack and returns its outputs once it is complete.
func create(t *testing.T, server *emulator.Server, name, template string, parameters map[string]string) map[string]string {
	t.Helper()
	form := url.Values{
		"StackName": {name}, "TemplateBody": {template},
		"Capabilities.member.1": {"CAPABILITY_IAM"}, "Capabilities.member.2": {"CAPABILITY_AUTO_EXPAND"},
	}
	i := 0
	for key, value := range parameters {
		i++
		form.Set(fmt.Sprintf("Parameters.member.%d.ParameterKey", i), key)
		form.Set(fmt.Sprintf("Parameters.member.%d.ParameterValue", i), value)
	}
	cloudFormation(t, server, "CreateStack", form)
	var got description
	if !eventually(t, func() bool {
		got = description{}
		answer := cloudFormation(t, server, "DescribeStacks", url.Values{"StackName": {name}})
		if err := xml.Unmarshal(answer, &got); err != nil {
			t.Fatalf("read the answer of DescribeStacks: %v\n%s", err, answer)
		}
		return !strings.HasSuffix(got.Status, "_IN_PROGRESS")
	}) {
		t.Fatalf("the stack is %s after %v", got.Status, patience)
	}
	if got.Status != "CREATE_COMPLETE" {
		events := cloudFormation(t, server, "DescribeStackEvents", url.Values{"StackName": {name}})
		t.Fatalf("the stack is %s: %s\n%s", got.Status, got.Reason, events)
	}
	outputs := map[string]string{}
	for _, o := range got.Outputs {
		outputs[o.Key] = o.Value
	}
	return outputs
}

func cloudFormation(t *testing.T, server *emulator.Server, action string, form url.Values) []byte {
	t.Helper()
	form.Set("Action", action)
	form.Set("Version", "2010-05-15")
	answer, err := server.Call(t.Context(), emulator.Request{
		Service: "cloudformation", Method: http.MethodPost, Path: "/",
		ContentType: "application/x-www-form-urlencoded", Body: []byte(form.Encode()),
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// eventually looks until done, and says whether it was within patience.
func eventually(t *testing.T, done func() bool) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}
