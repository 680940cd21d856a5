package store_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"quietline/store"
)

var due = time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)

func key(t testing.TB) store.Key {
	t.Helper()
	k, err := store.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealOpens(t *testing.T) {
	k, at := key(t), store.Name{1}
	for _, n := range []int{0, 1, 400, 1000, 1024, 5000, 32_000, store.MaxPlain} {
		plain := bytes.Repeat([]byte("x"), n)
		sealed, err := store.Seal(k, at, due, 7, plain)
		if err != nil {
			t.Fatal(err)
		}
		if sealed[0] != 7 || len(sealed) > store.MaxSealed {
			t.Errorf("%d bytes are sealed to %d with format %d", n, len(sealed), sealed[0])
		}
		// The due time as a Store gives it back.
		format, got, err := store.Open(k, at, store.FromMinutes(store.Minutes(due)), sealed)
		if err != nil || format != 7 || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes open as %d bytes of format %d, %v", n, len(got), format, err)
		}
	}
	_, err := store.Seal(k, at, due, 7, make([]byte, store.MaxPlain+1))
	if !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("one byte too many: %v", err)
	}
}

func TestSealAppends(t *testing.T) {
	k, at := key(t), store.Name{1}
	room := make([]byte, 0, 8192)
	out, err := store.AppendSeal(append(room, "before"...), k, at, due, 1, []byte("plain"))
	if err != nil || !bytes.HasPrefix(out, []byte("before")) || &out[0] != &room[:1][0] {
		t.Fatalf("sealing does not append: %v", err)
	}
	_, plain, err := store.AppendOpen([]byte("after "), k, at, due, out[len("before"):])
	if err != nil || string(plain) != "after plain" {
		t.Errorf("opening appends %q, %v", plain, err)
	}
}

// TestSealHidesLength: within a class all bodies have one length, and there are few classes.
func TestSealHidesLength(t *testing.T) {
	k := key(t)
	lengths := map[int]bool{}
	for n := 0; n <= store.MaxPlain; n += 97 {
		sealed, err := store.Seal(k, store.Name{}, due, 1, make([]byte, n))
		if err != nil {
			t.Fatal(err)
		}
		lengths[len(sealed)] = true
	}
	if len(lengths) != 9 {
		t.Errorf("there are %d lengths, want 9", len(lengths))
	}
}

func TestSealIsBound(t *testing.T) {
	k, at := key(t), store.Name{1}
	sealed, err := store.Seal(k, at, due, 1, []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	flipped := func(i int) []byte {
		b := bytes.Clone(sealed)
		b[i] ^= 1
		return b
	}
	for what, open := range map[string]func() (byte, []byte, error){
		"another key":     func() (byte, []byte, error) { return store.Open(key(t), at, due, sealed) },
		"another name":    func() (byte, []byte, error) { return store.Open(k, store.Name{2}, due, sealed) },
		"another minute":  func() (byte, []byte, error) { return store.Open(k, at, due.Add(time.Minute), sealed) },
		"no due time":     func() (byte, []byte, error) { return store.Open(k, at, time.Time{}, sealed) },
		"another format":  func() (byte, []byte, error) { return store.Open(k, at, due, flipped(0)) },
		"a flipped bit":   func() (byte, []byte, error) { return store.Open(k, at, due, flipped(100)) },
		"the end cut off": func() (byte, []byte, error) { return store.Open(k, at, due, sealed[:len(sealed)-1]) },
		"nothing":         func() (byte, []byte, error) { return store.Open(k, at, due, nil) },
	} {
		if _, plain, err := open(); !errors.Is(err, store.ErrSealed) || len(plain) != 0 {
			t.Errorf("%s: %q, %v", what, plain, err)
		}
	}
}

func TestSealIsNeverTheSame(t *testing.T) {
	k := key(t)
	a, err1 := store.Seal(k, store.Name{}, due, 1, []byte("plain"))
	b, err2 := store.Seal(k, store.Name{}, due, 1, []byte("plain"))
	if err1 != nil || err2 != nil || bytes.Equal(a, b) {
		t.Errorf("two seals of the same are the same, or %v, %v", err1, err2)
	}
}

func TestMinutes(t *testing.T) {
	for _, at := range []time.Time{{}, due, due.Add(52 * time.Second), time.Unix(0, 0), time.Unix(-1e10, 0), time.Unix(1e12, 0)} {
		m := store.Minutes(at)
		if (m == 0) != at.IsZero() {
			t.Errorf("%v counts as minute %d", at, m)
		}
		if again := store.Minutes(store.FromMinutes(m)); again != m {
			t.Errorf("minute %d comes back as %d", m, again)
		}
	}
	if got := store.FromMinutes(store.Minutes(due.Add(52 * time.Second))); !got.Equal(due.Truncate(time.Minute)) {
		t.Errorf("rounded to %v", got)
	}
}

// TestS12NamesTellNothing: a Name depends on all three of secret, channel and address, and shows none of them.
func TestS12NamesTellNothing(t *testing.T) {
	secret := store.Key{1}
	one := store.NewName(secret, "sms", "+15550100")
	if one != store.NewName(secret, "sms", "+15550100") {
		t.Error("a Name is not the same twice")
	}
	for what, other := range map[string]store.Name{
		"secret":  store.NewName(store.Key{2}, "sms", "+15550100"),
		"channel": store.NewName(secret, "whatsapp", "+15550100"),
		"address": store.NewName(secret, "sms", "+15550101"),
		"border":  store.NewName(secret, "sm", "s+15550100"),
		"zero":    {},
	} {
		if one == other {
			t.Errorf("another %s gives the same Name", what)
		}
	}
	long := strings.Repeat("x", 1000)
	if store.NewName(secret, long, long) == store.NewName(secret, long, long+"y") {
		t.Error("long addresses collide")
	}
}

func FuzzOpen(f *testing.F) {
	k, at := store.Key{1}, store.Name{2}
	sealed, err := store.Seal(k, at, due, 1, []byte("plain"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[:40])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		// The workers seal with nonces of their own, so the seeds of all of them open.
		if _, plain, err := store.Open(k, at, due, b); err == nil && string(plain) != "plain" {
			t.Errorf("%d bytes that nobody sealed open as %d", len(b), len(plain))
		}
	})
}

func BenchmarkSealOpen1KB(b *testing.B) {
	k, at := key(b), store.Name{1}
	plain := make([]byte, 1024)
	var sealed, opened []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if sealed, err = store.AppendSeal(sealed[:0], k, at, due, 1, plain); err != nil {
			b.Fatal(err)
		}
		if _, opened, err = store.AppendOpen(opened[:0], k, at, due, sealed); err != nil {
			b.Fatal(err)
		}
	}
}
