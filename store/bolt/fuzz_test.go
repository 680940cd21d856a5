package bolt

import (
	"bytes"
	"errors"
	"testing"

	"quietline/store"
)

func FuzzValue(f *testing.F) {
	good := newValue(5, []byte("sealed"))
	fillValue(good, 7, 9)
	f.Add(good)
	f.Add(good[:headerSize])
	f.Add([]byte{2, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := decodeValue(raw)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
				t.Errorf("an error without a type: %v", err)
			}
			return
		}
		again := newValue(v.due, v.sealed)
		fillValue(again, v.rev, v.slot)
		if !bytes.Equal(again, raw) || len(v.sealed) > store.MaxSealed {
			t.Errorf("a value of %d bytes comes back as %d", len(raw), len(again))
		}
	})
}

func FuzzKeyringHeader(f *testing.F) {
	f.Add(encodeKeyringHeader(keyringID{1, 2, 3}))
	f.Add(make([]byte, keyringHeader))
	f.Add([]byte("keyring"))
	f.Fuzz(func(t *testing.T, h []byte) {
		id, err := decodeKeyringHeader(h)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
				t.Errorf("an error without a type: %v", err)
			}
			return
		}
		if again, err := decodeKeyringHeader(encodeKeyringHeader(id)); err != nil || again != id {
			t.Errorf("id %x comes back as %x, %v", id, again, err)
		}
	})
}
