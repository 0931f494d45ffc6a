package secrets_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"callback-completer/internal/local/secrets"
)

const ssmARN = "arn:aws:ssm:eu-west-1:123456789012:parameter/"

func putParameter(t *testing.T, b bench, name string, kind secrets.Kind, value string) {
	t.Helper()
	arn, err := b.PutParameter(name, kind, value)
	if err != nil {
		t.Fatal(err)
	}
	if want := ssmARN + strings.TrimPrefix(name, "/"); arn != want {
		t.Errorf("the ARN is %s, want %s", arn, want)
	}
}

func TestGetParameter(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	began := time.Now()
	putParameter(t, b, "/acme/hook", secrets.SecureString, "one")
	putParameter(t, b, "/acme/hook", secrets.SecureString, "two")
	putParameter(t, b, "plain", secrets.String, "open")
	putParameter(t, b, "/list", secrets.StringList, "a,b")
	hook := func(version int64, value string) *types.Parameter {
		return &types.Parameter{
			ARN: aws.String(ssmARN + "acme/hook"), DataType: aws.String("text"), Name: aws.String("/acme/hook"),
			Type: types.ParameterTypeSecureString, Value: &value, Version: version,
		}
	}
	selected := hook(1, "one")
	selected.Selector = aws.String(":1")
	plain := &types.Parameter{
		ARN: aws.String(ssmARN + "plain"), DataType: aws.String("text"), Name: aws.String("plain"),
		Type: types.ParameterTypeString, Value: aws.String("open"), Version: 1,
	}
	list := &types.Parameter{
		ARN: aws.String(ssmARN + "list"), DataType: aws.String("text"), Name: aws.String("/list"),
		Type: types.ParameterTypeStringList, Value: aws.String("a,b"), Version: 1,
	}
	for _, tt := range []struct {
		name    string
		decrypt bool
		want    *types.Parameter
	}{
		{"/acme/hook", true, hook(2, "two")},
		{ssmARN + "acme/hook", true, hook(2, "two")},
		{" /acme/hook ", true, hook(2, "two")},
		{"/acme/hook", false, hook(2, "ZW5jcnlwdGVkIGJ5IHRoZSBzdGFuZC1pbg==")},
		{"/acme/hook:1", true, selected},
		{ssmARN + "acme/hook:1", true, selected},
		{"plain", true, plain},
		{"plain", false, plain},
		{"/plain", false, plain},
		{ssmARN + "plain", false, plain},
		{"/list", true, list},
	} {
		got, err := b.store.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &tt.name, WithDecryption: &tt.decrypt})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		ignored := []cmp.Option{cmpopts.IgnoreFields(types.Parameter{}, "LastModifiedDate"), cmpopts.IgnoreUnexported(types.Parameter{})}
		if diff := cmp.Diff(tt.want, got.Parameter, ignored...); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if got.Parameter.LastModifiedDate.Sub(began).Abs() > time.Minute {
			t.Errorf("%s was modified at %v", tt.name, got.Parameter.LastModifiedDate)
		}
	}
}

func TestParameterErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	putParameter(t, b, "/acme/hook", secrets.SecureString, "one")
	const (
		name = `Parameter name: can't be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of ` +
			"sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_"
		length = "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must have length between 1 and 2048"
		other  = "arn:aws:ssm:eu-west-2:123456789012:parameter/acme/hook"
	)
	for _, tt := range []struct{ name, code, message string }{
		{"/acme/hook", "", ""},
		{"/acme", "ParameterNotFound", "Parameter /acme not found."},
		{ssmARN + "none", "ParameterNotFound", "Parameter " + ssmARN + "none not found."},
		{other, "ParameterNotFound", "Parameter " + other + " not found."},
		{"/acme/hook:2", "ParameterVersionNotFound", "Systems Manager could not find version 2 of /acme/hook. Verify the version and try again."},
		{"/acme/hook:x", "ParameterVersionNotFound", "Systems Manager could not find version x of /acme/hook. Verify the version and try again."},
		{"/acme/hook:0", "ParameterVersionNotFound", "Systems Manager could not find version 0 of /acme/hook. Verify the version and try again."},
		{"a b", "ValidationException", name},
		{"", "ValidationException", length},
		{long(2049), "ValidationException", length},
	} {
		_, err := b.store.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &tt.name})
		wantCode(t, err, tt.code, tt.message)
	}
}
