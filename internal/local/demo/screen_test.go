package demo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScreenHidesSecrets(t *testing.T) {
	t.Parallel()
	out := newPrinted()
	s := &screen{w: out, color: true}
	s.hide(secret{tokenKind, "a-token"})
	s.hide(secret{signatureKind, "another"})
	s.line("%s and %s", s.paint(bold, `{"taskToken":"a-token"}`), "another-one")
	const want = "\x1b[1m{\"taskToken\":\"[token 1f6076e3a47b]\"}\x1b[0m and [signature ae448ac86c4e]-one\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}
