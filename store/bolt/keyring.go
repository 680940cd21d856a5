package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"quietline/store"
)

// The keyring file is a header of two slots' length, then slots. A slot of zeros is empty. Slots are aligned to their
// size, so that none straddles a disk sector.
//
//	header: magic (8) | format (2) | zeros (6) | id (16) | CRC-32 of the 32 bytes before (4) | zeros (28)
const (
	slotSize      = len(store.Key{})
	keyringHeader = 2 * slotSize
	keyringFormat = 1
	growSlots     = 1024 // the file grows by at least so many slots
)

var keyringMagic = [8]byte{'k', 'e', 'y', 'r', 'i', 'n', 'g', 0}

type keyringID [16]byte

// A keyring is the open file of keys, and which of its slots are taken: one bit each, no key is kept in memory. Only
// the writer changes it; reading a slot may happen at any time.
type keyring struct {
	f     *os.File
	sync  bool // wait for the disk
	id    keyringID
	slots uint32 // how many the file holds
	taken []uint64
	hint  int  // no slot is free in the words of taken before it
	dirty bool // written and not yet flushed
}

func encodeKeyringHeader(id keyringID) []byte {
	h := make([]byte, keyringHeader)
	copy(h, keyringMagic[:])
	binary.BigEndian.PutUint16(h[8:], keyringFormat)
	copy(h[16:], id[:])
	binary.BigEndian.PutUint32(h[32:], crc32.ChecksumIEEE(h[:32]))
	return h
}

func decodeKeyringHeader(h []byte) (keyringID, error) {
	if len(h) < keyringHeader || !bytes.Equal(h[:8], keyringMagic[:]) ||
		binary.BigEndian.Uint32(h[32:]) != crc32.ChecksumIEEE(h[:32]) {
		return keyringID{}, fmt.Errorf("this is no keyring: %w", ErrDamaged)
	}
	if format := binary.BigEndian.Uint16(h[8:]); format != keyringFormat {
		return keyringID{}, fmt.Errorf("keyring format %d, this program knows %d: %w", format, keyringFormat, ErrNewer)
	}
	return keyringID(h[16:32]), nil
}

// createKeyring makes an empty keyring with a new random id. The file appears whole or not at all.
func createKeyring(path string, opts Options) error {
	var id keyringID
	if _, err := io.ReadFull(opts.rand(), id[:]); err != nil {
		return fmt.Errorf("drawing an id for the keyring: %w", err)
	}
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(encodeKeyringHeader(id))
	if err == nil && !opts.Memory {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path), opts)
}

// openKeyring opens the file at path; fs.ErrNotExist when there is none.
func openKeyring(path string, opts Options) (*keyring, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	k := &keyring{f: f, sync: !opts.Memory}
	h := make([]byte, keyringHeader)
	n, err := f.ReadAt(h, 0)
	if err == nil || errors.Is(err, io.EOF) {
		k.id, err = decodeKeyringHeader(h[:n])
	}
	var info fs.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	k.slots = uint32((info.Size() - int64(keyringHeader)) / int64(slotSize))
	k.taken = make([]uint64, (int(k.slots)+63)/64)
	return k, nil
}

func slotOffset(slot uint32) int64 { return int64(keyringHeader) + int64(slot)*int64(slotSize) }

// read returns the key in slot; the zero Key when the slot is empty or past the end.
func (k *keyring) read(slot uint32) (key store.Key, err error) {
	if _, err = k.f.ReadAt(key[:], slotOffset(slot)); err != nil {
		if errors.Is(err, io.EOF) {
			return store.Key{}, nil
		}
		return store.Key{}, fmt.Errorf("reading a key: %w", err)
	}
	return key, nil
}

// filled returns a bit for each slot that is not empty.
func (k *keyring) filled() ([]uint64, error) {
	bits := make([]uint64, len(k.taken))
	buf := make([]byte, 2048*slotSize)
	defer clear(buf)
	var empty store.Key
	for first := uint32(0); first < k.slots; first += 2048 {
		n := min(k.slots-first, 2048)
		part := buf[:int(n)*slotSize]
		if _, err := k.f.ReadAt(part, slotOffset(first)); err != nil {
			return nil, fmt.Errorf("reading the keyring: %w", err)
		}
		for i := range n {
			if !bytes.Equal(part[int(i)*slotSize:][:slotSize], empty[:]) {
				bits[(first+i)/64] |= 1 << ((first + i) % 64)
			}
		}
	}
	return bits, nil
}

// take marks slot as taken and reports whether it was free.
func (k *keyring) take(slot uint32) bool {
	word, bit := int(slot/64), uint64(1)<<(slot%64)
	if slot >= k.slots || k.taken[word]&bit != 0 {
		return false
	}
	k.taken[word] |= bit
	return true
}

// free marks slots as free; they are empty already.
func (k *keyring) free(slots ...uint32) {
	for _, slot := range slots {
		if slot >= k.slots {
			continue // a record named it, but the file was cut short
		}
		k.taken[slot/64] &^= 1 << (slot % 64)
		k.hint = min(k.hint, int(slot/64))
	}
}

// put writes key into a free slot and takes it. It is on disk after the next flush.
func (k *keyring) put(key store.Key) (uint32, error) {
	slot, err := k.next()
	if err != nil {
		return 0, err
	}
	k.dirty = true
	if _, err := k.f.WriteAt(key[:], slotOffset(slot)); err != nil {
		return 0, fmt.Errorf("writing a key: %w", err)
	}
	k.take(slot)
	return slot, nil
}

// next finds a free slot, growing the file when there is none.
func (k *keyring) next() (uint32, error) {
	for ; k.hint < len(k.taken); k.hint++ {
		if w := k.taken[k.hint]; w != ^uint64(0) {
			for bit := range 64 {
				if slot := uint32(k.hint*64 + bit); w&(1<<bit) == 0 && slot < k.slots {
					return slot, nil
				}
			}
		}
	}
	more := max(growSlots, k.slots/8/64*64)
	// Zeros are written, not left as a hole, so that filling a slot later needs no new room on the disk.
	if _, err := k.f.WriteAt(make([]byte, int(more)*slotSize), slotOffset(k.slots)); err != nil {
		return 0, fmt.Errorf("making room for keys: %w", err)
	}
	if k.sync {
		if err := k.f.Sync(); err != nil {
			return 0, fmt.Errorf("making room for keys: %w", err)
		}
	}
	slot := k.slots
	k.slots += more
	k.taken = append(k.taken, make([]uint64, int(k.slots+63)/64-len(k.taken))...)
	k.hint = int(slot / 64)
	return slot, nil
}

// burn overwrites slots and flushes. They stay taken until freed.
func (k *keyring) burn(slots []uint32) error {
	var empty store.Key
	for _, slot := range slots {
		k.dirty = true
		if _, err := k.f.WriteAt(empty[:], slotOffset(slot)); err != nil {
			return fmt.Errorf("burning a key: %w", err)
		}
	}
	return k.flush()
}

// flush waits until what was written is on disk.
func (k *keyring) flush() error {
	if !k.dirty || !k.sync {
		return nil
	}
	if err := datasync(k.f); err != nil {
		return fmt.Errorf("syncing the keyring: %w", err)
	}
	k.dirty = false
	return nil
}

// wipe overwrites every slot. It frees none.
func (k *keyring) wipe() error {
	if err := overwrite(k.f, slotOffset(0), slotOffset(k.slots)); err != nil {
		return fmt.Errorf("overwriting the keyring: %w", err)
	}
	k.dirty = true
	return k.flush()
}

// setID gives the emptied keyring a new id.
func (k *keyring) setID(id keyringID) error {
	k.dirty = true
	if _, err := k.f.WriteAt(encodeKeyringHeader(id), 0); err != nil {
		return fmt.Errorf("renewing the keyring's id: %w", err)
	}
	k.id = id
	return k.flush()
}

func (k *keyring) close() error { return k.f.Close() }

// overwrite puts zeros from offset from up to to.
func overwrite(f *os.File, from, to int64) error {
	zeros := make([]byte, 64<<10)
	for from < to {
		n, err := f.WriteAt(zeros[:min(int64(len(zeros)), to-from)], from)
		if err != nil {
			return err
		}
		from += int64(n)
	}
	return nil
}

// syncDir makes the names in dir durable.
func syncDir(dir string, opts Options) error {
	if opts.Memory {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func isClosedFile(err error) bool { return errors.Is(err, fs.ErrClosed) }
