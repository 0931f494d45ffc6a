package secret_test

import (
	"testing"

	"callback-completer/internal/local/secrets"
)

func TestUnfitParameters(t *testing.T) {
	t.Parallel()
	b := newBench()
	const want = ": the parameter is no SecureString, so it is kept without encryption; create it anew as one"
	for name, kind := range map[string]secrets.Kind{"plain": secrets.String, "list": secrets.StringList} {
		arn := b.putParameter(t, name, kind, canary)
		b.wantRefused(t, reference(t, arn), "GetParameter of "+arn+want)
	}
	gone := "arn:aws:ssm:eu-west-1:" + account + ":parameter/gone"
	b.wantRefused(t, reference(t, gone), "GetParameter of "+gone+": ParameterNotFound")
}
