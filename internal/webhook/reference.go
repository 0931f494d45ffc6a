package webhook

import (
	"errors"
	"fmt"
	"strings"
)

// The services that a [Reference] may point into, as ARNs name them.
const (
	SecretsManager = "secretsmanager"
	ParameterStore = "ssm"
)

// ErrReference is what every error of [ParseReference] is. Their texts say what is wrong and what a reference looks
// like, and never quote the text: it could be the secret itself, entered in the wrong place.
var ErrReference = errors.New("unusable reference to a secret")

const (
	referenceForms = "A reference is arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME[:json-key[:version-stage]] " +
		"or arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME"

	lower   = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
	letters = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits

	maxSecretName    = 512 + len("-AbCdEf") // CreateSecret's limit, and what Secrets Manager appends in the ARN
	maxParameterName = 1011                 // PutParameter's limit
	maxStage         = 256                  // UpdateSecretVersionStage's limit; for a key, which has none, as good
)

// Reference says where a secret is kept. There is nothing secret in it.
type Reference struct {
	// Service is [SecretsManager] or [ParameterStore].
	Service string
	// Region is the one in the ARN; the function may run in another.
	Region string
	// ARN is what the service is asked for.
	ARN string
	// Key is the member to take of a secret that is a JSON object; empty if the whole text is the secret. Always empty
	// for Parameter Store.
	Key string
	// Stage is the version stage to ask for, such as AWSPREVIOUS; empty for AWSCURRENT. Always empty for Parameter Store.
	Stage string
}

// ParseReference reads a reference in the form that Amazon ECS has for a container's secrets (valueFrom):
//
//	arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME[:json-key[:version-stage]]
//	arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME
//
// The key may be empty before a stage. All of ECS's three colons may stand behind the name, with nothing behind the last:
// a fixed version is refused, as it could never be exchanged. The error is an [ErrReference].
func ParseReference(text string) (Reference, error) {
	r, err := parseReference(text)
	if err != nil {
		return Reference{}, fmt.Errorf("%w: %w. %s", ErrReference, err, referenceForms)
	}
	return r, nil
}

func parseReference(text string) (Reference, error) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return Reference{}, fault("it is no ARN")
	}
	partition, service, region, account, resource := parts[1], parts[2], parts[3], parts[4], parts[5]
	switch {
	case partition != "aws" && !strings.HasPrefix(partition, "aws-") || !madeOf(partition, lower+"-", 32):
		return Reference{}, fault("its partition is none, such as aws or aws-cn")
	case strings.Count(region, "-") < 2 || !madeOf(region, lower+digits+"-", 32):
		return Reference{}, fault("its region is none, such as eu-west-1")
	case len(account) != 12 || !within(account, '0', '9'):
		return Reference{}, fault("its account is not 12 digits")
	}
	r := Reference{Service: service, Region: region}
	prefix := strings.Join(parts[:5], ":") + ":"
	switch service {
	case SecretsManager:
		return r.ofSecret(prefix, resource)
	case ParameterStore:
		return r.ofParameter(prefix, resource)
	default:
		return Reference{}, fault("its service is neither secretsmanager nor ssm")
	}
}

func (r Reference) ofSecret(prefix, resource string) (Reference, error) {
	parts := strings.Split(resource, ":")
	if len(parts) < 2 || len(parts) > 5 || parts[0] != "secret" || !madeOf(parts[1], letters+"/_+=.@-", maxSecretName) {
		return Reference{}, fault("what follows its account is not secret:NAME")
	}
	r.ARN = prefix + "secret:" + parts[1]
	if len(parts) == 5 {
		if parts[4] != "" {
			return Reference{}, fault("it asks for a fixed version, which could never be exchanged")
		}
		parts = parts[:4]
	} else if len(parts) > 2 && parts[len(parts)-1] == "" {
		return Reference{}, fault("it ends in a colon")
	}
	if len(parts) > 2 {
		r.Key = parts[2]
	}
	if len(parts) > 3 {
		r.Stage = parts[3]
	}
	switch {
	case len(r.Key) > maxStage || !within(r.Key, '!', '~'):
		return Reference{}, fault("its json-key is over-long or not of visible ASCII characters")
	case r.Stage != "" && !madeOf(r.Stage, letters+"/_+=.@-", maxStage):
		return Reference{}, fault("its version-stage is none, such as AWSCURRENT or AWSPREVIOUS")
	}
	return r, nil
}

func (r Reference) ofParameter(prefix, resource string) (Reference, error) {
	name, ok := strings.CutPrefix(resource, "parameter/")
	if !ok || !madeOf(name, letters+"_.-/", maxParameterName) || strings.Contains("/"+name+"/", "//") {
		return Reference{}, fault("what follows its account is not parameter/NAME; it can have neither a key nor a version")
	}
	r.ARN = prefix + resource
	return r, nil
}

// String returns the text that [ParseReference] reads, without colons at its end.
func (r Reference) String() string {
	switch {
	case r.Stage != "":
		return r.ARN + ":" + r.Key + ":" + r.Stage
	case r.Key != "":
		return r.ARN + ":" + r.Key
	default:
		return r.ARN
	}
}

// madeOf reports whether text consists of one to most of the characters.
func madeOf(text, characters string, most int) bool {
	return text != "" && len(text) <= most && strings.Trim(text, characters) == ""
}
