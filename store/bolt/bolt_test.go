package bolt_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quietline/store"
	"quietline/store/bolt"
	"quietline/store/storetest"
)

func TestContract(t *testing.T) {
	for name, opts := range map[string]bolt.Options{"disk": {}, "memory": {Memory: true}} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) storetest.Place {
				dir := t.TempDir()
				return storetest.Place{
					Open:  func(t *testing.T) store.Store { return open(t, dir, opts) },
					Bytes: func(t *testing.T) []byte { return readAll(t, dir) },
				}
			})
		})
	}
}

func open(t testing.TB, dir string, opts bolt.Options) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(dir, "state", opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeStore(t testing.TB, s store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// readAll returns what stands in all files of dir.
func readAll(t testing.TB, dir string) []byte {
	t.Helper()
	var all []byte
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("listing the files: %d, %v", len(paths), err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

func name(s string) store.Name { return store.NewName(store.Key{1}, "test", s) }

func newKey(t testing.TB) store.Key {
	t.Helper()
	k, err := store.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func record(t testing.TB, at store.Name, key store.Key, text string) store.Record {
	t.Helper()
	sealed, err := store.Seal(key, at, time.Time{}, 1, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return store.Record{Key: key, Sealed: sealed}
}

func put(t testing.TB, s store.Store, at store.Name, old store.Rev, key store.Key, text string) store.Rev {
	t.Helper()
	rev, err := s.Swap(t.Context(), at, old, record(t, at, key, text))
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

// want fails unless text stands at the name; an empty text wants no record.
func want(t testing.TB, s store.Store, at store.Name, text string) {
	t.Helper()
	rec, err := s.Get(t.Context(), at)
	if text == "" {
		wantErr(t, "getting what is gone", err, store.ErrNotExist)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, plain, err := store.Open(rec.Key, at, rec.Due, rec.Sealed); err != nil || !bytes.Equal(plain, []byte(text)) {
		t.Errorf("the record holds %q, %v; want %q", plain, err, text)
	}
}
