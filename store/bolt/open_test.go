package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"quietline/store"
	"quietline/store/bolt"
)

func wantErr(t testing.TB, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("%s: %v, want %v", what, err, target)
	}
}

// files makes a store with ten records in a new folder and returns the paths of its files.
func files(t testing.TB) (dir, db, keys string) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, dir, bolt.Options{})
	for i := range 10 {
		put(t, s, name(fmt.Sprint(i)), 0, newKey(t), fmt.Sprint(i))
	}
	closeStore(t, s)
	return dir, filepath.Join(dir, "state.db"), filepath.Join(dir, "state.keys")
}

// wantOpenErr fails unless opening the store in dir gives target and a message that holds each of words.
func wantOpenErr(t testing.TB, dir string, target error, words ...string) {
	t.Helper()
	s, err := bolt.Open(dir, "state", bolt.Options{})
	if err == nil {
		s.Close()
		t.Fatalf("the store opens, want %v", target)
	}
	wantErr(t, "opening", err, target)
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the message %q does not say %q", err, word)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, bolt.Options{})
	start := time.Now()
	wantOpenErr(t, dir, bolt.ErrLocked, "another process", "stop the other one")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v to say so", took)
	}
	wantErr(t, "destroying the keys of an open store", bolt.DestroyKeys(dir, "state"), bolt.ErrLocked)
	put(t, s, name("a"), 0, newKey(t), "a")
	closeStore(t, s)
	s = open(t, dir, bolt.Options{})
	want(t, s, name("a"), "a")
	closeStore(t, s)
}

// TestLockedWhileReplaced: who has waited for the lock of a file that was then replaced, as compaction does, does not
// get to work on the file that is gone.
func TestLockedWhileReplaced(t *testing.T) {
	dir, db, _ := files(t)
	s := open(t, dir, bolt.Options{})
	whole, err := os.ReadFile(db)
	must(t, err)
	waiting := make(chan error)
	go func() {
		late, err := bolt.Open(dir, "state", bolt.Options{})
		if err == nil {
			err = errors.Join(errors.New("it opens"), late.Close())
		}
		waiting <- err
	}()
	for openFiles(t, db) < 2 {
		runtime.Gosched()
	}
	must(t, os.WriteFile(db+".other", whole, 0o600))
	must(t, os.Rename(db+".other", db))
	closeStore(t, s)
	wantErr(t, "opening what was replaced", <-waiting, bolt.ErrLocked)
}

// openFiles is how often this process has the file at path open.
func openFiles(t *testing.T, path string) (n int) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	for _, fd := range fds {
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && to == path {
			n++
		}
	}
	return n
}

// TestKeyringStaysSmall: the slots of burnt keys are used again.
func TestKeyringStaysSmall(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, bolt.Options{Memory: true})
	for range 20 {
		revs := make([]store.Rev, 150)
		for i := range revs {
			revs[i] = put(t, s, name(fmt.Sprint(i)), 0, newKey(t), "a")
		}
		for i, rev := range revs {
			_, err := s.Swap(t.Context(), name(fmt.Sprint(i)), rev, store.Record{})
			must(t, err)
		}
	}
	closeStore(t, s)
	info, err := os.Stat(filepath.Join(dir, "state.keys"))
	must(t, err)
	if most := int64(64 + 1024*32); info.Size() > most {
		t.Errorf("the keyring has %d bytes, at most %d are needed", info.Size(), most)
	}
}

func TestMissingKeyring(t *testing.T) {
	dir, db, keys := files(t)
	before, err := os.ReadFile(db)
	must(t, err)
	must(t, os.Rename(keys, keys+".away"))
	wantOpenErr(t, dir, bolt.ErrNoKeyring, "state.keys", "put", "back")
	if after, err := os.ReadFile(db); err != nil || !bytes.Equal(before, after) {
		t.Error("the database was changed")
	}
	if _, err := os.Stat(keys); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a new keyring was made")
	}
	must(t, os.Rename(keys+".away", keys))
	s := open(t, dir, bolt.Options{})
	want(t, s, name("3"), "3")
	closeStore(t, s)
}

func TestForeignKeyring(t *testing.T) {
	dir, _, keys := files(t)
	_, _, other := files(t)
	own, err := os.ReadFile(keys)
	must(t, err)
	foreign, err := os.ReadFile(other)
	must(t, err)
	must(t, os.WriteFile(keys, foreign, 0o600))
	wantOpenErr(t, dir, bolt.ErrForeignKeyring, "state.keys", "put back")
	if after, err := os.ReadFile(keys); err != nil || !bytes.Equal(after, foreign) {
		t.Error("the foreign keyring was changed")
	}
	must(t, os.WriteFile(keys, own, 0o600))
	s := open(t, dir, bolt.Options{})
	want(t, s, name("3"), "3")
	closeStore(t, s)
}

func TestMissingDatabase(t *testing.T) {
	dir, db, keys := files(t)
	must(t, os.Rename(db, db+".away"))
	before, err := os.ReadFile(keys)
	must(t, err)
	for range 2 {
		wantOpenErr(t, dir, bolt.ErrNoDatabase, "state.db", "back")
	}
	if after, err := os.ReadFile(keys); err != nil || !bytes.Equal(before, after) {
		t.Error("the keyring was changed")
	}
	must(t, os.Rename(db+".away", db))
	s := open(t, dir, bolt.Options{})
	want(t, s, name("3"), "3")
	closeStore(t, s)
}

// TestFirstOpenCutShort opens what a crash during the very first Open can leave.
func TestFirstOpenCutShort(t *testing.T) {
	dir := t.TempDir()
	closeStore(t, open(t, dir, bolt.Options{}))
	db, keys := filepath.Join(dir, "state.db"), filepath.Join(dir, "state.keys")
	must(t, os.Remove(db)) // an empty keyring alone
	closeStore(t, open(t, dir, bolt.Options{}))
	must(t, os.Truncate(db, 0)) // the database made, not yet begun
	must(t, os.WriteFile(keys+".new", []byte("half"), 0o600))
	s := open(t, dir, bolt.Options{})
	put(t, s, name("a"), 0, newKey(t), "a")
	closeStore(t, s)
	s = open(t, dir, bolt.Options{})
	want(t, s, name("a"), "a")
	closeStore(t, s)
}

func TestDamagedDatabase(t *testing.T) {
	damages := map[string]func(b []byte) []byte{
		"text":             func([]byte) []byte { return []byte("not a database, but some text") },
		"one byte":         func(b []byte) []byte { return b[:1] },
		"cut in meta":      func(b []byte) []byte { return b[:5000] },
		"cut in the pages": func(b []byte) []byte { return b[:3*4096] },
		"zeros":            func(b []byte) []byte { clear(b); return b },
		"no metas":         func(b []byte) []byte { clear(b[:2*4096]); return b },
		"no pages":         func(b []byte) []byte { clear(b[2*4096:]); return b },
	}
	for what, damage := range damages {
		t.Run(what, func(t *testing.T) {
			dir, db, _ := files(t)
			b, err := os.ReadFile(db)
			must(t, err)
			must(t, os.WriteFile(db, damage(b), 0o600))
			wantOpenErr(t, dir, bolt.ErrDamaged, "erase everything")
			must(t, bolt.DestroyKeys(dir, "state"))
			closeStore(t, open(t, dir, bolt.Options{}))
		})
	}
}

// TestDamagedAnywhere flips bytes of the pages: the store opens or says that it is damaged, and never ends the process.
func TestDamagedAnywhere(t *testing.T) {
	dir, db, _ := files(t)
	whole, err := os.ReadFile(db)
	must(t, err)
	used := (len(bytes.TrimRight(whole, "\x00")) + 4095) / 4096 * 4096
	whole = whole[:used]
	rng := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		b := bytes.Clone(whole)
		page := rng.IntN(used/4096) * 4096
		within := 64 // the page header and the first elements
		if rng.IntN(4) == 0 {
			within = 4096
		}
		for range 1 + rng.IntN(3) {
			b[page+rng.IntN(within)] ^= byte(1 + rng.IntN(255))
		}
		must(t, os.WriteFile(db, b, 0o600))
		s, err := bolt.Open(dir, "state", bolt.Options{})
		if err == nil {
			closeStore(t, s)
		} else if !errors.Is(err, bolt.ErrDamaged) && !errors.Is(err, bolt.ErrNewer) && !errors.Is(err, bolt.ErrForeignKeyring) {
			t.Errorf("page %d: %v", page/4096, err)
		}
	}
}

func TestDamagedKeyring(t *testing.T) {
	for what, damage := range map[string]func(b []byte) []byte{
		"empty":          func([]byte) []byte { return nil },
		"zeros":          func(b []byte) []byte { clear(b); return b },
		"cut":            func(b []byte) []byte { return b[:20] },
		"a flipped bit":  func(b []byte) []byte { b[17] ^= 1; return b },
		"another format": func(b []byte) []byte { b[0] = 'K'; return b },
	} {
		t.Run(what, func(t *testing.T) {
			dir, _, keys := files(t)
			b, err := os.ReadFile(keys)
			must(t, err)
			must(t, os.WriteFile(keys, damage(b), 0o600))
			wantOpenErr(t, dir, bolt.ErrDamaged, "keyring")
		})
	}
}

func TestNewerFormat(t *testing.T) {
	dir, db, _ := files(t)
	edit := func(bucket, key, value []byte) {
		t.Helper()
		d, err := bbolt.Open(db, 0o600, nil)
		must(t, err)
		must(t, d.Update(func(tx *bbolt.Tx) error {
			if value == nil {
				k, v := tx.Bucket(bucket).Cursor().First()
				key, value = k, append([]byte{9}, v[1:]...)
			}
			return tx.Bucket(bucket).Put(key, value)
		}))
		must(t, d.Close())
	}
	edit([]byte("meta"), []byte("format"), []byte{2})
	wantOpenErr(t, dir, bolt.ErrNewer, "format 2", "knows 1")
	edit([]byte("meta"), []byte("format"), []byte{1})
	closeStore(t, open(t, dir, bolt.Options{}))
	edit([]byte("records"), nil, nil)
	wantOpenErr(t, dir, bolt.ErrNewer, "record format 9")
}

// TestRecovery lays the files as a crash leaves them: a key that no record names, and a record whose key is burnt.
func TestRecovery(t *testing.T) {
	dir, _, keys := files(t)
	orphan := newKey(t)
	f, err := os.OpenFile(keys, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt(orphan[:], 64+900*32) // a slot that nothing names
	must(t, err)
	_, err = f.WriteAt(make([]byte, 32), 64+3*32) // that of one of the ten records
	must(t, err)
	must(t, f.Close())
	s := open(t, dir, bolt.Options{})
	if bytes.Contains(readAll(t, dir), orphan[:]) {
		t.Error("the key that no record names is still there")
	}
	live, gone := 0, ""
	for i := range 10 {
		if _, err := s.Get(t.Context(), name(fmt.Sprint(i))); errors.Is(err, store.ErrNotExist) {
			gone = fmt.Sprint(i)
		} else if must(t, err); err == nil {
			live++
		}
	}
	if live != 9 {
		t.Errorf("%d records are left, want 9", live)
	}
	put(t, s, name(gone), 0, newKey(t), "again")
	closeStore(t, s)
	s = open(t, dir, bolt.Options{})
	want(t, s, name(gone), "again")
	closeStore(t, s)
}

func TestCompactedAtOpen(t *testing.T) {
	for what, opts := range map[string]bolt.Options{"disk": {}, "memory": {Memory: true}} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, opts)
			key, revs := newKey(t), map[int]store.Rev{}
			text := strings.Repeat("x", 30_000)
			last := store.Rev(0)
			for i := range 200 {
				revs[i] = put(t, s, name(fmt.Sprint(i)), 0, key, text)
				last = revs[i]
			}
			for i := range 180 {
				_, err := s.Swap(t.Context(), name(fmt.Sprint(i)), revs[i], store.Record{})
				must(t, err)
			}
			closeStore(t, s)
			path := filepath.Join(dir, "state.db")
			must(t, os.WriteFile(path+".compact", []byte("left by a crash"), 0o600))
			before := used(t, path)
			s = open(t, dir, opts)
			for i := 180; i < 200; i++ {
				want(t, s, name(fmt.Sprint(i)), text)
			}
			if rev := put(t, s, name("new"), 0, key, "new"); rev <= last {
				t.Errorf("Rev %d after compaction, %d was used before", rev, last)
			}
			wantOpenErr(t, dir, bolt.ErrLocked)
			closeStore(t, s)
			if after := used(t, path); after > before/4 {
				t.Errorf("the database has %d bytes in use, %d before compaction", after, before)
			}
			s = open(t, dir, opts)
			want(t, s, name("new"), "new")
			want(t, s, name("190"), text)
			closeStore(t, s)
		})
	}
}

// used is how many bytes of the database at path are behind no page's end.
func used(t testing.TB, path string) (size int64) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	must(t, err)
	must(t, db.View(func(tx *bbolt.Tx) error { size = tx.Size(); return nil }))
	must(t, db.Close())
	return size
}
