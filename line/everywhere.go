package line

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// SignOutAll ends every session of a staff member, at once and in every process. ErrUnknown for an ID that nobody has.
func (l *Line) SignOutAll(ctx context.Context, actor, id string) error {
	who, ok := l.StaffByID(id)
	if !ok {
		return fmt.Errorf("signing out everywhere: %w", ErrUnknown)
	}
	err := change(ctx, l, l.staffName(who.Name), func(old *staffRecord) (*staffRecord, error) {
		if old == nil || old.ID != id {
			return nil, ErrUnknown
		}
		old.Epoch++ // sessions of before count no more
		return old, nil
	})
	if err != nil {
		return fmt.Errorf("signing out everywhere: %w", err)
	}
	return errors.Join(l.Audit(ctx, Entry{Actor: actor, Act: ActSignOut, Handle: id}), l.tidySessions(ctx))
}

// NewRecovery makes ten new recovery codes in place of the old, for somebody who is signed in and shows a code of their
// authenticator. ErrSignIn for a wrong code, [Wait] while a next try must wait.
func (l *Line) NewRecovery(ctx context.Context, t SessionToken, code string) ([]string, error) {
	who, ok := l.Session(t)
	if !ok {
		return nil, fmt.Errorf("making recovery codes: %w", ErrNoSession)
	}
	shown, kept, err := l.newRecovery()
	if err != nil {
		return nil, err
	}
	err = l.withCode(ctx, who.Name, code, func(old *staffRecord, _ time.Time) error {
		if !old.Enrolled {
			return ErrSignIn
		}
		return nil
	}, func(old *staffRecord) { old.Recovery = kept })
	if err != nil {
		return nil, fmt.Errorf("making recovery codes: %w", err)
	}
	return shown, l.Audit(ctx, Entry{Actor: who.ID, Act: ActEnrol, Note: NoteSpare})
}
