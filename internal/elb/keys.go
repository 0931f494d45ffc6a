package elb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"callback-completer/internal/awscall"
	"callback-completer/internal/login"
)

// maxKey is the most bytes that are read of a key. It has some 180.
const maxKey = 4096

// Keys fetches public keys.
type Keys struct{ client *http.Client }

var _ login.Store = (*Keys)(nil)

// New returns a store that goes through client, whatever it does with redirects: there are none to follow here.
func New(client *http.Client) *Keys {
	return &Keys{&http.Client{
		Transport: client.Transport, Timeout: client.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Fetch returns what is at the address of a key. The error is [login.ErrNoKey] where there is nothing; none of them quotes
// the address, which holds what a stranger sent.
func (k *Keys) Fetch(ctx context.Context, url string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, errors.New("the request cannot be made")
	}
	answer, err := k.client.Do(r)
	if err != nil {
		return nil, awscall.Describe(err)
	}
	defer func() { _ = answer.Body.Close() }()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusForbidden: // S3 says the second to whoever may not list its objects
		return nil, login.ErrNoKey
	default:
		return nil, fmt.Errorf("HTTP status %d", answer.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxKey+1))
	switch {
	case err != nil:
		return nil, awscall.Describe(err)
	case len(text) > maxKey:
		return nil, errors.New("the answer is too long for a public key")
	}
	return text, nil
}
