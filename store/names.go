package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"
)

// secretFormat is the format byte of the record at the zero Name. Its body is empty: what counts is its Key.
const secretFormat = 1

// NewKey draws a fresh Key from rand, which in earnest is crypto/rand.Reader.
func NewKey(rand io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(rand, k[:]); err != nil {
		return Key{}, fmt.Errorf("drawing a key: %w", err)
	}
	return k, nil
}

// NewName is the Name at which the record of address on channel lies: HMAC-SHA256(secret, channel ‖ 0 ‖ address).
// Channel holds no zero byte. "words" with return words, and "audit" with a number, are made the same way.
func NewName(secret Key, channel, address string) Name {
	var room [128]byte
	msg := append(room[:0], channel...)
	msg = append(msg, 0)
	msg = append(msg, address...)
	mac := hmac.New(sha256.New, secret[:])
	mac.Write(msg)
	var n Name
	mac.Sum(n[:0])
	return n
}

// Secret returns the secret that every Name in s is made with: the Key of the record at the zero Name, which is made
// when it is missing. It lives and dies with the keys: when a Watch says that the zero Name is gone, every Name made
// so far points nowhere, and Secret must be called again.
func Secret(ctx context.Context, s Store, rand io.Reader) (Key, error) {
	for {
		rec, err := s.Get(ctx, Name{})
		switch {
		case err == nil:
			if _, _, err := Open(rec.Key, Name{}, rec.Due, rec.Sealed); err != nil {
				return Key{}, fmt.Errorf("opening the record of the secret: %w", err)
			}
			return rec.Key, nil
		case !errors.Is(err, ErrNotExist):
			return Key{}, fmt.Errorf("reading the secret: %w", err)
		}
		key, err := NewKey(rand)
		if err != nil {
			return Key{}, err
		}
		sealed, err := Seal(key, Name{}, time.Time{}, secretFormat, nil)
		if err != nil {
			return Key{}, err
		}
		// Another opener may be first; then its secret is read in the next round.
		_, err = s.Swap(ctx, Name{}, 0, Record{Key: key, Sealed: sealed})
		if err != nil && !errors.Is(err, ErrConflict) {
			return Key{}, fmt.Errorf("keeping a new secret: %w", err)
		}
	}
}
