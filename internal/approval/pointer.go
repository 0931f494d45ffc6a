package approval

import (
	"context"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"

	"callback-completer/internal/callback"
)

// What a task token is asked for. Whoever calls again with the token of a request finds its pointer by the first two.
const (
	pointerIDPurpose  = "callback-completer approval pointer id 1"
	pointerKeyPurpose = "callback-completer approval pointer key 1"
	sealedIDPurpose   = "callback-completer approval sealed id 1"
)

// A pointer leads from a task token to the link that was drawn for it, so that whoever asks again, because the first answer
// was lost, neither makes a second request nor sends a second message. It is a record of its own, in the state
// [Pointer]: its ID and the key of its content follow from the token alone.
//
// A link cannot follow from the token itself. The token stands in the history of its execution, which more people may read
// than may answer.

// pointerID returns what the store knows the pointer of a token by.
func pointerID(token callback.Token) ID {
	return ID(hex.EncodeToString(token.Derive(pointerIDPurpose, idBytes)))
}

// sealedID returns what a request is known by that has no record. It is no secret.
func sealedID(token callback.Token) ID {
	return ID(hex.EncodeToString(token.Derive(sealedIDPurpose, idBytes)))
}

// sealPointer encrypts a link for those who have the token.
func sealPointer(token callback.Token, link Link) ([]byte, error) {
	aead, err := pointerAEAD(token)
	if err != nil {
		return nil, err
	}
	return aead.Seal([]byte{sealVersion}, nil, link.secret(), pointerAdditional(token)), nil //nolint:gosec // the AEAD draws the nonce
}

func openPointer(token callback.Token, sealed []byte) (Link, error) {
	aead, err := pointerAEAD(token)
	if err != nil || len(sealed) == 0 || sealed[0] != sealVersion {
		return Link{}, errPointer
	}
	secret, err := aead.Open(nil, nil, sealed[1:], pointerAdditional(token))
	if err != nil || len(secret) != linkBytes {
		return Link{}, errPointer
	}
	return storedLink(secret), nil
}

// errPointer means that a pointer was not written with this token: somebody changed it, or exchanged it for another.
var errPointer = errors.New("the record that leads to the link does not belong to this token")

func pointerAEAD(token callback.Token) (cipher.AEAD, error) {
	return newAEAD(token.Derive(pointerKeyPurpose, keyBytes))
}

func pointerAdditional(token callback.Token) []byte {
	return append([]byte{sealVersion}, string(pointerID(token))+" pointer"...)
}

// linkFor returns the link of a request: the one that its pointer leads to, or a new one, to which it does from now on.
// Where the process ends before the request is stored under it, the next call with the same token does that.
func (s *Service) linkFor(ctx context.Context, r *Request) (Link, error) {
	link, id := drawLink(), pointerID(r.Token)
	sealed, err := sealPointer(r.Token, link)
	if err != nil {
		return Link{}, fmt.Errorf("seal the link: %w", err)
	}
	err = s.Store.Create(ctx, Record{
		ID: id, State: Pointer, CreatedAt: s.now(), ExpiresAt: r.Expires, PurgeAt: r.Expires.Add(Retention), Request: sealed,
	})
	switch {
	case err == nil:
		return link, nil
	case !errors.Is(err, ErrExists):
		return Link{}, fmt.Errorf("store the link: %w", err)
	}
	record, err := s.Store.Get(ctx, id)
	if err != nil {
		return Link{}, fmt.Errorf("read the link that is stored: %w", err)
	}
	if link, err = openPointer(r.Token, record.Request); err != nil {
		return Link{}, fmt.Errorf("read the link that is stored: %w", err)
	}
	return link, nil
}
