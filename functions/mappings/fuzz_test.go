package mappings_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

// FuzzShipped runs the shipped mappings, together and one by one, over samples with changed bytes: whatever comes,
// they take it, ignore it or refuse it with a documented code, and none panics.
func FuzzShipped(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.payload)
	}
	programs := shipped(f)
	all := engine(f, programs...)
	engines := []*mapping.Engine{all}
	for _, p := range programs {
		engines = append(engines, engine(f, p))
	}
	codes := []callback.Code{"NoMapping", "MappingFailed", "InvalidPayload", "InvalidCallback", "InvalidTaskToken", "OutputTooLarge"}
	f.Fuzz(func(t *testing.T, payload string) {
		for _, e := range engines {
			m, err := mapped(t, e, payload)
			if len(m.Callbacks) > 1 {
				t.Fatalf("%s: %d callbacks of one payload", m.Mapping, len(m.Callbacks))
			}
			if err == nil {
				continue
			}
			var refusal *callback.Error
			if !errors.As(err, &refusal) || refusal.Kind != callback.Permanent || !slices.Contains(codes, refusal.Code) {
				t.Fatalf("%s: %v", m.Mapping, err)
			}
			if strings.Contains(refusal.Message, "panicked") {
				t.Fatalf("%s panics", m.Mapping)
			}
		}
	})
}
