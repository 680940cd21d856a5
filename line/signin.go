package line

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"time"

	"quietline/store"
)

// ErrSignIn is returned when a name, password or code is wrong. It never says which.
var ErrSignIn = errors.New("the name, the password or the code is wrong")

// A Wait is the error for a try that comes too early after wrong ones. Even the right password is refused until then.
type Wait struct{ For time.Duration }

// Seconds is how many whole seconds to wait, at least 1.
func (w Wait) Seconds() int { return max(1, int((w.For+time.Second-1)/time.Second)) }

func (w Wait) Error() string { return fmt.Sprintf("try again in %d s", w.Seconds()) }

// After the first wrong try the next must wait one second, and each time twice as long, up to five minutes: at most 288
// tries a day, and nobody can keep an adviser out for longer than that.
const longestWait = 5 * time.Minute

func waitAfter(wrong int) time.Duration {
	if wrong > 9 {
		return longestWait
	}
	return min(longestWait, time.Second<<(wrong-1))
}

// wrong notes a wrong try.
func (r *staffRecord) wrong(now time.Time) {
	r.Wrong = min(r.Wrong+1, 1000)
	ends := now.Add(waitAfter(r.Wrong)).UTC()
	r.WaitEnds = ends.Truncate(time.Second) // it is kept in whole seconds, rounded up
	if r.WaitEnds.Before(ends) {
		r.WaitEnds = r.WaitEnds.Add(time.Second)
	}
}

// waiting returns a Wait while the next try comes too early.
func (r *staffRecord) waiting(now time.Time) error {
	if d := r.WaitEnds.Sub(now); d > 0 {
		return Wait{d}
	}
	return nil
}

// A guess are the wrong tries at a name that nobody has: they must meet the same answers as a name somebody has.
type guess struct{ staffRecord }

// mostGuesses bounds the memory that guessing takes; past it the one that has waited out first is forgotten.
const mostGuesses = 1000

// SignIn opens a session by name, password and the authenticator's six digits or one recovery code; each code works
// once. Errors: ErrSignIn, [Wait], or the store's.
func (l *Line) SignIn(ctx context.Context, name, password, code string) (SessionToken, Staff, error) {
	even := time.NewTimer(evenly)
	t, who, err := l.signIn(ctx, name, password, code)
	if errors.Is(err, ErrSignIn) {
		select {
		case <-even.C:
		case <-ctx.Done():
		}
	}
	return t, who, err
}

// evenly is how long a wrong try takes: a wrong password for a real name is written down, and how long that takes must
// not tell that the name is real.
const evenly = 120 * time.Millisecond

func (l *Line) signIn(ctx context.Context, name, password, code string) (_ SessionToken, _ Staff, failed error) {
	if len(name) > 200 || len(password) > 2000 || len(code) > 200 {
		return "", Staff{}, ErrSignIn
	}
	at := l.staffName(name)
	l.mu.RLock()
	rec, known := l.items[at].v.(*staffRecord)
	if known = known && rec.Enrolled; !known {
		rec = &staffRecord{Salt: make([]byte, 16)}
		rec.Wrong, rec.WaitEnds = l.guesses[at].Wrong, l.guesses[at].WaitEnds
	}
	l.mu.RUnlock()
	if err := rec.waiting(l.now()); err != nil {
		return "", Staff{}, err
	}
	if _, spare := l.takeRecovery(rec.Recovery, digits(code)); !spare {
		if err := l.spray.take(l.now()); err != nil {
			return "", Staff{}, err
		}
		defer func() {
			if !errors.Is(failed, ErrSignIn) {
				l.spray.give()
			}
		}()
	}
	hash, err := l.hash(ctx, password, rec.Salt)
	if err != nil {
		return "", Staff{}, err
	}
	if !known {
		return "", Staff{}, l.guessed(at)
	}
	right := hmac.Equal(hash, rec.Hash)
	code = digits(code)
	var refused error
	var note Note
	var who staffRecord
	err = change(ctx, l, at, func(old *staffRecord) (*staffRecord, error) {
		now := l.now()
		refused, note = nil, ""
		if old == nil || !old.Enrolled || !hmac.Equal(old.Salt, rec.Salt) {
			return nil, ErrSignIn // changed since we looked
		}
		if err := old.waiting(now); err != nil { // tries at the same moment do not get around it
			return nil, err
		}
		step, ok := totpStep(old.TOTP, code, old.Step, now)
		left, spare := l.takeRecovery(old.Recovery, code)
		if !right || !ok && !spare {
			old.wrong(now)
			refused = ErrSignIn
			return old, nil
		}
		if spare {
			old.Recovery, note = left, NoteSpare
		} else {
			old.Step = step
		}
		old.Wrong, old.WaitEnds = 0, time.Time{}
		who = *old
		return old, nil
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return "", Staff{}, err
	}
	return l.signedIn(ctx, &who, note)
}

// guessed notes a wrong try at a name that nobody has.
func (l *Line) guessed(at store.Name) error {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	g, ok := l.guesses[at]
	if err := g.waiting(now); err != nil {
		return err
	}
	if !ok && len(l.guesses) >= mostGuesses {
		first := at
		for n, o := range l.guesses {
			if first == at || o.WaitEnds.Before(l.guesses[first].WaitEnds) {
				first = n
			}
		}
		delete(l.guesses, first)
	}
	g.wrong(now)
	l.guesses[at] = g
	return ErrSignIn
}

func (l *Line) signedIn(ctx context.Context, who *staffRecord, note Note) (SessionToken, Staff, error) {
	if err := l.Audit(ctx, Entry{Actor: who.ID, Act: ActSignIn, Note: note}); err != nil {
		return "", Staff{}, err
	}
	t, err := l.newSession(ctx, who.ID, who.Epoch)
	return t, who.out(), err
}

// OneTimeLink returns the token of a link that signs a staff member in once, within 12 hours, with no password: for
// `try`, where nobody has enrolled. A new link replaces the one before.
func (l *Line) OneTimeLink(ctx context.Context, staffID string) (token string, err error) {
	who, ok := l.StaffByID(staffID)
	if !ok {
		return "", fmt.Errorf("making a one-time link: %w", ErrUnknown)
	}
	token, h, err := l.newToken()
	if err != nil {
		return "", err
	}
	err = change(ctx, l, l.staffName(who.Name), func(old *staffRecord) (*staffRecord, error) {
		if old == nil || !old.Disabled.IsZero() {
			return nil, ErrUnknown
		}
		old.Link, old.LinkEnds = h[:], l.now().Add(linkFor).UTC().Truncate(time.Second)
		return old, nil
	})
	if err != nil {
		return "", fmt.Errorf("making a one-time link: %w", err)
	}
	return token, nil
}

// Redeem opens a session with the token of a one-time link. ErrToken when it was used or its time is over.
func (l *Line) Redeem(ctx context.Context, token string) (SessionToken, error) {
	h, now := hashToken(token), l.now()
	good := func(s *staffRecord) bool {
		return s != nil && s.Link != nil && sameHash(s.Link, h) && now.Before(s.LinkEnds) && s.Disabled.IsZero()
	}
	ids := names(l, l.staff, func(_ string, s *staffRecord) bool { return good(s) })
	if len(ids) == 0 {
		return "", ErrToken
	}
	found, _ := l.StaffByID(ids[0])
	var who staffRecord
	err := change(ctx, l, l.staffName(found.Name), func(old *staffRecord) (*staffRecord, error) {
		if !good(old) {
			return nil, ErrToken
		}
		old.Link, old.LinkEnds = nil, time.Time{}
		who = *old
		return old, nil
	})
	if err != nil {
		return "", fmt.Errorf("opening a one-time link: %w", err)
	}
	t, _, err := l.signedIn(ctx, &who, NoteLink)
	return t, err
}

func sameHash(kept []byte, h tokenHash) bool { return hmac.Equal(kept, h[:]) }
