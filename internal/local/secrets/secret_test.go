package secrets_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
)

func putSecret(t *testing.T, b bench, name, value string) string {
	t.Helper()
	arn, err := b.PutSecret(name, value)
	if err != nil {
		t.Fatal(err)
	}
	return arn
}

// get reads a secret's text and stages. Empty id and stage are left out of the request.
func get(t *testing.T, b bench, secret, id, stage string) (*secretsmanager.GetSecretValueOutput, error) {
	t.Helper()
	in := &secretsmanager.GetSecretValueInput{SecretId: &secret}
	if id != "" {
		in.VersionId = &id
	}
	if stage != "" {
		in.VersionStage = &stage
	}
	return b.manager.GetSecretValue(t.Context(), in)
}

func TestGetSecretValue(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	began := time.Now()
	arn := putSecret(t, b, "acme/hook", "one")
	if base := "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme/hook-"; !strings.HasPrefix(arn, base) || len(arn) != len(base)+6 {
		t.Errorf("the ARN is %s", arn)
	}
	for _, id := range []string{arn, "acme/hook", arn[:len(arn)-7]} {
		got, err := get(t, b, id, "", "")
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		values := []string{*got.ARN, *got.Name, *got.SecretString, strings.Join(got.VersionStages, " ")}
		if diff := cmp.Diff([]string{arn, "acme/hook", "one", "AWSCURRENT"}, values); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
		if got.SecretBinary != nil || len(*got.VersionId) != 36 || got.CreatedDate.Sub(began).Abs() > time.Minute {
			t.Errorf("%s: binary %v, version %s, created %v", id, got.SecretBinary, *got.VersionId, got.CreatedDate)
		}
	}
}

// TestRotation: the value before the last stays readable under AWSPREVIOUS, and under its id.
func TestRotation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	arn := putSecret(t, b, "hook", "one")
	first, err := get(t, b, arn, "", "AWSCURRENT")
	if err != nil {
		t.Fatal(err)
	}
	_, err = get(t, b, arn, "", "AWSPREVIOUS")
	wantCode(t, err, "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS")
	for _, value := range []string{"two", "three"} {
		if again := putSecret(t, b, "hook", value); again != arn {
			t.Errorf("the ARN changed from %s to %s", arn, again)
		}
		got := map[string]string{}
		for _, stage := range []string{"", "AWSCURRENT", "AWSPREVIOUS"} {
			out, err := get(t, b, arn, "", stage)
			if err != nil {
				t.Fatalf("%q: %v", stage, err)
			}
			got[stage] = *out.SecretString
			byID, err := get(t, b, arn, *out.VersionId, stage)
			if err != nil || *byID.SecretString != *out.SecretString {
				t.Errorf("%q by its id: %v", stage, err)
			}
		}
		want := map[string]string{"": value, "AWSCURRENT": value, "AWSPREVIOUS": map[string]string{"two": "one", "three": "two"}[value]}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", value, diff)
		}
	}
	_, err = get(t, b, arn, *first.VersionId, "")
	wantCode(t, err, "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for VersionId: "+*first.VersionId)
}

func TestBinarySecret(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	arn, err := b.PutBinarySecret("hook", []byte{0, 255})
	if err != nil {
		t.Fatal(err)
	}
	got, err := get(t, b, arn, "", "")
	if err != nil || got.SecretString != nil || string(got.SecretBinary) != "\x00\xff" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestSecretErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	arn := putSecret(t, b, "hook", "one")
	now, err := get(t, b, arn, "", "")
	if err != nil {
		t.Fatal(err)
	}
	const (
		missing  = "Secrets Manager can't find the specified secret."
		name     = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
		violated = "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have length between 1 and %d"
	)
	for _, tt := range []struct{ secret, id, stage, code, message string }{
		{arn, "", "", "", ""},
		{"other", "", "", "ResourceNotFoundException", missing},
		{arn[:len(arn)-1], "", "", "ResourceNotFoundException", missing},
		{strings.Replace(arn, "eu-west-1", "eu-west-2", 1), "", "", "ResourceNotFoundException", missing},
		{arn, "", "AWSPENDING", "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSPENDING"},
		{arn, *now.VersionId, "AWSPREVIOUS", "InvalidRequestException", "You provided a VersionStage that is not associated to the provided VersionId."},
		{"a b", "", "", "ValidationException", name},
		{"", "", "", "ValidationException", fmt.Sprintf(violated, "secretId", 2048)},
		{long(2049), "", "", "ValidationException", fmt.Sprintf(violated, "secretId", 2048)},
		{arn, "", long(257), "ValidationException", fmt.Sprintf(violated, "versionStage", 256)},
	} {
		_, err := b.manager.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{
			SecretId: &tt.secret, VersionId: optional(tt.id), VersionStage: optional(tt.stage),
		})
		wantCode(t, err, tt.code, tt.message)
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return aws.String(s)
}
