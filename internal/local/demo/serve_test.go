package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// served is what Serve prints for its user, and AWS's own clients for it.
type served struct {
	out                              *printed
	machine                          string
	requests, callbacks, deadLetters string
	workflows                        *sfn.Client
	queues                           *sqs.Client
	transport                        *http.Transport
}

// find returns the first group of a pattern in what was printed.
func find(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("%s does not match\n%s", pattern, text)
	}
	return found[1]
}

func serve(t *testing.T) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &served{out: newPrinted(), transport: &http.Transport{}}
	folder := functions(t)
	share(t)
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, Options{Functions: folder, Out: s.out}) }()
	t.Cleanup(func() {
		s.transport.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Error("Serve ends with", err)
		}
	})
	text := s.out.wait(t, "Ctrl-C ends it.\n")
	s.machine = find(t, text, `start-execution --state-machine-arn (\S+)`)
	s.requests = find(t, text, `receive-message --queue-url (\S+/requests)`)
	s.callbacks = find(t, text, `send-message --queue-url (\S+)`)
	s.deadLetters = find(t, text, `receive-message --queue-url (\S+/callbacks-dead-letters)`)
	config := aws.Config{
		BaseEndpoint: aws.String(find(t, text, `aws --endpoint-url (\S+)`)), Region: find(t, text, `--region (\S+)`),
		HTTPClient: &http.Client{Transport: s.transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID:     find(t, text, `AWS_ACCESS_KEY_ID=(\S+)`),
				SecretAccessKey: find(t, text, `AWS_SECRET_ACCESS_KEY=(\S+)`),
			}, nil
		}),
	}
	s.workflows, s.queues = sfn.NewFromConfig(config), sqs.NewFromConfig(config)
	return s
}

func (s *served) send(t *testing.T, body string) (messageID string) {
	t.Helper()
	sent, err := s.queues.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &s.callbacks, MessageBody: &body})
	if err != nil {
		t.Fatal(err)
	}
	return *sent.MessageId
}

func (s *served) describe(t *testing.T, arn *string) string {
	t.Helper()
	e, err := s.workflows.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: arn})
	if err != nil {
		t.Fatal(err)
	}
	return string(e.Status) + " " + aws.ToString(e.Output)
}

// ended is describe once the execution has ended, which it does a little after its task.
func (s *served) ended(t *testing.T, arn *string) string {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		if got := s.describe(t, arn); got != "RUNNING " {
			return got
		}
		select {
		case <-look.C:
		case <-t.Context().Done():
			t.Fatal("the execution never ends")
		}
	}
}

// order starts a workflow and takes its request, as the first printed commands do.
func (s *served) order(t *testing.T) (execution *string, token string) {
	t.Helper()
	ctx := t.Context()
	started, err := s.workflows.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: &s.machine, Input: aws.String(`{"order":{"id":"A-1","amount":120}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.describe(t, started.ExecutionArn); got != "RUNNING " {
		t.Errorf("before the answer it is %s", got)
	}
	taken, err := s.queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &s.requests, WaitTimeSeconds: 5})
	if err != nil || len(taken.Messages) != 1 {
		t.Fatalf("%+v, %v", taken, err)
	}
	var request request
	if err := json.Unmarshal([]byte(*taken.Messages[0].Body), &request); err != nil {
		t.Fatal(err)
	}
	return started.ExecutionArn, request.TaskToken
}

// TestServeAsItsCommandsSay does what the printed commands do, in their order.
func TestServeAsItsCommandsSay(t *testing.T) {
	t.Parallel()
	s, ctx := serve(t), t.Context()
	execution, token := s.order(t)
	delivered := s.send(t, `{"taskToken":"`+token+`","output":{"status":"accepted"}}`)
	s.out.wait(t, "  arrived      message "+delivered)
	text := s.out.wait(t, "  delivered    message "+delivered+", token ")
	if strings.Contains(text, tokenHead) {
		t.Errorf("a token was printed:\n%s", text)
	}
	if got := s.ended(t, execution); got != `SUCCEEDED {"status":"accepted"}` {
		t.Errorf("after the answer it is %s", got)
	}

	rejected := s.send(t, "approved")
	s.out.wait(t, "  rejected     message "+rejected+"; NoMapping: ")
	letters, err := s.queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &s.deadLetters, WaitTimeSeconds: 5, MessageAttributeNames: []string{"All"},
	})
	if err != nil || len(letters.Messages) != 1 {
		t.Fatalf("%+v, %v", letters, err)
	}
	if l := letters.Messages[0]; *l.Body != "approved" || *l.MessageAttributes["ErrorCode"].StringValue != "NoMapping" {
		t.Errorf("the dead letter is %+v", l)
	}
}

// TestServeTakesEvents puts one as the printed command of the AWS CLI does, over the protocol that the CLI speaks.
func TestServeTakesEvents(t *testing.T) {
	t.Parallel()
	s := serve(t)
	execution, token := s.order(t)
	entry := find(t, s.out.String(), `put-events --entries "(.*)"\n`)
	detail := strings.NewReplacer(`\"`, `"`, `$TOKEN`, token).Replace(find(t, entry, `^Source=shop,DetailType=OrderAccepted,Detail='(.*)'$`))
	body, err := json.Marshal(map[string]any{"Entries": []any{map[string]string{"Source": "shop", "DetailType": "OrderAccepted", "Detail": detail}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, find(t, s.out.String(), `aws --endpoint-url (\S+)`), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSEvents.PutEvents")
	answer, err := s.transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("%d, %v", answer.StatusCode, err)
	}
	s.out.wait(t, "  arrived      event ")
	s.out.wait(t, "  delivered    event ")
	if got := s.ended(t, execution); got != `SUCCEEDED {"status":"accepted"}` {
		t.Errorf("after the event it is %s", got)
	}
}

// A shell that does not know comments (zsh, unless told) takes them for commands: nothing in them may keep it from going on.
func TestCommentsAreHarmless(t *testing.T) {
	t.Parallel()
	for _, line := range strings.Split(serve(t).out.String(), "\n") {
		if strings.HasPrefix(line, "# ") && strings.ContainsAny(line, "'\"`$&|<>*?!()") {
			t.Errorf("a shell without comments stumbles over %s", line)
		}
	}
}

func TestServeOnATakenPort(t *testing.T) {
	t.Parallel()
	s := serve(t)
	address := find(t, s.out.String(), `http://(127\.0\.0\.1:\d+)`)
	err := Serve(t.Context(), Options{Functions: functions(t), Address: address, Out: newPrinted()})
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("the error is %v", err)
	}
}
