package login_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"callback-completer/internal/login"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	arn    = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/people/50dc6c495c0c9188"
	keyID  = "a0b1c2d3-0123-4567-89ab-CDEF01234567"
	keyURL = "https://public-keys.auth.elb.eu-west-1.amazonaws.com/" + keyID
	canary = "CANARY-somebody"
)

// noon is when the tests play, but those that say otherwise.
var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// The header and the claims as a load balancer writes them, for two minutes.
const (
	goodHeader = `{"typ":"JWT","kid":"` + keyID + `","alg":"ES256","iss":"https://id.example.com/pool","client":"client-1","signer":"` + arn + `","exp":1795867320}`
	goodClaims = `{"sub":"` + canary + `","email":"bob@example.com","email_verified":"true","exp":1795867320,"iss":"https://id.example.com/pool"}`
)

func newKey(tb testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// public is a key as AWS publishes it.
func public(tb testing.TB, key any) []byte {
	tb.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func encode(text string) string { return base64.URLEncoding.EncodeToString([]byte(text)) }

// raw is a signature as a load balancer writes it: r and s, 32 bytes each.
func raw(tb testing.TB, key *ecdsa.PrivateKey, signed string) []byte {
	tb.Helper()
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		tb.Fatal(err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature
}

func sign(tb testing.TB, key *ecdsa.PrivateKey, header, claims string) string {
	tb.Helper()
	signed := encode(header) + "." + encode(claims)
	return signed + "." + base64.URLEncoding.EncodeToString(raw(tb, key, signed))
}

// fakeStore has keys by their address.
type fakeStore struct {
	mu    sync.Mutex
	keys  map[string][]byte
	err   error // instead of an answer
	asked []string
	hangs bool
}

func (s *fakeStore) Fetch(ctx context.Context, url string) ([]byte, error) {
	s.mu.Lock()
	s.asked = append(s.asked, url)
	key, err, hangs := s.keys[url], s.err, s.hangs
	s.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	if key == nil {
		return nil, login.ErrNoKey
	}
	return key, nil
}

func (s *fakeStore) becomes(keys map[string][]byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys, s.err = keys, err
}

func (s *fakeStore) fetches() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

// house is a load balancer with its key and who checks its logins.
type house struct {
	*login.Verifier

	key   *ecdsa.PrivateKey
	store *fakeStore
	log   *bytes.Buffer
	now   time.Time
}

func newHouse(tb testing.TB, change ...func(*login.Options)) *house {
	tb.Helper()
	balancer, err := login.ParseLoadBalancer(arn)
	if err != nil {
		tb.Fatal(err)
	}
	h := &house{key: newKey(tb, elliptic.P256()), log: &bytes.Buffer{}, now: noon}
	h.store = &fakeStore{keys: map[string][]byte{keyURL: public(tb, &h.key.PublicKey)}}
	o := login.Options{
		LoadBalancer: balancer, Store: h.store, Now: func() time.Time { return h.now }, Log: slog.New(slog.NewJSONHandler(h.log, nil)),
	}
	for _, f := range change {
		f(&o)
	}
	h.Verifier = login.NewVerifier(o)
	return h
}

func with(tokens ...string) http.Header {
	return http.Header{login.HeaderData: tokens, login.HeaderIdentity: {"mallory"}, login.HeaderAccessToken: {"x"}}
}

// quiet demands that the log holds nothing of a token.
func (h *house) quiet(tb testing.TB) {
	tb.Helper()
	for _, secret := range []string{canary, keyID, "bob@", "eyJ", "mallory", "client-1"} {
		if strings.Contains(h.log.String(), secret) {
			tb.Errorf("the log tells %q: %s", secret, h.log)
		}
	}
}
