package states

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"callback-completer/bench/load"
)

// errSignature says no more: the contender's own log does.
var errSignature = errors.New("it does not match the request")

// verify computes the request's Signature Version 4 from the headers that it says are signed.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func verify(r *request) error {
	headers := map[string]string{}
	for line := range bytes.Lines(r.header) {
		name, value, _ := strings.Cut(string(line), ":")
		headers[strings.ToLower(name)] = strings.TrimSpace(value)
	}
	credential, rest, _ := strings.Cut(strings.TrimPrefix(headers["authorization"], "AWS4-HMAC-SHA256 Credential="), ",")
	signed, signature, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(rest), "SignedHeaders="), ",")
	id, scope, _ := strings.Cut(credential, "/")
	parts := strings.Split(scope, "/") // date, region, service, aws4_request
	if !ok || id != load.AccessKeyID || len(parts) != 4 {
		return errors.New("there is none, or of somebody else")
	}
	names := strings.Split(signed, ";")
	for _, needed := range []string{"host", "x-amz-date", "x-amz-security-token", "x-amz-target"} {
		if !strings.Contains(";"+signed+";", ";"+needed+";") {
			return errors.New("it leaves out " + needed)
		}
	}
	var canonical strings.Builder
	canonical.WriteString("POST\n/\n\n")
	for _, name := range names {
		canonical.WriteString(name + ":" + headers[name] + "\n")
	}
	canonical.WriteString("\n" + signed + "\n" + digest(r.body))
	text := "AWS4-HMAC-SHA256\n" + headers["x-amz-date"] + "\n" + scope + "\n" + digest([]byte(canonical.String()))
	key := []byte("AWS4" + load.SecretAccessKey)
	for _, part := range parts {
		key = mac(key, part)
	}
	if strings.TrimPrefix(strings.TrimSpace(signature), "Signature=") != hex.EncodeToString(mac(key, text)) {
		return errSignature
	}
	return nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
