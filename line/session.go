package line

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"quietline/store"
)

// ErrNoSession is returned for a token that is no session any more.
var ErrNoSession = errors.New("not signed in")

// A SessionToken is the value of the desk's cookie: 43 characters. Only its hash is kept. It logs as nothing.
type SessionToken string

// LogValue keeps the token out of logs.
func (SessionToken) LogValue() slog.Value { return slog.StringValue("(hidden)") }

// hearWithin is how lately a desk must have been heard from for its adviser to be on duty (S4).
const hearWithin = time.Minute

// Session returns who is signed in with a token, and counts as hearing from their desk. It ends 12 hours after sign-in,
// after 30 minutes unheard, with SignOut, and at once when the staff member is disabled.
func (l *Line) Session(t SessionToken) (Staff, bool) {
	h := hashToken(string(t))
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.sessions[h]
	if !ok || !l.live(s, now) {
		return Staff{}, false
	}
	if now.After(l.heard[h]) {
		l.heard[h] = now
	}
	return l.staff[s.Staff].out(), true
}

// Beat says that the desk was heard from: call it for every request that the browser itself makes, at least every 20
// seconds while a page is open; a stream that the server writes to is no proof that somebody is there. False: the
// session is over. Beats are known to this process only.
func (l *Line) Beat(t SessionToken) bool {
	_, ok := l.Session(t)
	return ok
}

// SignOut ends a session. One that is over already is no error.
func (l *Line) SignOut(ctx context.Context, t SessionToken) error {
	who := ""
	err := l.changeSession(ctx, t, func(s *sessionRecord) (*sessionRecord, error) {
		who = s.Staff
		return nil, nil
	})
	if errors.Is(err, ErrNoSession) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("signing out: %w", err)
	}
	return l.Audit(ctx, Entry{Actor: who, Act: ActSignOut})
}

// GoOnDuty says that the adviser or lead takes conversations now. A new session is off duty, so that nobody is promised
// an adviser who only looked in. ErrNoSession, or an error for another role.
func (l *Line) GoOnDuty(ctx context.Context, t SessionToken) error { return l.setDuty(ctx, t, true) }

// GoOffDuty says that the adviser takes no conversations for now.
func (l *Line) GoOffDuty(ctx context.Context, t SessionToken) error { return l.setDuty(ctx, t, false) }

func (l *Line) setDuty(ctx context.Context, t SessionToken, on bool) error {
	who, ok := l.Session(t)
	if !ok {
		return ErrNoSession
	}
	if on && !who.Role.onDuty() {
		return fmt.Errorf("going on duty: only an adviser or a lead can, not %s", who.Role)
	}
	same := true
	err := l.changeSession(ctx, t, func(s *sessionRecord) (*sessionRecord, error) {
		if same = s.Duty == on; same {
			return nil, errKeep
		}
		s.Duty = on
		return s, nil
	})
	if err != nil {
		return fmt.Errorf("changing duty: %w", err)
	}
	if same {
		return nil
	}
	act := ActOffDuty
	if on {
		act = ActOnDuty
	}
	return l.Audit(ctx, Entry{Actor: who.ID, Act: act})
}

func (l *Line) changeSession(ctx context.Context, t SessionToken, f func(*sessionRecord) (*sessionRecord, error)) error {
	return change(ctx, l, l.sessionName(hashToken(string(t))), func(old *sessionRecord) (*sessionRecord, error) {
		if old == nil {
			return nil, ErrNoSession
		}
		return f(old)
	})
}

// newSession signs a staff member in, as of the epoch in which they showed who they are.
func (l *Line) newSession(ctx context.Context, staffID string, epoch int) (SessionToken, error) {
	token, h, err := l.newToken()
	if err != nil {
		return "", err
	}
	now := l.now().UTC()
	rec := &sessionRecord{
		Token: h[:], Staff: staffID, Epoch: epoch,
		Ends: now.Add(sessionFor).Truncate(time.Second), Heard: now.Truncate(time.Minute),
	}
	err = change(ctx, l, l.sessionName(h), func(*sessionRecord) (*sessionRecord, error) { return rec, nil })
	if err != nil {
		return "", fmt.Errorf("keeping the session: %w", err)
	}
	l.mu.Lock()
	l.heard[h] = now
	l.mu.Unlock()
	return SessionToken(token), nil
}

// live says whether a session is one at now. The caller holds l.mu.
func (l *Line) live(s *sessionRecord, now time.Time) bool {
	who, ok := l.staff[s.Staff]
	return ok && who.Disabled.IsZero() && who.Epoch == s.Epoch && now.Before(s.Ends) && now.Sub(l.lastHeard(s)) < idleFor
}

// lastHeard is when a session's desk was last heard from. The caller holds l.mu.
func (l *Line) lastHeard(s *sessionRecord) time.Time {
	h := l.heard[tokenHash(s.Token)]
	if s.Heard.After(h) {
		return s.Heard
	}
	return h
}

// tidySessions takes away the sessions that are over and keeps, every few minutes, when the others were heard from, so
// that after a restart the 30 minutes go on.
func (l *Line) tidySessions(ctx context.Context) error {
	now := l.now()
	for _, h := range names(l, l.sessions, func(h tokenHash, s *sessionRecord) bool {
		return !l.live(s, now) || l.heard[h].Sub(s.Heard) >= 5*time.Minute
	}) {
		err := change(ctx, l, l.sessionName(h), func(old *sessionRecord) (*sessionRecord, error) {
			l.mu.RLock()
			defer l.mu.RUnlock()
			if old == nil || !l.live(old, now) {
				return nil, nil
			}
			old.Heard = l.lastHeard(old).UTC().Truncate(time.Minute)
			return old, nil
		})
		if err != nil {
			return fmt.Errorf("tidying sessions: %w", err)
		}
	}
	return nil
}

func (l *Line) sessionName(h tokenHash) store.Name {
	return store.NewName(l.secret, "session", string(h[:]))
}
