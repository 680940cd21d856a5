package store

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The sealed form is
//
//	format (1 byte, in the clear) | nonce (12) | AES-256-GCM of: length (2) | plain | zeros | tag (16)
//
// with format, Name and Due as additional data, so that a sealed body opens only at its own name, with the due time
// that stands beside it. Its whole length is always one of sizes: an observer learns a class, not a length.

// sizes are the lengths that a sealed body can have, in bytes. The small ones are chosen so that eight, four, three
// and two records fill one 4,096-byte bbolt page with little waste; the last is MaxSealed.
var sizes = [...]int{440, 950, 1290, 1970, 4010, 8100, 16_200, 32_400, MaxSealed}

const (
	nonceSize  = 12
	tagSize    = 16
	lengthSize = 2
	overhead   = 1 + nonceSize + lengthSize + tagSize
)

// MaxPlain is the longest plaintext that [Seal] takes, in bytes.
const MaxPlain = MaxSealed - overhead

// ErrSealed is returned by [Open] for a body that this key, name and due time do not open, or that is no sealed body.
var ErrSealed = errors.New("the sealed record does not open with this key, name and due time")

// Seal encrypts plain under key, bound to name, due (as [Minutes] rounds it) and format, and pads it to a size class.
// The result is what Record.Sealed holds; its first byte is format. The error is ErrTooLarge past MaxPlain bytes.
func Seal(key Key, name Name, due time.Time, format byte, plain []byte) ([]byte, error) {
	return AppendSeal(nil, key, name, due, format, plain)
}

// AppendSeal is [Seal], appending to dst, which must not overlap plain.
func AppendSeal(dst []byte, key Key, name Name, due time.Time, format byte, plain []byte) ([]byte, error) {
	if len(plain) > MaxPlain {
		return dst, fmt.Errorf("sealing %d bytes, at most %d fit: %w", len(plain), MaxPlain, ErrTooLarge)
	}
	aead, err := newAEAD(&key)
	if err != nil {
		return dst, err
	}
	i, _ := slices.BinarySearch(sizes[:], len(plain)+overhead)
	size := sizes[i]
	start := len(dst)
	dst = slices.Grow(dst, size)[:start+size]
	out := dst[start:]
	out[0] = format
	// The plaintext is laid out where Seal may encrypt in place; it moves it behind the nonce itself.
	body := out[1 : size-nonceSize-tagSize]
	binary.BigEndian.PutUint16(body, uint16(len(plain)))
	n := copy(body[lengthSize:], plain)
	clear(body[lengthSize+n:])
	aad := additionalData(format, &name, due)
	aead.Seal(out[1:1], nil, body, aad[:])
	return dst, nil
}

// Open decrypts what [Seal] made: key, due and sealed as they stand in the Record read at name. It returns the format
// byte and the plaintext, or ErrSealed.
func Open(key Key, name Name, due time.Time, sealed []byte) (format byte, plain []byte, err error) {
	return AppendOpen(nil, key, name, due, sealed)
}

// AppendOpen is [Open], appending the plaintext to dst, which must not overlap sealed. Up to the length of sealed,
// spare capacity of dst is overwritten.
func AppendOpen(dst []byte, key Key, name Name, due time.Time, sealed []byte) (format byte, plain []byte, err error) {
	if len(sealed) < overhead || len(sealed) > MaxSealed {
		return 0, dst, ErrSealed
	}
	aead, err := newAEAD(&key)
	if err != nil {
		return 0, dst, err
	}
	format = sealed[0]
	aad := additionalData(format, &name, due)
	start := len(dst)
	out, err := aead.Open(dst, nil, sealed[1:], aad[:])
	if err != nil {
		return 0, dst, ErrSealed // the cause says nothing more
	}
	body := out[start:]
	n := int(binary.BigEndian.Uint16(body))
	if n > len(body)-lengthSize {
		return 0, dst, ErrSealed
	}
	copy(body, body[lengthSize:lengthSize+n])
	return format, out[:start+n], nil
}

func newAEAD(key *Key) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("preparing the record's cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("preparing the record's cipher: %w", err)
	}
	return aead, nil
}

func additionalData(format byte, name *Name, due time.Time) (aad [1 + len(Name{}) + 4]byte) {
	aad[0] = format
	copy(aad[1:], name[:])
	binary.BigEndian.PutUint32(aad[1+len(name):], Minutes(due))
	return aad
}
