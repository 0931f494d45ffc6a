package webhook_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/webhook"
)

const (
	// referenceForms ends every error.
	referenceForms = ". A reference is arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME[:json-key[:version-stage]] or arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME"

	secretARN    = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:partner/acme-AbCdEf"
	parameterARN = "arn:aws:ssm:eu-west-1:111122223333:parameter/partner/acme"
)

func TestParseReference(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want webhook.Reference
	}{
		{secretARN, webhook.Reference{Service: "secretsmanager", Region: "eu-west-1", ARN: secretARN}},
		{secretARN + ":signing", webhook.Reference{Service: "secretsmanager", Region: "eu-west-1", ARN: secretARN, Key: "signing"}},
		{
			secretARN + ":signing:AWSPREVIOUS",
			webhook.Reference{Service: "secretsmanager", Region: "eu-west-1", ARN: secretARN, Key: "signing", Stage: "AWSPREVIOUS"},
		},
		{secretARN + "::AWSPREVIOUS", webhook.Reference{Service: "secretsmanager", Region: "eu-west-1", ARN: secretARN, Stage: "AWSPREVIOUS"}},
		// As ECS wants them.
		{secretARN + ":signing::", webhook.Reference{Service: "secretsmanager", Region: "eu-west-1", ARN: secretARN, Key: "signing"}},
		{secretARN + "::AWSPREVIOUS:", webhook.Reference{Service: "secretsmanager", Region: "eu-west-1", ARN: secretARN, Stage: "AWSPREVIOUS"}},
		{secretARN + ":::", webhook.Reference{Service: "secretsmanager", Region: "eu-west-1", ARN: secretARN}},
		{
			"arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:a+b=c.d@e_f-g",
			webhook.Reference{Service: "secretsmanager", Region: "us-gov-west-1", ARN: "arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:a+b=c.d@e_f-g"},
		},
		{parameterARN, webhook.Reference{Service: "ssm", Region: "eu-west-1", ARN: parameterARN}},
		{
			"arn:aws-cn:ssm:cn-north-1:111122223333:parameter/acme",
			webhook.Reference{Service: "ssm", Region: "cn-north-1", ARN: "arn:aws-cn:ssm:cn-north-1:111122223333:parameter/acme"},
		},
	}
	for _, test := range tests {
		got, err := webhook.ParseReference(test.text)
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", test.text, err, diff)
		}
		if want := strings.TrimRight(test.text, ":"); got.String() != want {
			t.Errorf("%s became %s", test.text, got)
		}
	}
}

func TestWrongReferences(t *testing.T) {
	t.Parallel()
	const (
		noARN     = "it is no ARN"
		partition = "its partition is none, such as aws or aws-cn"
		region    = "its region is none, such as eu-west-1"
		account   = "its account is not 12 digits"
		service   = "its service is neither secretsmanager nor ssm"
		secret    = "what follows its account is not secret:NAME"
		parameter = "what follows its account is not parameter/NAME; it can have neither a key nor a version"
		key       = "its json-key is over-long or not of visible ASCII characters"
		stage     = "its version-stage is none, such as AWSCURRENT or AWSPREVIOUS"
		version   = "it asks for a fixed version, which could never be exchanged"
		colon     = "it ends in a colon"
	)
	tests := []struct{ text, want string }{
		{"", noARN},
		{"whsec_CANARYm4Xq7Zt0Lw9Rb2Kd8Vs5", noARN},
		{"partner/acme", noARN},
		{"/partner/acme", noARN},
		{"arn:", noARN},
		{"arn:aws:secretsmanager:eu-west-1:111122223333", noARN},
		{"ARN:aws:secretsmanager:eu-west-1:111122223333:secret:a", noARN},
		{" " + secretARN, noARN},
		{"{{resolve:secretsmanager:partner:SecretString:key:stage:v}}", noARN},
		{"arn::secretsmanager:eu-west-1:111122223333:secret:a", partition},
		{"arn:AWS:secretsmanager:eu-west-1:111122223333:secret:a", partition},
		{"arn:awsome:secretsmanager:eu-west-1:111122223333:secret:a", partition},
		{"arn:gcp:secretsmanager:eu-west-1:111122223333:secret:a", partition},
		{"arn:aws-" + strings.Repeat("x", 29) + ":secretsmanager:eu-west-1:111122223333:secret:a", partition},
		{"arn:aws:secretsmanager::111122223333:secret:a", region},
		{"arn:aws:secretsmanager:*:111122223333:secret:a", region},
		{"arn:aws:secretsmanager:eu_west_1:111122223333:secret:a", region},
		{"arn:aws:secretsmanager:evil.example/eu-west-1:111122223333:secret:a", region},
		{"arn:aws:secretsmanager:eu-west-" + strings.Repeat("1", 25) + ":111122223333:secret:a", region},
		{"arn:aws:secretsmanager:eu-west-1::secret:a", account},
		{"arn:aws:secretsmanager:eu-west-1:11112222333:secret:a", account},
		{"arn:aws:secretsmanager:eu-west-1:1111222233334:secret:a", account},
		{"arn:aws:secretsmanager:eu-west-1:11112222333x:secret:a", account},
		{"arn:aws:secretsmanager:eu-west-1:${AWS::AccountId}:secret:a", account},
		{"arn:aws:s3:eu-west-1:111122223333:secret:a", service},
		{"arn:aws:SSM:eu-west-1:111122223333:parameter/a", service},
		{"arn:aws:kms:eu-west-1:111122223333:key/a", service},
		{"arn:aws:secretsmanager:eu-west-1:111122223333:secret", secret},
		{"arn:aws:secretsmanager:eu-west-1:111122223333:secret:", secret},
		{"arn:aws:secretsmanager:eu-west-1:111122223333:secret:*", secret},
		{"arn:aws:secretsmanager:eu-west-1:111122223333:secret:a b", secret},
		{"arn:aws:secretsmanager:eu-west-1:111122223333:secret:\u00e9", secret},
		{"arn:aws:secretsmanager:eu-west-1:111122223333:secret:" + strings.Repeat("n", 520), secret},
		{"arn:aws:secretsmanager:eu-west-1:111122223333:parameter/a", secret},
		{secretARN + ":key:stage:::", secret},
		{secretARN + "\n", secret},
		{secretARN + ":", colon},
		{secretARN + "::", colon},
		{secretARN + ":key:", colon},
		{secretARN + ":key:stage:0d1e2f3a", version},
		{secretARN + ":::0d1e2f3a", version},
		{secretARN + ":a key", key},
		{secretARN + ":key\n", key},
		{secretARN + ":" + strings.Repeat("k", 257), key},
		{secretARN + ":key:a stage", stage},
		{secretARN + ":key:" + strings.Repeat("s", 257), stage},
		{"arn:aws:ssm:eu-west-1:111122223333:parameter", parameter},
		{"arn:aws:ssm:eu-west-1:111122223333:parameter/", parameter},
		{"arn:aws:ssm:eu-west-1:111122223333:parameter//a", parameter},
		{"arn:aws:ssm:eu-west-1:111122223333:parameter/a/", parameter},
		{"arn:aws:ssm:eu-west-1:111122223333:parameter/a//b", parameter},
		{"arn:aws:ssm:eu-west-1:111122223333:parameter/" + strings.Repeat("n", 1012), parameter},
		{"arn:aws:ssm:eu-west-1:111122223333:secret:a", parameter},
		{parameterARN + ":3", parameter},
		{parameterARN + ":key", parameter},
		{parameterARN + "*", parameter},
	}
	for _, test := range tests {
		got, err := webhook.ParseReference(test.text)
		if want := "unusable reference to a secret: " + test.want + referenceForms; err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", test.text, err, want)
		}
		if !errors.Is(err, webhook.ErrReference) || got != (webhook.Reference{}) {
			t.Errorf("%q: %+v, %v", test.text, got, err)
		}
	}
}

// FuzzParseReference: whatever is taken is an ARN with nothing in it that an ARN cannot have, and reads the same again.
func FuzzParseReference(f *testing.F) {
	for _, text := range []string{
		secretARN, secretARN + ":key", secretARN + "::stage", secretARN + ":key:stage:", secretARN + ":::", parameterARN,
		"whsec_secret", "arn:aws:ssm:::parameter/", secretARN + ":key:stage:version",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := webhook.ParseReference(text)
		if err != nil {
			// Of all the texts that are refused, the errors have a fixed few.
			if !errors.Is(err, webhook.ErrReference) || !strings.HasSuffix(err.Error(), referenceForms) || len(err.Error()) > 400 {
				t.Fatal(err)
			}
			if len(text) >= webhook.MinSecretBytes && strings.Contains(strings.TrimSuffix(err.Error(), referenceForms), text) {
				t.Errorf("the error quotes %q: %v", text, err)
			}
			return
		}
		if r.String() != strings.TrimRight(text, ":") {
			t.Errorf("%q became %q", text, r)
		}
		again, err := webhook.ParseReference(r.String())
		if err != nil || again != r {
			t.Errorf("%q is read again as %+v, %v", r, again, err)
		}
		parts := strings.Split(r.ARN, ":")
		if parts[2] != r.Service || parts[3] != r.Region || strings.ContainsAny(r.ARN, " *?\"\\%\r\n") {
			t.Errorf("%+v", r)
		}
		if r.Service == webhook.ParameterStore && (r.Key != "" || r.Stage != "" || len(parts) != 6) {
			t.Errorf("%+v", r)
		}
		if r.Service == webhook.SecretsManager && len(parts) != 7 {
			t.Errorf("%+v", r)
		}
	})
}
