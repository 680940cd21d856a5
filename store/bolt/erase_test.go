package bolt_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"quietline/store"
	"quietline/store/bolt"
)

func TestEraseAll(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, bolt.Options{})
	secret, err := store.Secret(t.Context(), s, rand.Reader)
	must(t, err)
	keys := []store.Key{secret}
	last := store.Rev(0)
	for i := range 1500 { // more slots than the keyring starts with
		if i < 20 || i%100 == 0 {
			keys = append(keys, newKey(t))
		}
		if i < 20 {
			last = put(t, s, name(fmt.Sprint(i)), 0, keys[len(keys)-1], "a")
		}
	}
	var wg sync.WaitGroup
	for i := 20; i < 1500; i++ {
		rec := record(t, name(fmt.Sprint(i)), newKey(t), "a")
		wg.Go(func() {
			if _, err := s.Swap(t.Context(), name(fmt.Sprint(i)), 0, rec); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	oldKeyring, err := os.ReadFile(filepath.Join(dir, "state.keys"))
	must(t, err)
	next, stop := iter.Pull2(s.Watch(t.Context()))
	defer stop()
	for c, err, _ := next(); !c.Listed; c, err, _ = next() {
		must(t, err)
	}
	start := time.Now()
	must(t, s.EraseAll(t.Context()))
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v, at most a second is allowed", took)
	}
	gone := map[store.Name]bool{}
	for len(gone) < 1501 {
		c, err, _ := next()
		must(t, err)
		if c.Rev != 0 {
			t.Fatalf("a watcher is told of Rev %d", c.Rev)
		}
		gone[c.Name] = true
	}
	want(t, s, name("7"), "")
	all := readAll(t, dir)
	for _, k := range keys {
		if bytes.Contains(all, k[:]) {
			t.Fatal("a key is still there")
		}
	}
	if again, err := store.Secret(t.Context(), s, rand.Reader); err != nil || again == secret {
		t.Errorf("the secret is still the old one, or %v", err)
	}
	if rev := put(t, s, name("7"), 0, newKey(t), "b"); rev <= last {
		t.Errorf("Rev %d after erasing everything, %d was used before", rev, last)
	}
	closeStore(t, s)

	s = open(t, dir, bolt.Options{})
	want(t, s, name("7"), "b")
	want(t, s, name("8"), "")
	wantErr(t, "erasing everything once more", s.EraseAll(t.Context()), nil)
	closeStore(t, s)
	wantErr(t, "erasing everything of a closed store", s.EraseAll(t.Context()), store.ErrClosed)

	must(t, os.WriteFile(filepath.Join(dir, "state.keys"), oldKeyring, 0o600)) // a copy that someone had kept
	wantOpenErr(t, dir, bolt.ErrForeignKeyring)
}

// TestEraseAllCutShort opens what a crash at each step of EraseAll leaves.
func TestEraseAllCutShort(t *testing.T) {
	next := bytes.Repeat([]byte{7}, 16)
	setNext := func(db string, next []byte) {
		d, err := bbolt.Open(db, 0o600, nil)
		must(t, err)
		must(t, d.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("next"), next) }))
		must(t, d.Close())
	}
	for what, cut := range map[string]func(db, keys string){
		"keys overwritten": func(_, keys string) {
			b, err := os.ReadFile(keys)
			must(t, err)
			clear(b[64:])
			must(t, os.WriteFile(keys, b, 0o600))
		},
		"next id named": func(db, _ string) { setNext(db, next) },
		"next id in the keyring": func(db, keys string) {
			b, err := os.ReadFile(keys)
			must(t, err)
			setNext(db, b[16:32])
			d, err := bbolt.Open(db, 0o600, nil)
			must(t, err)
			must(t, d.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("keyring"), next) }))
			must(t, d.Close())
		},
	} {
		t.Run(what, func(t *testing.T) {
			dir, db, keys := files(t)
			cut(db, keys)
			for range 2 {
				s := open(t, dir, bolt.Options{})
				if what == "keys overwritten" {
					want(t, s, name("3"), "")
				} else {
					want(t, s, name("3"), "3")
				}
				closeStore(t, s)
			}
			must(t, os.WriteFile(keys, nil, 0o600))
			wantOpenErr(t, dir, bolt.ErrDamaged)
		})
	}
}

func TestDestroyKeys(t *testing.T) {
	dir, db, keys := files(t)
	inode, err := os.Open(keys) // what stands where the removed file stood
	must(t, err)
	defer inode.Close()
	must(t, bolt.DestroyKeys(dir, "state"))
	b := make([]byte, 64+1024*32)
	_, err = inode.ReadAt(b, 0)
	must(t, err)
	if !bytes.Equal(b, make([]byte, len(b))) {
		t.Error("the keyring was not overwritten")
	}
	for _, path := range []string{db, keys} {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a file is left, %v", err)
		}
	}
	must(t, bolt.DestroyKeys(dir, "state")) // nothing to do
	s := open(t, dir, bolt.Options{})
	want(t, s, name("3"), "")
	put(t, s, name("3"), 0, newKey(t), "new")
	closeStore(t, s)
}

// limitFiles lets no file of this process grow, or be written, past size bytes, which is how a full disk looks to a
// file. The returned function lifts the limit.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	var before syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: before.Max}))
	lift = func() { must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)) }
	t.Cleanup(lift)
	return lift
}

func hasKey(t *testing.T, dir string, key store.Key) bool {
	t.Helper()
	return bytes.Contains(readAll(t, dir), key[:])
}

func TestFullDisk(t *testing.T) {
	// In a process of its own: the limit is for every file that the process writes.
	if os.Getenv(childEnv) == "" {
		if out, err := child(t, "full disk", "-test.run=^TestFullDisk$", "-test.v").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	for what, opts := range map[string]bolt.Options{"disk": {}, "memory": {Memory: true}} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, opts)
			text := strings.Repeat("x", 30_000)
			keys, revs := make([]store.Key, 20), make([]store.Rev, 20)
			for i := range keys {
				keys[i] = newKey(t)
				revs[i] = put(t, s, name(fmt.Sprint(i)), 0, keys[i], text)
			}
			next, stop := iter.Pull2(s.Watch(t.Context()))
			defer stop()
			for c, err, _ := next(); !c.Listed; c, err, _ = next() {
				must(t, err)
			}
			lift := limitFiles(t, 40<<10) // the keyring fits, a page of the database does not

			newer := newKey(t)
			if _, err := s.Swap(t.Context(), name("0"), revs[0], record(t, name("0"), newer, text)); err == nil {
				t.Fatal("a swap succeeds on a full disk")
			}
			want(t, s, name("0"), text)
			if !hasKey(t, dir, keys[0]) || hasKey(t, dir, newer) {
				t.Error("a swap that failed has changed the keys")
			}
			_, err := s.Swap(t.Context(), name("1"), revs[0], store.Record{})
			if err == nil {
				t.Error("an erase at a wrong Rev succeeds")
			}
			want(t, s, name("1"), text)

			eraseAt(t, s, name("1"), revs[1])
			if c, err, _ := next(); err != nil || c != (store.Change{Name: name("1")}) {
				t.Errorf("the watcher is told %+v, %v", c, err)
			}
			want(t, s, name("1"), "")
			if hasKey(t, dir, keys[1]) {
				t.Error("the key of the erased record is still there")
			}
			for c, err := range s.Watch(t.Context()) {
				must(t, err)
				if c.Listed {
					break
				}
				if c.Name == name("1") {
					t.Error("the erased record is listed")
				}
			}
			if _, err := s.Swap(t.Context(), name("1"), revs[1], record(t, name("1"), keys[1], text)); err == nil {
				t.Error("a late repeat succeeds")
			}
			if _, err := s.Swap(t.Context(), name("1"), 0, record(t, name("1"), newer, text)); err == nil {
				t.Error("a new start succeeds on a full disk")
			}
			want(t, s, name("1"), "")
			eraseAt(t, s, name("2"), revs[2])

			// The same process again, with the disk still full.
			closeStore(t, s)
			s = open(t, dir, opts)
			want(t, s, name("0"), text)
			want(t, s, name("1"), "")
			want(t, s, name("2"), "")
			eraseAt(t, s, name("3"), revs[3])

			lift()
			put(t, s, name("3"), 0, newKey(t), "back")
			rev := put(t, s, name("1"), 0, newer, "back")
			if rev <= revs[19] {
				t.Errorf("Rev %d is used again", rev)
			}
			closeStore(t, s)
			s = open(t, dir, opts)
			want(t, s, name("0"), text)
			want(t, s, name("1"), "back")
			want(t, s, name("2"), "")
			want(t, s, name("3"), "back")

			lift = limitFiles(t, 40<<10)
			must(t, s.EraseAll(t.Context()))
			want(t, s, name("0"), "")
			if hasKey(t, dir, keys[0]) {
				t.Error("a key is left after erasing everything")
			}
			if _, err := s.Swap(t.Context(), name("0"), 0, record(t, name("0"), newer, text)); err == nil {
				t.Error("a new start succeeds on a full disk")
			}
			lift()
			if again := put(t, s, name("0"), 0, newer, "anew"); again <= rev {
				t.Errorf("Rev %d is used again", again)
			}
			closeStore(t, s)
			s = open(t, dir, opts)
			want(t, s, name("0"), "anew")
			want(t, s, name("5"), "")
			closeStore(t, s)
		})
	}
}

// eraseAt erases the record whose Rev is old, and fails unless that succeeds.
func eraseAt(t *testing.T, s store.Store, at store.Name, old store.Rev) {
	t.Helper()
	if rev, err := s.Swap(t.Context(), at, old, store.Record{}); rev != 0 || err != nil {
		t.Fatalf("erasing: Rev %d, %v", rev, err)
	}
}
