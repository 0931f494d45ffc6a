package stepfunctions

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"callback-completer/internal/local/awsjson"
)

// Limits of the service model and of
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html.
// All lengths are counted in bytes of UTF-8, which never accepts what AWS would refuse.
const (
	maxToken      = 2048
	maxData       = 262_144 // input, output and every document between states
	maxError      = 256
	maxCause      = 32_768
	maxName       = 80
	maxARN        = 256
	maxDefinition = 1 << 20
	maxPageToken  = 1024
	maxPage       = 1000
	maxEvents     = 25_000
)

// violations collects what a request breaks, in AWS's words. Values are never quoted: a token is a secret.
type violations []string

func (v *violations) add(member, constraint string) {
	*v = append(*v, fmt.Sprintf("Value at '%s' failed to satisfy constraint: %s", member, constraint))
}

func (v *violations) length(member, value string, least, most int) {
	switch {
	case len(value) < least:
		v.add(member, fmt.Sprintf("Member must have length greater than or equal to %d", least))
	case len(value) > most:
		v.add(member, fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
}

// required reports a member that is absent or null.
func (v *violations) required(member string, value *string) {
	if value == nil {
		*v = append(*v, fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", member))
	}
}

func (v *violations) err() error {
	switch n := len(*v); n {
	case 0:
		return nil
	case 1:
		return awsjson.Errorf("ValidationException", "1 validation error detected: %s", (*v)[0])
	default:
		return awsjson.Errorf("ValidationException", "%d validation errors detected: %s", n, strings.Join(*v, "; "))
	}
}

// validJSON is RFC 8259: one value, in UTF-8.
func validJSON(s string) bool { return utf8.ValidString(s) && json.Valid([]byte(s)) }

// checkName applies the characters that AWS refuses in names of state machines and executions.
func checkName(name string) error {
	for _, r := range name {
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>{}[]?*\"#%\\^|~`$&,;:/", r) {
			return awsjson.Errorf("InvalidName", "Invalid Name: '%s'", name)
		}
	}
	return nil
}

// checkARN accepts an ARN of this kind of resource ("stateMachine", "execution"), of any account and region.
func checkARN(arn, kind string, parts int) error {
	fields := strings.Split(arn, ":")
	if fields[0] != "arn" {
		return awsjson.Errorf("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: %s'", arn)
	}
	if len(fields) != parts || fields[2] != "states" || fields[5] != kind {
		return awsjson.Errorf("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: %s'", arn)
	}
	return nil
}

func checkMachineARN(arn string) error   { return checkARN(arn, "stateMachine", 7) }
func checkExecutionARN(arn string) error { return checkARN(arn, "execution", 8) }
