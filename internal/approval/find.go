package approval

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
)

// find reads a request by its link. The error is [ErrNotFound] for every link that leads nowhere; every other one means
// that another try may succeed.
//
// A text that is no link is looked for all the same, so that it takes as long as a link that leads nowhere.
func (s *Service) find(ctx context.Context, linkText string) (*item, error) {
	link, err := ParseLink(linkText)
	switch {
	case err == nil && link.Sealed() && s.Keys != nil:
		return s.unseal(ctx, link)
	case s.Store == nil:
		return nil, ErrNotFound
	case err != nil || link.Sealed():
		if _, err = s.Store.Get(ctx, decoy(linkText)); err != nil {
			return nil, err
		}
		return nil, ErrNotFound
	default:
		return s.open(ctx, link)
	}
}

// decoy returns an ID that is no request's.
func decoy(linkText string) ID {
	sum := sha256.Sum256([]byte(linkText))
	return ID(hex.EncodeToString(sum[:idBytes]))
}

// unseal returns the request of a sealed link as if it had a record to which nothing happened yet.
func (s *Service) unseal(ctx context.Context, link Link) (*item, error) {
	r, err := s.Keys.Open(ctx, link)
	switch {
	case errors.Is(err, ErrLink):
		return nil, ErrNotFound
	case err != nil:
		return nil, err
	}
	return &item{link: link, request: r, record: Record{ID: sealedID(r.Token), State: Open, ExpiresAt: r.Expires, Execution: r.Execution}}, nil
}

// lost returns the page for a link whose request could not be read.
func (s *Service) lost(ctx context.Context, err error, kept Submission) View {
	if errors.Is(err, ErrNotFound) {
		return missing(s.Now())
	}
	s.Log.WarnContext(ctx, "a request could not be read", "error", err)
	return unavailable(s.Now(), kept)
}

// comment keeps what somebody wrote where the form cannot be held against its request.
func comment(form url.Values) Submission {
	if len(form[FormComment]) != 1 {
		return Submission{}
	}
	return Submission{Comment: NewComment(plain(form[FormComment][0]))}
}
