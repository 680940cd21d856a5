package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"go.etcd.io/bbolt"
)

// bbolt, when it opens for writing, walks all pages in a goroutine of its own, and damage that it meets there ends the
// process. verify therefore reads them first: every page that can be reached is one of the file, is reached once, is a
// branch or a leaf, and holds its keys within its bounds and in order.
//
// The layout is bbolt's, in the machine's byte order:
//
//	page     id (8) | flags (2) | count (2) | overflow (4), then count elements, then keys and values
//	branch   position (4) | key size (4) | page (8)
//	leaf     flags (4) | position (4) | key size (4) | value size (4)
//	bucket   root page, 0 when the page follows at once (8) | sequence (8): the value of a leaf element so flagged
const (
	pageHeader   = 16
	elementSize  = 16
	bucketHeader = 16
	branchFlag   = 1
	leafFlag     = 2
	bucketFlag   = 1
	maxDepth     = 64 // of branches; a billion records need eight
)

var native = binary.NativeEndian

// A verifier has seen some pages of a database.
type verifier struct {
	f        *os.File
	pageSize int64
	end      uint64   // the first page behind the last
	seen     []uint64 // one bit each
	bufs     [maxDepth + 1][]byte
}

// verify says ErrDamaged unless the database at path is whole.
func verify(path string, opts Options) error {
	o := boltOptions(opts)
	o.ReadOnly = true
	db, err := openBolt(path, o)
	if err != nil {
		return err
	}
	defer db.Close()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return db.View(func(tx *bbolt.Tx) error {
		info, err := f.Stat()
		if err != nil {
			return err
		}
		v := &verifier{f: f, pageSize: int64(db.Info().PageSize)}
		v.end = uint64(min(tx.Size(), info.Size()) / v.pageSize)
		v.seen = make([]uint64, v.end/64+1)
		return v.page(uint64(tx.Cursor().Bucket().Root()), nil, nil, 0)
	})
}

// page verifies the page id, whose keys must be at least from and less than to where these are not nil.
func (v *verifier) page(id uint64, from, to []byte, depth int) error {
	if id < 2 || id >= v.end || depth > maxDepth {
		return fmt.Errorf("the database refers to page %d of %d: %w", id, v.end, ErrDamaged)
	}
	p, err := v.read(id, 1, depth)
	if err != nil {
		return err
	}
	overflow := uint64(native.Uint32(p[12:]))
	if native.Uint64(p) != id || overflow >= v.end-id {
		return fmt.Errorf("page %d is not what it says: %w", id, ErrDamaged)
	}
	for i := id; i <= id+overflow; i++ {
		if v.seen[i/64]&(1<<(i%64)) != 0 {
			return fmt.Errorf("page %d is in two places: %w", i, ErrDamaged)
		}
		v.seen[i/64] |= 1 << (i % 64)
	}
	if overflow > 0 {
		if p, err = v.read(id, overflow+1, depth); err != nil {
			return err
		}
	}
	return v.elements(p, id, from, to, depth)
}

// read reads n pages. What it returns holds until the next read at the same depth.
func (v *verifier) read(id, n uint64, depth int) ([]byte, error) {
	size := int(n) * int(v.pageSize)
	v.bufs[depth] = slices.Grow(v.bufs[depth][:0], size)[:size]
	_, err := v.f.ReadAt(v.bufs[depth], int64(id)*v.pageSize)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("the database ends before page %d: %w", id, ErrDamaged)
	}
	return v.bufs[depth], err
}

// elements verifies what a page holds, and the pages and buckets below it. p is the page, or an inline bucket's.
func (v *verifier) elements(p []byte, id uint64, from, to []byte, depth int) error {
	flags, count := native.Uint16(p[8:]), int(native.Uint16(p[10:]))
	bad := func() error { return fmt.Errorf("page %d holds what it cannot: %w", id, ErrDamaged) }
	if flags != branchFlag && flags != leafFlag || pageHeader+count*elementSize > len(p) || flags == branchFlag && count == 0 {
		return bad()
	}
	last, least := from, 0 // a page's first key may be the bound itself
	for i := range count {
		at := pageHeader + i*elementSize
		e := p[at:]
		var pos, keySize, valueSize uint64
		if flags == branchFlag {
			pos, keySize = uint64(native.Uint32(e)), uint64(native.Uint32(e[4:]))
		} else {
			pos, keySize, valueSize = uint64(native.Uint32(e[4:])), uint64(native.Uint32(e[8:])), uint64(native.Uint32(e[12:]))
		}
		if keySize == 0 || pos+keySize+valueSize > uint64(len(e)) {
			return bad()
		}
		key := e[pos:][:keySize]
		if last != nil && bytes.Compare(key, last) < least || to != nil && bytes.Compare(key, to) >= 0 {
			return bad()
		}
		last, least = key, 1
		var err error
		switch {
		case flags == branchFlag:
			upTo := to
			if i+1 < count {
				next := p[at+elementSize:]
				pos, size := uint64(native.Uint32(next)), uint64(native.Uint32(next[4:]))
				if size == 0 || pos+size > uint64(len(next)) {
					return bad()
				}
				upTo = next[pos:][:size]
			}
			err = v.page(native.Uint64(e[8:]), key, upTo, depth+1)
		case native.Uint32(e)&bucketFlag != 0:
			err = v.bucket(e[pos+keySize:][:valueSize], id, depth)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bucket verifies a bucket of which b is the value.
func (v *verifier) bucket(b []byte, id uint64, depth int) error {
	switch {
	case len(b) < bucketHeader:
	case native.Uint64(b) != 0:
		return v.page(native.Uint64(b), nil, nil, depth+1)
	case len(b) >= bucketHeader+pageHeader && native.Uint16(b[bucketHeader+8:]) == leafFlag && depth < maxDepth:
		return v.elements(b[bucketHeader:], id, nil, nil, depth+1)
	}
	return fmt.Errorf("page %d holds no bucket where one should be: %w", id, ErrDamaged)
}
