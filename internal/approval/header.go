package approval

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// Headers returns the headers of every answer with a page, and of every redirect to one. They keep the page out of frames,
// caches and search engines, its address out of other sites' logs, and everything from it but its own style sheet: there
// is no script, so none is allowed.
//
// With this Referrer-Policy browsers send "Origin: null" with the form. What comes from another site is told by
// Sec-Fetch-Site, as [net/http.CrossOriginProtection] does, never by comparing Origin.
func Headers() http.Header {
	return http.Header{
		"Content-Type": {"text/html; charset=utf-8"},
		"Content-Security-Policy": {
			"default-src 'none'; style-src '" + styleHash() + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		},
		"Referrer-Policy":              {"no-referrer"},
		"Cache-Control":                {"no-store"},
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"},
		"X-Robots-Tag":                 {"noindex, nofollow, noarchive"},
		"Strict-Transport-Security":    {"max-age=31536000"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), microphone=(), geolocation=()"},
		"Vary":                         {"Accept-Language"},
	}
}

// styleHash returns the source expression that allows the style sheet, which stands in the page as it is in its file.
func styleHash() string {
	text, _ := templateFiles.ReadFile("templates/style.css") // embedded; a test compares the hash with a page
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
