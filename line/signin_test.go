package line

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestWrongTriesWaitLongerAndLonger(t *testing.T) {
	ctx, clock := t.Context(), monday()
	dir := t.TempDir()
	st := openStore(t, dir)
	l := openLine(t, st, Options{Now: clock.Now})
	_, secret, _ := enrolled(t, l, "adviser-1", Adviser)
	clock.Move(time.Minute)
	// A name that nobody has must answer in the same way, or it could be told apart.
	for _, name := range []string{"adviser-1", "adviser-2"} {
		begin := clock.Now()
		for i, want := range []time.Duration{1, 2, 4, 8, 16, 32} {
			_, _, err := l.SignIn(ctx, name, "not the password", code(t, secret, clock.Now()))
			if !errors.Is(err, ErrSignIn) {
				t.Fatalf("%s, wrong try %d: %v", name, i+1, err)
			}
			var w Wait
			_, _, err = l.SignIn(ctx, name, password, code(t, secret, clock.Now()))
			if !errors.As(err, &w) || w.For != want*time.Second {
				t.Fatalf("%s, after wrong try %d: %v, want to wait %d s", name, i+1, err, want)
			}
			clock.Move(w.For)
		}
		clock.Move(begin.Sub(clock.Now()))
	}
	// The wait outlives a restart, and the right password ends it.
	clock.Move(40 * time.Second)
	if err := errors.Join(l.Close(), st.Close()); err != nil {
		t.Fatal(err)
	}
	l = openLine(t, openStore(t, dir), Options{Now: clock.Now})
	var w Wait
	if _, _, err := l.SignIn(ctx, "adviser-1", password, code(t, secret, clock.Now())); !errors.As(err, &w) || w.Error() != "try again in 23 s" {
		t.Fatalf("after a restart: %v", err)
	}
	clock.Move(w.For)
	if _, _, err := l.SignIn(ctx, "adviser-1", password, code(t, secret, clock.Now())); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.SignIn(ctx, "adviser-1", "not the password", ""); !errors.Is(err, ErrSignIn) {
		t.Fatal(err)
	}
	if _, _, err := l.SignIn(ctx, "adviser-1", "not the password", ""); !errors.As(err, &w) || w.For != time.Second {
		t.Errorf("the first wrong try after a right one: %v", err)
	}
	if waitAfter(10) != longestWait || waitAfter(1000) != longestWait {
		t.Error("a wait of more than five minutes lets anybody keep an adviser out")
	}
	for _, long := range []string{strings.Repeat("x", 3000), ""} {
		if _, _, err := l.SignIn(ctx, "adviser-3"+long[:len(long)/30], long, long); !errors.Is(err, ErrSignIn) {
			t.Error(err)
		}
	}
}

// Many tries at one moment are one try: the others meet the wait, whatever they say.
func TestGuessingAtOneMomentDoesNotGetAroundTheWait(t *testing.T) {
	ctx, clock := t.Context(), monday()
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: clock.Now})
	_, secret, _ := enrolled(t, l, "adviser-1", Adviser)
	clock.Move(time.Minute)
	c := code(t, secret, clock.Now())
	for _, name := range []string{"adviser-1", "adviser-2"} {
		errs := make(chan error)
		for i := range 8 {
			go func() {
				_, _, err := l.SignIn(ctx, name, "guess number "+strings.Repeat("x", i), c)
				errs <- err
			}()
		}
		tried := 0
		for range 8 {
			switch err := <-errs; {
			case errors.Is(err, ErrSignIn):
				tried++
			case !errors.As(err, new(Wait)):
				t.Error(err)
			}
		}
		if tried != 1 {
			t.Errorf("%s: %d guesses at one moment were tried", name, tried)
		}
	}
}

func TestGuessingAtManyNamesTakesLittleMemory(t *testing.T) {
	clock := monday()
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: clock.Now})
	for i := range mostGuesses + 50 {
		if err := l.guessed(l.entryName(uint64(i))); !errors.Is(err, ErrSignIn) {
			t.Fatal(err)
		}
		clock.Move(time.Millisecond)
	}
	if len(l.guesses) != mostGuesses {
		t.Errorf("%d guesses are remembered", len(l.guesses))
	}
}

// One password at many names: the line slows down as a whole. A recovery code and a passkey are not held up.
func TestSprayingManyNamesIsSlowed(t *testing.T) {
	ctx, clock := t.Context(), monday()
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: clock.Now})
	_, token, err := l.Invite(ctx, "", "adviser-1", Adviser, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := l.Enrol(ctx, token, password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Confirm(ctx, token, code(t, e.Secret, clock.Now())); err != nil {
		t.Fatal(err)
	}
	clock.Move(time.Minute)
	errs := make(chan error)
	for i := range sprayBurst + 20 {
		go func() {
			_, _, err := l.SignIn(ctx, "name-"+string(rune('a'+i%26))+string(rune('a'+i/26)), "spring 2026 spring", "123456")
			errs <- err
		}()
	}
	tried := 0
	for range sprayBurst + 20 {
		switch err := <-errs; {
		case errors.Is(err, ErrSignIn):
			tried++
		case !errors.As(err, new(Wait)):
			t.Error(err)
		}
	}
	if tried != sprayBurst {
		t.Errorf("%d guesses at many names were tried, at most %d may be", tried, sprayBurst)
	}
	var w Wait
	if _, _, err := l.SignIn(ctx, "adviser-1", password, code(t, e.Secret, clock.Now())); !errors.As(err, &w) || w.For > sprayEvery {
		t.Fatalf("while somebody sprays: %v", err)
	}
	if _, _, err := l.SignIn(ctx, "adviser-1", password, e.Recovery[0]); err != nil {
		t.Errorf("with a recovery code: %v", err)
	}
	if _, _, err := l.SignIn(ctx, "adviser-2", password, e.Recovery[1]); !errors.As(err, &w) {
		t.Errorf("with a recovery code of somebody else: %v", err)
	}
	clock.Move(sprayEvery)
	for range 3 { // right ones use nothing up
		if _, _, err := l.SignIn(ctx, "adviser-1", password, code(t, e.Secret, clock.Now())); err != nil {
			t.Fatal(err)
		}
		clock.Move(30 * time.Second)
	}
	clock.Move(-time.Hour) // a clock that jumps back keeps nobody out for an hour
	if err := l.spray.take(clock.Now()); errors.As(err, &w) && w.For > sprayEvery {
		t.Errorf("after the clock went back: %v", err)
	}
}
