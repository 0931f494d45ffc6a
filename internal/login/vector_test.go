package login_test

import (
	"testing"

	"callback-completer/internal/login"
)

// A key and a token that Python's cryptography package made, in the form that AWS describes. The private key is kept nowhere.
const (
	vectorKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAElTWYvGhtQc/+EgauDFd0V4U0m7Rc
izNhruJ/AgfOBHzyicyAu3jc3GchUI8lZyBUSGVpJn58BZt42ldtKURyQQ==
-----END PUBLIC KEY-----
`
	vectorToken = "eyJ0eXAiOiJKV1QiLCJraWQiOiJhMGIxYzJkMy0wMTIzLTQ1NjctODlhYi1DREVGMDEyMzQ1NjciLCJhbGciOiJFUzI1NiIsImlzcyI6Imh0dHBzOi8vaWQuZXhhbXBsZS5jb20vcG9vbCIsImNsaWVudCI6ImNsaWVudC0xIiwic2lnbmVyIjoiYXJuOmF3czplbGFzdGljbG9hZGJhbGFuY2luZzpldS13ZXN0LTE6MTIzNDU2Nzg5MDEyOmxvYWRiYWxhbmNlci9hcHAvcGVvcGxlLzUwZGM2YzQ5NWMwYzkxODgiLCJleHAiOjE3OTU4NjczMjB9." +
		"eyJzdWIiOiI3ZjVkMWYwZS0xIiwiZW1haWxfdmVyaWZpZWQiOiJ0cnVlIiwiZW1haWwiOiJib2JAZXhhbXBsZS5jb20iLCJ1c2VybmFtZSI6ImJvYiIsImV4cCI6MTc5NTg2NzMyMCwiaXNzIjoiaHR0cHM6Ly9pZC5leGFtcGxlLmNvbS9wb29sIn0=." +
		"vvJ8m9ANZ7ueZUicPSl7N9hy3YNhY2xWhYCfTnlGFH4HIloGIVYqR6ZkARaHYP7iPi2Y5HISb4K34OagST8g9g=="
)

// TestATokenOfAnotherLibrary: the tests' own signatures could be wrong in the same way as the check.
func TestATokenOfAnotherLibrary(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.store.becomes(map[string][]byte{keyURL: []byte(vectorKey)}, nil)
	want := login.Person{Subject: "7f5d1f0e-1", Email: "bob@example.com"}
	if got, ok, err := h.Verify(t.Context(), with(vectorToken)); !ok || got != want {
		t.Errorf("%+v, %v, %v", got, ok, err)
	}
}
