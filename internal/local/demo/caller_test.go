package demo

import "testing"

func TestReply(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		reply reply
		want  string
	}{
		{reply{status: 200, body: `{"status":"delivered"}`}, "200 delivered"},
		{reply{status: 409, body: `{"type":"urn:callback-completer:problem:Conflict","title":"Conflict","status":409}`}, "409 Conflict"},
		{reply{status: 403, body: `{"message":"Forbidden"}`}, "403 Forbidden"},
		{reply{status: 502, body: `Bad Gateway`}, "502"},
		{reply{status: 204}, "204"},
	} {
		if got := test.reply.String(); got != test.want {
			t.Errorf("%s: %q, not %q", test.reply.body, got, test.want)
		}
	}
}
