package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"sync"
	"testing"

	"quietline/store"
)

func testReopen(t *testing.T, p Place) {
	s := p.Open(t)
	revs := map[int]store.Rev{}
	for i := range 30 {
		key := newKey(t)
		revs[i] = put(t, s, name(i), 0, key, "a")
		switch i % 3 {
		case 1:
			revs[i] = put(t, s, name(i), revs[i], newKey(t), "b")
		case 2:
			erase(t, s, name(i), revs[i])
		}
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = p.Open(t)
		for i := range 30 {
			switch i % 3 {
			case 0:
				want(t, s, name(i), revs[i], "a")
			case 1:
				want(t, s, name(i), revs[i], "b")
			case 2:
				_, err := s.Get(t.Context(), name(i))
				wantErr(t, "an erased record after reopening", err, store.ErrNotExist)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func testBurnt(t *testing.T, p Place) {
	s := p.Open(t)
	var burnt, kept []store.Key
	for i := range 50 {
		first, second := newKey(t), newKey(t)
		rev := put(t, s, name(i), 0, first, "a")
		switch i % 3 {
		case 0:
			kept = append(kept, first)
		case 1:
			put(t, s, name(i), rev, second, "b")
			burnt, kept = append(burnt, first), append(kept, second)
		case 2:
			erase(t, s, name(i), rev)
			burnt = append(burnt, first)
		}
	}
	search := func(when string) {
		all := p.Bytes(t)
		for _, k := range burnt {
			if bytes.Contains(all, k[:]) {
				t.Fatalf("%s: a burnt key can be found", when)
			}
		}
		for _, k := range kept {
			if !bytes.Contains(all, k[:]) {
				t.Fatalf("%s: a key in use cannot be found, so the search proves nothing", when)
			}
		}
	}
	search("while open")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	search("after closing")
	s = p.Open(t)
	search("after opening again")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func testCanaries(t *testing.T, p Place) {
	const text, address = "canary-of-the-body", "canary-of-the-address"
	s := p.Open(t)
	secret, err := store.Secret(t.Context(), s, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	at := store.NewName(secret, "canary-of-the-channel", address)
	rev := put(t, s, at, 0, newKey(t), text)
	rev = put(t, s, at, rev, newKey(t), text)
	want(t, s, at, rev, text)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	all := p.Bytes(t)
	if bytes.Contains(all, []byte("canary")) {
		t.Error("a canary can be found in what the store has written")
	}
	if !bytes.Contains(all, at[:]) {
		t.Error("the name cannot be found, so the search proves nothing")
	}
}

func testSecret(t *testing.T, p Place) {
	s := p.Open(t)
	secrets := make([]store.Key, 16)
	var wg sync.WaitGroup
	for i := range secrets {
		wg.Go(func() {
			var err error
			if secrets[i], err = store.Secret(t.Context(), s, rand.Reader); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range secrets {
		if k != secrets[0] || k == (store.Key{}) {
			t.Fatal("openers have different secrets")
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, p)
	if k, err := store.Secret(t.Context(), s, rand.Reader); err != nil || k != secrets[0] {
		t.Errorf("the secret is another after reopening, %v", err)
	}
}

func testClose(t *testing.T, p Place) {
	s := p.Open(t)
	rev := put(t, s, name(1), 0, newKey(t), "a")
	recs := make([]store.Record, 8)
	for i := range recs {
		recs[i] = record(t, name(i+10), newKey(t), "b")
	}
	var wg sync.WaitGroup
	for i := range recs {
		wg.Go(func() {
			var err error
			for rev := store.Rev(0); err == nil; {
				rev, err = s.Swap(context.Background(), name(i+10), rev, recs[i])
			}
			wantErr(t, "swapping while the store closes", err, store.ErrClosed)
		})
		wg.Go(func() {
			var err error
			for err == nil {
				_, err = s.Get(context.Background(), name(1))
			}
			wantErr(t, "getting while the store closes", err, store.ErrClosed)
		})
		wg.Go(func() {
			var last error
			for _, err := range s.Watch(context.Background()) {
				last = err
			}
			wantErr(t, "watching while the store closes", last, store.ErrClosed)
		})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	s = open(t, p)
	want(t, s, name(1), rev, "a")
}
