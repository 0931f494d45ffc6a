package secret_test

import (
	"testing"

	"callback-completer/internal/local/fault"
)

// TestNoVersion: a secret that was never exchanged is told from one that is not there.
func TestNoVersion(t *testing.T) {
	t.Parallel()
	b := newBench()
	arn := b.put(t, "acme", canary)
	b.wantRefused(t, reference(t, arn+"::AWSPREVIOUS"), "GetSecretValue of "+arn+": AWSPREVIOUS: there is no version in this stage")
	b.wantCalls(t, "GetSecretValue eu-west-1/secretsmanager AWSPREVIOUS", "GetSecretValue eu-west-1/secretsmanager AWSCURRENT")

	gone := "arn:aws:secretsmanager:eu-west-1:" + account + ":secret:gone"
	b.wantRefused(t, reference(t, gone), "GetSecretValue of "+gone+": ResourceNotFoundException")
	b.wantCalls(t, "GetSecretValue eu-west-1/secretsmanager AWSCURRENT")
	b.wantRefused(t, reference(t, gone+"::AWSPREVIOUS"), "GetSecretValue of "+gone+": ResourceNotFoundException")
	b.wantCalls(t, "GetSecretValue eu-west-1/secretsmanager AWSPREVIOUS", "GetSecretValue eu-west-1/secretsmanager AWSCURRENT")

	b.faults.Add(fault.Rule{Kind: fault.Slow, Next: 1}) // lets the first call pass
	b.faults.Add(fault.Rule{Kind: fault.AccessDenied, Next: 1})
	b.wantRefused(t, reference(t, arn+"::AWSPREVIOUS"), "GetSecretValue of "+arn+": AccessDeniedException")
}

func TestBinarySecret(t *testing.T) {
	t.Parallel()
	b := newBench()
	arn, err := b.secrets.PutBinarySecret("acme", []byte(canary))
	if err != nil {
		t.Fatal(err)
	}
	b.wantRefused(t, reference(t, arn), "GetSecretValue of "+arn+": the secret is binary; store it as a text (SecretString)")
}
