package bolt

import (
	"encoding/binary"
	"fmt"

	"quietline/store"
)

// A value in the records bucket is
//
//	format (1) | rev (8) | due in minutes (4) | slot (4) | sealed
//
// with big-endian numbers.
const (
	valueFormat = 1
	headerSize  = 1 + 8 + 4 + 4
)

type value struct {
	rev    store.Rev
	due    uint32
	slot   uint32
	sealed []byte // part of what was decoded
}

// newValue lays out a value whose rev and slot the writer fills in later.
func newValue(due uint32, sealed []byte) []byte {
	raw := make([]byte, headerSize+len(sealed))
	raw[0] = valueFormat
	binary.BigEndian.PutUint32(raw[9:], due)
	copy(raw[headerSize:], sealed)
	return raw
}

func fillValue(raw []byte, rev store.Rev, slot uint32) {
	binary.BigEndian.PutUint64(raw[1:], uint64(rev))
	binary.BigEndian.PutUint32(raw[13:], slot)
}

func valueDue(raw []byte) uint32 { return binary.BigEndian.Uint32(raw[9:]) }

func decodeValue(raw []byte) (value, error) {
	switch {
	case len(raw) == 0:
		return value{}, fmt.Errorf("an empty value: %w", ErrDamaged)
	case raw[0] > valueFormat:
		return value{}, fmt.Errorf("record format %d, this program knows %d: %w", raw[0], valueFormat, ErrNewer)
	case raw[0] != valueFormat, len(raw) <= headerSize, len(raw) > headerSize+store.MaxSealed:
		return value{}, fmt.Errorf("a value that is no record: %w", ErrDamaged)
	}
	v := value{
		rev:    store.Rev(binary.BigEndian.Uint64(raw[1:])),
		due:    valueDue(raw),
		slot:   binary.BigEndian.Uint32(raw[13:]),
		sealed: raw[headerSize:],
	}
	if v.rev == 0 {
		return value{}, fmt.Errorf("a record without a Rev: %w", ErrDamaged)
	}
	return v, nil
}
