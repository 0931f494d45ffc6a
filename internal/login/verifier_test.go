package login_test

import (
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/login"
)

func TestALogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bob := login.Person{Subject: canary, Email: "bob@example.com"}
	bare := login.Person{Subject: canary}
	long := canary + strings.Repeat("x", 1000)
	tests := []struct {
		name, header, claims string
		want                 login.Person
	}{
		{"as Cognito writes it", goodHeader, goodClaims, bob},
		{"a claim that is no string", goodHeader, `{"sub":"` + canary + `","email":"bob@example.com","email_verified":true}`, bob},
		{"an address that nobody verified", goodHeader, `{"sub":"` + canary + `","email":"bob@example.com","email_verified":"false"}`, bare},
		{"an address of which nothing is said", goodHeader, `{"sub":"` + canary + `","email":"bob@example.com"}`, bare},
		{"nearly true", goodHeader, `{"sub":"` + canary + `","email":"bob@example.com","email_verified":"True"}`, bare},
		{"a number for true", goodHeader, `{"sub":"` + canary + `","email":"bob@example.com","email_verified":1}`, bare},
		{"a list of true", goodHeader, `{"sub":"` + canary + `","email":"bob@example.com","email_verified":[true]}`, bare},
		{"an address that is no string", goodHeader, `{"sub":"` + canary + `","email":["bob@example.com"],"email_verified":true}`, bare},
		{"an address with what cannot be seen", goodHeader, `{"sub":"` + canary + `","email":"bob\u202e@example.com","email_verified":true}`, bare},
		{"an empty address", goodHeader, `{"sub":"` + canary + `","email":"","email_verified":true}`, bare},
		{"other claims", goodHeader, `{"sub":"` + canary + `","groups":["a","b"],"address":{"country":"CH"},"n":1e400}`, bare},
		{"white space", " " + goodHeader + "\n", "\t" + goodClaims + " ", bob},
		{"a long name", goodHeader, `{"sub":"` + long + `"}`, login.Person{Subject: long}},
		{"a good second", strings.Replace(goodHeader, "1795867320", "1795867201", 1), `{"sub":"` + canary + `"}`, bare},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := sign(t, h.key, tt.header, tt.claims)
			for form, token := range map[string]string{"padded": text, "as the standard wants it": strings.ReplaceAll(text, "=", "")} {
				if form != "padded" { // the signature is of the text
					signed := token[:strings.LastIndexByte(token, '.')]
					token = signed + "." + base64.RawURLEncoding.EncodeToString(raw(t, h.key, signed))
				}
				got, ok, err := h.Verify(t.Context(), with(token))
				if err != nil || !ok || got != tt.want {
					t.Errorf("%s: %+v, %v, %v", form, got, ok, err)
				}
			}
		})
	}
}

func TestNobodyIsLoggedIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, headers := range []http.Header{nil, {}, {"Authorization": {"Bearer x"}}, {"X-Amzn-Oidc": {"x"}}} {
		if who, ok, err := h.Verify(t.Context(), headers); ok || err != nil || who != (login.Person{}) {
			t.Errorf("%v: %+v, %v, %v", headers, who, ok, err)
		}
	}
	if n := h.store.fetches(); n > 0 {
		t.Errorf("%d keys were fetched", n)
	}
}

// TestForgeries: whatever is there and not a good token of the load balancer is refused, by its reason.
func TestForgeries(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := sign(t, h.key, goodHeader, goodClaims)
	parts := strings.Split(good, ".")
	changed := func(old, with string) string {
		return sign(t, h.key, strings.Replace(goodHeader, old, with, 1), goodClaims)
	}
	claiming := func(claims string) string { return sign(t, h.key, goodHeader, claims) }
	signed := func(signature []byte) string {
		return parts[0] + "." + parts[1] + "." + base64.URLEncoding.EncodeToString(signature)
	}
	bytes, err := base64.URLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	half := func(r, s []byte) []byte { return append(append([]byte{}, r...), s...) }
	zero := make([]byte, 32)
	order := elliptic.P256().Params().N.Bytes()
	r, s := new(big.Int).SetBytes(bytes[:32]), new(big.Int).SetBytes(bytes[32:])
	der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	macHeader := strings.Replace(goodHeader, "ES256", "HS256", 1)
	mac := hmac.New(sha256.New, public(t, &h.key.PublicKey))
	mac.Write([]byte(encode(macHeader) + "." + encode(goodClaims)))
	other := newKey(t, elliptic.P256())

	tests := map[string]struct {
		headers http.Header
		want    login.Refusal
	}{
		"no token":                  {http.Header{login.HeaderIdentity: {"bob"}}, login.ErrNoToken},
		"an access token alone":     {http.Header{login.HeaderAccessToken: {good}}, login.ErrNoToken},
		"two tokens":                {with(good, good), login.ErrMalformed},
		"a good one and a bad one":  {with(good, "x"), login.ErrMalformed},
		"two in one header":         {with(good + "," + good), login.ErrMalformed},
		"two in one header, spaced": {with(good + ", " + good), login.ErrMalformed},
		"empty":                     {with(""), login.ErrMalformed},
		"dots":                      {with(".."), login.ErrMalformed},
		"one part":                  {with(parts[0]), login.ErrMalformed},
		"two parts":                 {with(parts[0] + "." + parts[1]), login.ErrMalformed},
		"no signature":              {with(parts[0] + "." + parts[1] + "."), login.ErrMalformed},
		"four parts":                {with(good + "." + parts[2]), login.ErrMalformed},
		"oversized":                 {with(claiming(`{"sub":"` + strings.Repeat("x", 20<<10) + `"}`)), login.ErrMalformed},
		"white space before":        {with(" " + good), login.ErrMalformed},
		"white space behind":        {with(good + " "), login.ErrMalformed},
		"white space within":        {with(parts[0] + ". " + parts[1] + "." + parts[2]), login.ErrMalformed},
		"a line break within":       {with(parts[0][:8] + "\r\n" + good[8:]), login.ErrMalformed},
		"Bearer":                    {with("Bearer " + good), login.ErrMalformed},
		"spare bits":                {with(good[:len(good)-3] + "B=="), login.ErrMalformed},
		"too much padding":          {with(good + "===="), login.ErrMalformed},
		"the other alphabet":        {with(strings.NewReplacer("-", "+", "_", "/").Replace(parts[0]) + "." + parts[1] + "." + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\xfb\xff", 32)))), login.ErrMalformed},
		"header no JSON":            {with(sign(t, h.key, "alg: ES256", goodClaims)), login.ErrMalformed},
		"header a list":             {with(sign(t, h.key, "["+goodHeader+"]", goodClaims)), login.ErrMalformed},
		"header and more":           {with(sign(t, h.key, goodHeader+goodHeader, goodClaims)), login.ErrMalformed},
		"two algorithms":            {with(changed(`"alg":`, `"alg":"none","alg":`)), login.ErrMalformed},
		"two signers":               {with(changed(`"signer":`, `"signer":"`+arn+`","signer":`)), login.ErrMalformed},
		"two spellings of one name": {with(changed(`"signer":`, `"\u0073igner":"x","signer":`)), login.ErrMalformed},
		"an algorithm in a list":    {with(changed(`"ES256"`, `["ES256"]`)), login.ErrMalformed},
		"critical extensions":       {with(changed(`"alg":`, `"crit":["x"],"alg":`)), login.ErrMalformed},
		"bad UTF-8":                 {with(changed(`client-1`, "client\xff")), login.ErrMalformed},

		"none":                  {with(changed("ES256", "none")), login.ErrAlgorithm},
		"none, unsigned":        {with(encode(strings.Replace(goodHeader, "ES256", "none", 1)) + "." + parts[1] + "."), login.ErrMalformed},
		"NONE":                  {with(changed("ES256", "NONE")), login.ErrAlgorithm},
		"es256":                 {with(changed("ES256", "es256")), login.ErrAlgorithm},
		"no algorithm":          {with(changed(`"alg":"ES256",`, "")), login.ErrAlgorithm},
		"ES384":                 {with(changed("ES256", "ES384")), login.ErrAlgorithm},
		"the key as a password": {with(encode(macHeader) + "." + encode(goodClaims) + "." + base64.URLEncoding.EncodeToString(mac.Sum(nil))), login.ErrAlgorithm},

		"another load balancer": {with(changed("50dc6c495c0c9188", "50dc6c495c0c9189")), login.ErrSigner},
		"another account":       {with(changed("123456789012", "210987654321")), login.ErrSigner},
		"more than its ARN":     {with(changed("50dc6c495c0c9188", "50dc6c495c0c9188 ")), login.ErrSigner},
		"other letters":         {with(changed("app/people", "app/People")), login.ErrSigner},
		"no signer":             {with(changed(`,"signer":"`+arn+`"`, "")), login.ErrSigner},
		"an empty signer":       {with(changed(arn, "")), login.ErrSigner},
		"the signer a claim":    {with(sign(t, h.key, strings.Replace(goodHeader, `,"signer":"`+arn+`"`, "", 1), `{"sub":"x","signer":"`+arn+`"}`)), login.ErrSigner},

		"expired":                  {with(changed("1795867320", "1795867199")), login.ErrExpired},
		"expired this very second": {with(changed("1795867320", "1795867200")), login.ErrExpired},
		"no end":                   {with(changed(`,"exp":1795867320`, "")), login.ErrExpired},
		"an end that is a text":    {with(changed("1795867320", `"1795867320"`)), login.ErrExpired},
		"a broken end":             {with(changed("1795867320", "1795867320.5")), login.ErrExpired},
		"an end in powers":         {with(changed("1795867320", "1e300")), login.ErrExpired},
		"an end in ages":           {with(changed("1795867320", "99999999999999999999999999")), login.ErrExpired},
		"a negative end":           {with(changed("1795867320", "-1")), login.ErrExpired},
		"null for an end":          {with(changed("1795867320", "null")), login.ErrExpired},
		"claims that expired":      {with(claiming(`{"sub":"x","exp":1795867200}`)), login.ErrExpired},

		"no key":                         {with(changed(`"kid":"`+keyID+`",`, "")), login.ErrUnknownKey},
		"an unknown key":                 {with(changed(keyID, "00000000-0000-0000-0000-000000000000")), login.ErrUnknownKey},
		"a path":                         {with(changed(keyID, "../../"+keyID)), login.ErrUnknownKey},
		"another host":                   {with(changed(keyID, "@evil.example/"+keyID)), login.ErrUnknownKey},
		"a query":                        {with(changed(keyID, keyID+"?x=1")), login.ErrUnknownKey},
		"a slash for a digit":            {with(changed(keyID, "/"+keyID[1:])), login.ErrUnknownKey},
		"a dot for a hyphen":             {with(changed(keyID, strings.Replace(keyID, "-", ".", 1))), login.ErrUnknownKey},
		"a hyphen for a digit":           {with(changed(keyID, "-"+keyID[1:])), login.ErrUnknownKey},
		"a line break":                   {with(changed(keyID, keyID+`\n`)), login.ErrUnknownKey},
		"an encoded slash":               {with(changed(keyID, "%2e%2e%2f"+keyID)), login.ErrUnknownKey},
		"letters that are none of ASCII": {with(changed(keyID, strings.Replace(keyID, "0", "\uff10", 1))), login.ErrUnknownKey},

		"another key":              {with(sign(t, other, goodHeader, goodClaims)), login.ErrSignature},
		"r is zero":                {with(signed(half(zero, bytes[32:]))), login.ErrSignature},
		"s is zero":                {with(signed(half(bytes[:32], zero))), login.ErrSignature},
		"both are zero":            {with(signed(half(zero, zero))), login.ErrSignature},
		"both are the order":       {with(signed(half(order, order))), login.ErrSignature},
		"DER":                      {with(signed(der)), login.ErrSignature},
		"short":                    {with(signed(bytes[:63])), login.ErrSignature},
		"very short":               {with(signed(bytes[:8])), login.ErrSignature},
		"a zero before s":          {with(signed(half(append(bytes[:32:32], 0), bytes[32:]))), login.ErrSignature},
		"long":                     {with(signed(append(bytes[:64:64], 0))), login.ErrSignature},
		"r and s swapped":          {with(signed(half(bytes[32:], bytes[:32]))), login.ErrSignature},
		"other claims":             {with(parts[0] + "." + encode(`{"sub":"mallory"}`) + "." + parts[2]), login.ErrSignature},
		"another header":           {with(encode(goodHeader+" ") + "." + parts[1] + "." + parts[2]), login.ErrSignature},
		"the same without padding": {with(strings.TrimRight(parts[0], "=") + "." + strings.TrimRight(parts[1], "=") + "." + parts[2]), login.ErrSignature},

		"claims no JSON":           {with(claiming("sub=bob")), login.ErrClaims},
		"claims a text":            {with(claiming(`"bob"`)), login.ErrClaims},
		"claims null":              {with(claiming("null")), login.ErrClaims},
		"two subjects":             {with(claiming(`{"sub":"bob","sub":"mallory"}`)), login.ErrClaims},
		"two addresses":            {with(claiming(`{"sub":"bob","email":"a@example.com","email":"b@example.com","email_verified":true}`)), login.ErrClaims},
		"no subject":               {with(claiming(`{"email":"bob@example.com","email_verified":true}`)), login.ErrClaims},
		"an empty subject":         {with(claiming(`{"sub":""}`)), login.ErrClaims},
		"a subject of no text":     {with(claiming(`{"sub":7}`)), login.ErrClaims},
		"a subject in a list":      {with(claiming(`{"sub":["bob"]}`)), login.ErrClaims},
		"a line break in it":       {with(claiming(`{"sub":"bob\n"}`)), login.ErrClaims},
		"what cannot be seen":      {with(claiming(`{"sub":"b\u200bob"}`)), login.ErrClaims},
		"half a character":         {with(claiming(`{"sub":"\ud800"}`)), login.ErrClaims},
		"endless":                  {with(claiming(`{"sub":"` + strings.Repeat("x", 2049) + `"}`)), login.ErrClaims},
		"an end that is no number": {with(claiming(`{"sub":"bob","exp":"tomorrow"}`)), login.ErrClaims},
		"deep":                     {with(claiming(`{"sub":"bob","x":` + strings.Repeat("[", 3000) + strings.Repeat("]", 3000) + `}`)), login.ErrClaims},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := newHouse(t, func(o *login.Options) { o.Store = h.store })
			who, ok, err := one.Verify(t.Context(), tt.headers)
			if ok || who != (login.Person{}) || !errors.Is(err, tt.want) {
				t.Fatalf("%+v, %v, %v, want %v", who, ok, err, tt.want)
			}
			one.quiet(t)
			if text := err.Error(); strings.Contains(text, canary) || strings.Contains(text, "bob") {
				t.Errorf("the error quotes: %v", err)
			}
		})
	}
	t.Cleanup(func() {
		for _, url := range h.store.asked {
			if url != keyURL && url != strings.Replace(keyURL, keyID, "00000000-0000-0000-0000-000000000000", 1) {
				t.Errorf("a key was looked for at %s", url)
			}
		}
	})
}

// TestEveryByteCounts: a token that was changed anywhere is refused.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := sign(t, h.key, goodHeader, goodClaims)
	for at := range good {
		for _, c := range []byte{'A', 'B', '.', '=', '-', ' '} {
			if good[at] == c {
				continue
			}
			if who, ok, err := h.Verify(t.Context(), with(good[:at]+string(c)+good[at+1:])); ok || err == nil {
				t.Fatalf("byte %d as %q: %+v", at, c, who)
			}
		}
	}
	h.quiet(t)
}

func TestTheClientIsPinned(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *login.Options) { o.Client = "client-1" })
	if _, ok, err := h.Verify(t.Context(), with(sign(t, h.key, goodHeader, goodClaims))); !ok {
		t.Error(err)
	}
	for _, client := range []string{"client-2", "client-1 ", "Client-1", ""} {
		token := sign(t, h.key, strings.Replace(goodHeader, "client-1", client, 1), goodClaims)
		if _, ok, err := h.Verify(t.Context(), with(token)); ok || !errors.Is(err, login.ErrClient) {
			t.Errorf("%q: %v", client, err)
		}
	}
	missing := strings.Replace(goodHeader, `"client":"client-1",`, "", 1)
	if _, ok, err := h.Verify(t.Context(), with(sign(t, h.key, missing, goodClaims))); ok || !errors.Is(err, login.ErrClient) {
		t.Error(err)
	}
}

// TestTimePasses: a good token is good no more later, though its key is held.
func TestTimePasses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := sign(t, h.key, goodHeader, goodClaims)
	for _, step := range []struct {
		at   time.Duration
		want error
	}{{0, nil}, {119 * time.Second, nil}, {120 * time.Second, login.ErrExpired}, {time.Hour, login.ErrExpired}} {
		h.now = noon.Add(step.at)
		if _, _, err := h.Verify(t.Context(), with(token)); !errors.Is(err, step.want) {
			t.Errorf("after %v: %v", step.at, err)
		}
	}
}

// TestWithoutALoadBalancer nobody is believed, whatever a token leaves out.
func TestWithoutALoadBalancer(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *login.Options) { o.LoadBalancer = login.LoadBalancer{} })
	unsigned := strings.Replace(goodHeader, arn, "", 1)
	if _, ok, err := h.Verify(t.Context(), with(sign(t, h.key, unsigned, goodClaims))); ok || !errors.Is(err, login.ErrSigner) {
		t.Error(err)
	}
}

func TestKeysOfOtherKinds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	large := newKey(t, elliptic.P384())
	modern, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	token := sign(t, h.key, goodHeader, goodClaims)
	right := public(t, &h.key.PublicKey)
	for name, text := range map[string][]byte{
		"empty": {}, "no PEM": []byte("not found"), "a page": []byte("<html>" + canary), "P-384": public(t, &large.PublicKey), "RSA": public(t, &modern.PublicKey),
		"a private key": []byte(strings.ReplaceAll(string(right), "PUBLIC", "EC PRIVATE")), "two keys": append(append([]byte{}, right...), right...),
		"no key in it": []byte("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
	} {
		one := newHouse(t, func(o *login.Options) { o.Store = &fakeStore{keys: map[string][]byte{keyURL: text}} })
		_, ok, err := one.Verify(t.Context(), with(token))
		var refusal login.Refusal
		if ok || err == nil || errors.As(err, &refusal) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

func TestLoadBalancers(t *testing.T) {
	t.Parallel()
	const tail = ":123456789012:loadbalancer/app/people/50dc6c495c0c9188"
	for region, want := range map[string]string{
		"arn:aws:elasticloadbalancing:eu-west-1":            "https://public-keys.auth.elb.eu-west-1.amazonaws.com/",
		"arn:aws:elasticloadbalancing:ap-southeast-2":       "https://public-keys.auth.elb.ap-southeast-2.amazonaws.com/",
		"arn:aws-us-gov:elasticloadbalancing:us-gov-west-1": "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1/",
		"arn:aws-us-gov:elasticloadbalancing:us-gov-east-1": "https://s3-us-gov-east-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-east-1/",
		"arn:aws-cn:elasticloadbalancing:cn-north-1":        "https://public-keys.auth.elb.cn-north-1.amazonaws.com.cn/",
	} {
		balancer, err := login.ParseLoadBalancer(region + tail)
		if err != nil {
			t.Errorf("%s: %v", region, err)
			continue
		}
		h := newHouse(t, func(o *login.Options) { o.LoadBalancer = balancer })
		header := strings.Replace(goodHeader, arn, balancer.ARN, 1)
		h.store.becomes(map[string][]byte{want + keyID: public(t, &h.key.PublicKey)}, nil)
		if _, ok, err := h.Verify(t.Context(), with(sign(t, h.key, header, goodClaims))); !ok {
			t.Errorf("%s: %v, looked at %v", region, err, h.store.asked)
		}
	}
	for _, arn := range []string{
		"", "people", arn + "/x", arn + " ", arn + "\n", strings.ToUpper(arn), strings.Replace(arn, "/app/", "/net/", 1),
		strings.Replace(arn, "aws:", "aws-iso:", 1), strings.Replace(arn, "eu-west-1", "evil.example/", 1), strings.Replace(arn, "eu-west-1", "", 1),
		strings.Replace(arn, "eu-west-1", "eu-west-1.evil", 1), strings.Replace(arn, "123456789012", "", 1), strings.Replace(arn, ":loadbalancer", ":targetgroup", 1),
		"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/people/*",
	} {
		if balancer, err := login.ParseLoadBalancer(arn); !errors.Is(err, login.ErrARN) || balancer != (login.LoadBalancer{}) {
			t.Errorf("%q: %v", arn, err)
		}
	}
}
