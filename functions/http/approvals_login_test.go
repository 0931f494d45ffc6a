package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/config"
	"callback-completer/internal/login"
)

const (
	balancerARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/people/50dc6c495c0c9188"
	balancerKey = "a0b1c2d3-0123-4567-89ab-cdef01234567"
	// canaryClaim is in the claims of everybody who is logged in.
	canaryClaim = "CANARY-CLAIM"
)

// signIn is how a load balancer adds who is logged in, and where its keys are.
type signIn struct {
	key *ecdsa.PrivateKey

	mu      sync.Mutex
	fetched []string
	down    bool
}

func (s *signIn) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetched = append(s.fetched, r.URL.String())
	if s.down {
		return nil, errors.New("no route to " + r.URL.String())
	}
	answer := &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody, Request: r}
	if r.URL.String() == "https://public-keys.auth.elb.eu-west-1.amazonaws.com/"+balancerKey {
		der, err := x509.MarshalPKIXPublicKey(&s.key.PublicKey)
		if err != nil {
			return nil, err
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		answer.StatusCode, answer.Body = http.StatusOK, io.NopCloser(strings.NewReader(string(text)))
	}
	return answer, nil
}

func (s *signIn) breaks(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// token signs claims as this load balancer, for two minutes.
func (s *signIn) token(t *testing.T, arn, claims string) string {
	t.Helper()
	end := time.Now().Add(2 * time.Minute).Unix()
	header := fmt.Sprintf(`{"typ":"JWT","kid":%q,"alg":"ES256","iss":"https://id.example.com","client":"client-1","signer":%q,"exp":%d}`, balancerKey, arn, end)
	encode := base64.URLEncoding.EncodeToString
	signed := encode([]byte(header)) + "." + encode([]byte(claims))
	digest := sha256.Sum256([]byte(signed))
	a, b, err := ecdsa.Sign(rand.Reader, s.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 64)
	a.FillBytes(signature[:32])
	b.FillBytes(signature[32:])
	return signed + "." + encode(signature)
}

// claims are those of somebody, whose mail address is verified.
func claims(subject, mail string) string {
	return fmt.Sprintf(`{"sub":%q,"email":%q,"email_verified":"true","name":%q}`, subject, mail, canaryClaim)
}

// as adds a login to a request, with the headers that nobody signs.
func as(request wire, token string) wire {
	request.header = maps.Clone(request.header)
	if request.header == nil {
		request.header = http.Header{}
	}
	maps.Copy(request.header, header(map[string]string{
		"x-amzn-oidc-data": token, "x-amzn-oidc-identity": "somebody-else", "x-amzn-oidc-accesstoken": canaryClaim,
		"cookie": "AWSELBAuthSessionCookie-0=" + strings.Repeat("c", 4000) + "; AWSELBAuthSessionCookie-1=" + strings.Repeat("c", 4000),
	}))
	return request
}

// newBalanced is a function behind a load balancer that logs people in.
func newBalanced(t *testing.T, more ...func(*config.HTTP)) (*askedRig, *signIn) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &signIn{key: key}
	return newAskedWith(t, func(settings *config.HTTP) {
		settings.ApprovalsLoadBalancer, err = login.ParseLoadBalancer(balancerARN)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range more {
			f(settings)
		}
	}, &http.Client{Transport: s}), s
}

// balanced is a request through the load balancer.
func balanced(request wire) map[string]any { return doors()[3].event(request) }

// secret demands that nothing of a login is in the log.
func (r *askedRig) secret() {
	r.T.Helper()
	for _, text := range []string{canaryClaim, "eyJ", "example.com", "u-1", "u-2", "somebody-else", balancerKey} {
		if strings.Contains(r.Out.String(), text) {
			r.T.Errorf("the log tells %q: %s", text, r.Out.String())
		}
	}
	r.quiet()
}

// TestWhoIsLoggedIn decides on the page and is shown it, by the load balancer's word.
func TestWhoIsLoggedIn(t *testing.T) {
	t.Parallel()
	const forBob = `, "identity": "verified", "approvers": ["bob@example.com", "carol@example.com"], "requester": "carol@example.com", "noSelfApproval": true`
	for _, tt := range []struct {
		name, more, claims string
		status             int
		shown              bool
		id                 string
	}{
		{"who is asked", forBob, claims("u-1", "Bob@example.com"), 303, true, "Bob@example.com"},
		{"by his subject", `, "identity": "verified", "approvers": ["u-1"]`, claims("u-1", "bob@example.com"), 303, true, "bob@example.com"},
		{"where the link is enough", "", claims("u-1", "bob@example.com"), 303, true, "bob@example.com"},
		{"without an address", `, "identity": "verified"`, `{"sub":"u-1"}`, 303, true, "u-1"},
		{"a forwarded link", forBob, claims("u-2", "dave@example.com"), 403, false, ""},
		{"who asked", forBob, claims("u-3", "carol@example.com"), 403, true, ""},
		{"an address that nobody verified", forBob, `{"sub":"u-2","email":"bob@example.com","email_verified":"false"}`, 403, false, ""},
		{"not asked, though the link is enough", `, "approvers": ["carol@example.com"]`, claims("u-1", "bob@example.com"), 403, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, s := newBalanced(t)
				a := r.ask(tt.more)
				token := s.token(t, balancerARN, tt.claims)
				page := r.visit(balanced(as(wire{method: http.MethodGet, path: a.path()}, token)))
				if shown := strings.Contains(page.Body, "Deploy version 7"); shown != tt.shown {
					t.Errorf("page %+v", page)
				}
				got := r.visit(balanced(as(form(a.path(), "decision", "approve", "comment", canaryComment), token)))
				if got.Status != tt.status {
					t.Fatalf("answer %+v", got)
				}
				defer r.secret()
				if tt.status == 403 {
					r.open(a)
					return
				}
				who := told(t, r.closing(a)).Approver
				if who.ID != tt.id || who.Method != "alb-oidc" || !who.Verified {
					t.Errorf("approver %+v", who)
				}
				if !strings.Contains(r.Out.String(), `"method":"alb-oidc"`) || len(s.fetched) != 1 {
					t.Errorf("keys were fetched from %v; log %s", s.fetched, r.Out.String())
				}
			})
		})
	}
}

// TestWhoIsNotBelieved is refused, is shown nothing and decides nothing, even where the link would have been enough.
func TestWhoIsNotBelieved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, s := newBalanced(t)
		good := s.token(t, balancerARN, claims("u-1", "bob@example.com"))
		later := strings.Split(good, ".")
		stranger := &signIn{}
		var err error
		if stranger.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
		forgeries := map[string]string{
			"another load balancer":  s.token(t, strings.Replace(balancerARN, "9188", "9189", 1), claims("u-1", "bob@example.com")),
			"a key of a stranger":    stranger.token(t, balancerARN, claims("u-1", "bob@example.com")),
			"none":                   forged()["x-amzn-oidc-data"],
			"another person's words": later[0] + "." + base64.URLEncoding.EncodeToString([]byte(claims("u-2", "bob@example.com"))) + "." + later[2],
			"empty":                  "",
			"two tokens":             good + "," + good,
			"white space":            good + " ",
		}
		for name, token := range forgeries {
			for _, more := range []string{"", `, "identity": "verified", "approvers": ["bob@example.com"]`} {
				a := r.ask(more)
				page := r.visit(balanced(as(wire{method: http.MethodGet, path: a.path()}, token)))
				missing := r.visit(balanced(as(wire{method: http.MethodGet, path: "/approvals/" + strings.Repeat("A", 32)}, token)))
				sent := r.visit(balanced(as(form(a.path(), "decision", "approve", "comment", canaryComment), token)))
				for _, got := range []heard{page, missing, sent} {
					if got.Status != 403 || got.Body != page.Body || !strings.Contains(got.Body, "could not be confirmed") || strings.Contains(got.Body, "Deploy version 7") {
						t.Errorf("%s, %q: %+v", name, more, got)
					}
				}
				if got := r.closing(a); got != "" {
					t.Errorf("%s, %q: %s", name, more, got)
				}
			}
		}
		twice := as(wire{method: http.MethodGet, path: r.ask("").path()}, good)
		for name := range twice.header {
			if strings.EqualFold(name, "x-amzn-oidc-data") {
				twice.header[name] = []string{good, good}
			}
		}
		if got := r.visit(balanced(twice)); got.Status != 403 {
			t.Errorf("two headers: %+v", got)
		}
		time.Sleep(2 * time.Minute)
		if got := r.visit(balanced(as(form(r.ask("").path(), "decision", "approve"), good))); got.Status != 403 {
			t.Errorf("expired: %+v", got)
		}
		for _, want := range []string{`"reason":"Signer"`, `"reason":"Signature"`, `"reason":"Malformed"`, `"reason":"Expired"`, `"Refused":1,"Trigger":"approval"`} {
			if !strings.Contains(r.Out.String(), want) {
				t.Errorf("the log lacks %s: %s", want, r.Out.String())
			}
		}
		r.secret()
	})
}

// TestLoginsThroughOtherDoors: a good token is nobody's where it did not come through the load balancer.
func TestLoginsThroughOtherDoors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, s := newBalanced(t)
		token := s.token(t, balancerARN, claims("u-1", "bob@example.com"))
		for _, d := range doors()[:3] {
			for _, more := range []string{"", `, "identity": "verified", "approvers": ["bob@example.com"]`} {
				a := r.ask(more)
				for _, request := range []wire{{method: http.MethodGet, path: a.path()}, form(a.path(), "decision", "approve")} {
					if got := r.visit(d.event(as(request, token))); got.Status != 403 || strings.Contains(got.Body, "Deploy version 7") {
						t.Errorf("%s, %q: %+v", d.name, more, got)
					}
					// Nor do those alone make somebody known that nobody signs.
					request.header = maps.Clone(request.header)
					if request.header == nil {
						request.header = http.Header{}
					}
					maps.Copy(request.header, header(map[string]string{"x-amzn-oidc-identity": "bob@example.com"}))
					if got := r.visit(d.event(request)); got.Status != 403 {
						t.Errorf("%s, %q: %+v", d.name, more, got)
					}
				}
				if got := r.closing(a); got != "" {
					t.Errorf("%s, %q: %s", d.name, more, got)
				}
			}
			a := r.ask("")
			if got := r.visit(d.event(form(a.path(), "decision", "approve"))); got.Status != 303 {
				t.Errorf("%s, without a login: %+v", d.name, got)
			}
		}
		if len(s.fetched) > 0 || !strings.Contains(r.Out.String(), `"reason":"FrontDoor"`) || strings.Contains(r.Out.String(), `"Refused":1`) {
			t.Errorf("keys %v, log %s", s.fetched, r.Out.String())
		}
		r.secret()
	})
}

// TestALoadBalancerThatLogsNobodyIn, for a rule without a login, leaves people with their link.
func TestALoadBalancerThatLogsNobodyIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, _ := newBalanced(t)
		a, verified := r.ask(""), r.ask(`, "identity": "verified"`)
		if got := r.visit(balanced(form(verified.path(), "decision", "approve"))); got.Status != 403 {
			t.Errorf("answer %+v", got)
		}
		if got := r.visit(balanced(form(a.path(), "decision", "approve"))); got.Status != 303 {
			t.Errorf("answer %+v", got)
		}
		if who := told(t, r.closing(a)).Approver; who.Verified || who.Method != "link" || r.closing(verified) != "" {
			t.Errorf("approver %+v", who)
		}
		r.secret()
	})
}

// TestFormsFromOtherSitesWithALogin: who knows the link makes a browser that is logged in send the form. The load balancer
// adds the login of the cookie, and the answer of another is not his.
func TestFormsFromOtherSitesWithALogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, s := newBalanced(t)
		a := r.ask(`, "identity": "verified", "approvers": ["bob@example.com"], "requester": "mallory@example.com", "noSelfApproval": true`)
		token := s.token(t, balancerARN, claims("u-1", "bob@example.com"))
		for name, headers := range map[string]map[string]string{
			"another site":                  {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
			"a neighbour":                   {"origin": "https://evil.example.com", "sec-fetch-site": "same-site"},
			"a frame without an origin":     {"origin": "null", "sec-fetch-site": "cross-site"},
			"an old browser":                {"origin": "https://evil.example"},
			"an old browser with no origin": {"origin": "null"},
		} {
			request := as(form(a.path(), "decision", "approve"), token)
			for name := range request.header {
				if lower := strings.ToLower(name); lower == "origin" || lower == "sec-fetch-site" {
					delete(request.header, name)
				}
			}
			maps.Copy(request.header, header(headers))
			if got := r.visit(balanced(request)); got.Status != 403 {
				t.Errorf("%s: %+v", name, got)
			}
		}
		r.open(a)
		if len(s.fetched) > 0 {
			t.Errorf("keys were fetched for them: %v", s.fetched)
		}
		if got := r.visit(balanced(as(form(a.path(), "decision", "approve"), token))); got.Status != 303 {
			t.Errorf("his own: %+v", got)
		}
		r.secret()
	})
}

// TestKeysThatCannotBeFetched: nobody is let in, nothing is lost, and the next try may succeed.
func TestKeysThatCannotBeFetched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, s := newBalanced(t)
		a := r.ask(`, "identity": "verified"`)
		s.breaks(true)
		token := s.token(t, balancerARN, claims("u-1", "bob@example.com"))
		page := r.visit(balanced(as(wire{method: http.MethodGet, path: a.path()}, token)))
		sent := r.visit(balanced(as(form(a.path(), "decision", "approve", "comment", canaryComment), token)))
		for _, got := range []heard{page, sent} {
			if got.Status != 503 || got.Header.Get("Retry-After") == "" || strings.Contains(got.Body, "Deploy version 7") {
				t.Errorf("answer %+v", got)
			}
		}
		if !strings.Contains(sent.Body, "CANARY-COMMENT looks &lt;b&gt;good") {
			t.Errorf("the comment is lost: %s", sent.Body)
		}
		r.open(a)
		if !strings.Contains(r.Out.String(), "a login cannot be checked") || !strings.Contains(r.Out.String(), `"ApprovalsUnanswered":1`) {
			t.Errorf("log %s", r.Out.String())
		}
		s.breaks(false)
		time.Sleep(5 * time.Second)
		if got := r.visit(balanced(as(form(a.path(), "decision", "approve"), s.token(t, balancerARN, claims("u-1", "bob@example.com"))))); got.Status != 303 {
			t.Errorf("answer %+v", got)
		}
		r.secret()
	})
}

// TestTheLoginsClient is demanded where it is named.
func TestTheLoginsClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for client, status := range map[string]int{"client-1": 303, "client-2": 403} {
			r, s := newBalanced(t, func(settings *config.HTTP) { settings.ApprovalsLoginClient = client })
			token := s.token(t, balancerARN, claims("u-1", "bob@example.com"))
			if got := r.visit(balanced(as(form(r.ask("").path(), "decision", "approve"), token))); got.Status != status {
				t.Errorf("%s: %+v", client, got)
			}
		}
	})
}

// TestThePagesDemandTheAuthorizer whatever route let the request through.
func TestThePagesDemandTheAuthorizer(t *testing.T) {
	t.Parallel()
	token := jwt(map[string]any{"sub": "u-1", "email": "bob@example.com", "email_verified": "true"})
	custom := map[string]any{"lambda": map[string]any{"principalId": "bob"}}
	for _, tt := range []struct {
		demands    config.Authorizer
		authorizer map[string]any
		status     int
	}{
		{config.JWTAuthorizer, token, 303},
		{config.JWTAuthorizer, caller(), 403},
		{config.JWTAuthorizer, custom, 403},
		{config.JWTAuthorizer, nil, 403},
		{config.IAMAuthorizer, caller(), 303},
		{config.IAMAuthorizer, token, 403},
		{config.IAMAuthorizer, nil, 403},
		{config.NoAuthorizer, nil, 303},
		{config.APIKeyAuthorizer, nil, 403},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newAskedWith(t, func(s *config.HTTP) { s.ApprovalsAuthorizer = tt.demands }, http.DefaultClient)
			a := r.ask("")
			page := r.visit(by(doors()[0].event(wire{method: http.MethodGet, path: a.path()}), tt.authorizer))
			got := r.visit(by(doors()[0].event(form(a.path(), "decision", "approve")), tt.authorizer))
			if got.Status != tt.status || (page.Status == 200) != (tt.status == 303) {
				t.Errorf("%s of %v: %d, %d", tt.demands, tt.authorizer, page.Status, got.Status)
			}
			if closed := r.closing(a) != ""; closed != (tt.status == 303) {
				t.Errorf("%s of %v: closed is %v", tt.demands, tt.authorizer, closed)
			}
			r.quiet()
		})
	}
}
