package template

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryQueueIsEncryptedOneWay(t *testing.T) {
	t.Parallel()
	forEveryStack(t, func(s *stack) {
		for id, queue := range s.ofKind("AWS::SQS::Queue") {
			managed := queue.properties["SqsManagedSseEnabled"] == true
			_, customer := queue.properties["KmsMasterKeyId"]
			if managed == customer {
				s.Errorf("%s: SSE-SQS %v and KMS key %v, want exactly one", id, managed, customer)
			}
			if key := s.parameters["KmsKeyArn"]; customer && queue.properties["KmsMasterKeyId"] != key {
				s.Errorf("%s: key %v, want %v", id, queue.properties["KmsMasterKeyId"], key)
			}
		}
	})
}

func TestKeyEncryptsEveryQueue(t *testing.T) {
	t.Parallel()
	s := render(t, load(t, appFile), with(parameters{
		"EnableEventBridge": "true", "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/ours",
	}))
	for _, id := range []string{"CallbackQueue", "DeadLetterQueue", "EventDeadLetterQueue", "EventFailureQueue"} {
		if got := s.resources[id].properties["KmsMasterKeyId"]; got != "arn:aws:kms:eu-west-1:123456789012:key/ours" {
			t.Errorf("%s is encrypted with %v", id, got)
		}
	}
}

// A queue has one policy: of two resources for it, the later would silently replace the first.
func TestEveryQueueHasOnePolicyAndRefusesPlainHTTP(t *testing.T) {
	t.Parallel()
	forEveryStack(t, func(s *stack) {
		policies := map[string][]resource{}
		for _, policy := range s.ofKind("AWS::SQS::QueuePolicy") {
			for _, queue := range texts(policy.properties["Queues"]) {
				target, _ := s.referred(queue)
				policies[target.id] = append(policies[target.id], policy)
			}
		}
		for id := range s.ofKind("AWS::SQS::Queue") {
			if len(policies[id]) != 1 {
				s.Errorf("%s has %d policies, want 1", id, len(policies[id]))
				continue
			}
			want := map[string]any{
				"Sid": "DenyWithoutTls", "Effect": "Deny", "Principal": "*", "Action": "sqs:*",
				"Resource":  fmt.Sprintf("${%s.Arn}", id),
				"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
			}
			if diff := cmp.Diff(want, statements(policies[id][0].properties)[0]); diff != "" {
				s.Errorf("%s (-want +got):\n%s", id, diff)
			}
		}
	})
}

func TestSendersAreAllowedToSendAndNoMore(t *testing.T) {
	t.Parallel()
	if got := len(statements(render(t, load(t, appFile), with()).resources["CallbackQueuePolicy"].properties)); got != 1 {
		t.Errorf("%d statements without senders, want the one that refuses plain HTTP", got)
	}
	s := render(t, load(t, appFile), with(parameters{
		"SenderPrincipalArns": "arn:aws:iam::210987654321:role/a,arn:aws:iam::210987654321:role/b",
		"SenderSourceArns":    "arn:aws:sns:eu-west-1:123456789012:results",
	}))
	want := []map[string]any{
		{
			"Sid": "AllowSenderPrincipals", "Effect": "Allow",
			"Principal": map[string]any{"AWS": []any{"arn:aws:iam::210987654321:role/a", "arn:aws:iam::210987654321:role/b"}},
			"Action":    []any{"sqs:SendMessage", "sqs:GetQueueUrl"},
			"Resource":  "${CallbackQueue.Arn}",
		},
		{
			"Sid": "AllowSenderSources", "Effect": "Allow",
			"Principal": map[string]any{"Service": []any{"sns.amazonaws.com", "events.amazonaws.com"}},
			"Action":    "sqs:SendMessage",
			"Resource":  "${CallbackQueue.Arn}",
			"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": []any{"arn:aws:sns:eu-west-1:123456789012:results"}}},
		},
	}
	if diff := cmp.Diff(want, statements(s.resources["CallbackQueuePolicy"].properties)[1:]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// EventBridge sends its dead letters, and Lambda its records, to standard queues only.
func TestFIFOIsOnBothQueuesOfCallbacksAndNeverOnThoseOfEvents(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		for id, queue := range s.ofKind("AWS::SQS::Queue") {
			fifo, set := queue.properties["FifoQueue"]
			ofCallbacks := id == "CallbackQueue" || id == "DeadLetterQueue"
			if want := ofCallbacks && s.parameters["Fifo"] == "true"; set != want || set && fifo != true {
				s.Errorf("%s: FifoQueue is %v", id, fifo) // SQS refuses a FifoQueue of false
			}
		}
	})
}

// Deduplication by content drops the second of two equal heartbeats whose senders name no deduplication id; a rule
// can send to no other FIFO queue.
func TestDeduplicationByContentIsForEvents(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		for id, queue := range s.ofKind("AWS::SQS::Queue") {
			got, set := queue.properties["ContentBasedDeduplication"]
			if want := id == "CallbackQueue" && s.parameters["Fifo"] == "true" && s.queuesEvents(); set != want || set && got != true {
				s.Errorf("%s: ContentBasedDeduplication is %v", id, got)
			}
		}
	})
}

// number reads a property that may come from a parameter.
func number(tb testing.TB, value any) int {
	tb.Helper()
	n, err := strconv.Atoi(fmt.Sprint(value))
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
