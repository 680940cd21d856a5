package line

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"quietline/store"
	"quietline/store/bolt"
)

// A wallClock is a clock that stands still until it is moved.
type wallClock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *wallClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *wallClock) Move(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	return c.t
}

// monday is 10:00 in London on a Monday in summer.
func monday() *wallClock { return &wallClock{t: time.Date(2026, 7, 6, 9, 0, 0, 0, time.UTC)} }

func openStore(t testing.TB, dir string) *bolt.Store {
	t.Helper()
	st, err := bolt.Open(dir, "line", bolt.Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func openLine(t testing.TB, st store.Store, o Options) *Line {
	t.Helper()
	l, err := Open(t.Context(), st, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.cancel() })
	return l
}

const password = "a long walk by the sea"

// enrolled lets somebody in the way they come in: invited, enrolled, confirmed. It returns their ID, the secret in
// their authenticator and the session.
func enrolled(t testing.TB, l *Line, name string, role Role, langs ...string) (id, secret string, s SessionToken) {
	t.Helper()
	ctx := t.Context()
	id, token, err := l.Invite(ctx, "", name, role, langs)
	if err != nil {
		t.Fatal(err)
	}
	e, err := l.Enrol(ctx, token, password)
	if err != nil {
		t.Fatal(err)
	}
	s, err = l.Confirm(ctx, token, code(t, e.Secret, l.now()))
	if err != nil {
		t.Fatal(err)
	}
	return id, e.Secret, s
}

// linked lets somebody in by a one-time link.
func linked(t testing.TB, l *Line, name string, role Role, langs ...string) (id string, s SessionToken) {
	t.Helper()
	id, _, err := l.Invite(t.Context(), "", name, role, langs)
	if err != nil {
		t.Fatal(err)
	}
	return id, again(t, l, id)
}

func again(t testing.TB, l *Line, id string) SessionToken {
	t.Helper()
	token, err := l.OneTimeLink(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Redeem(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func code(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// soon waits until what another Line did has come through Watch.
func soon(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for !ok() {
		if ctx.Err() != nil {
			t.Fatalf("%s: not after 10 s", what)
		}
		runtime.Gosched()
	}
}
