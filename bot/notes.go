package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"quietline/flows"
	"quietline/line"
)

// notes are for whoever answers next, so that the person need not tell it again.
type notes struct {
	Before string `cbor:"1,keyasint,omitempty" keep:"what was before, in an adviser's words; as the notes"`
	Now    string `cbor:"2,keyasint,omitempty" keep:"how it is now, in an adviser's words; as the notes"`
	Next   string `cbor:"3,keyasint,omitempty" keep:"what comes next, in an adviser's words; as the notes"`
}

// forNotes is the act by which the person lets notes be kept.
const forNotes = "notes"

// MaxNote is the longest of the three notes, in bytes.
const MaxNote = 400

// Notes are three short notes about a conversation, each at most [MaxNote] bytes.
type Notes struct{ Before, Now, Next string }

// ErrNotes says that the person has not agreed to notes.
var ErrNotes = errors.New("notes are kept only with the person's yes")

// AskNotes asks the person whether the advisers may keep notes while the conversation lasts; nonce is the form's id. It is
// one act like any other (S6): it can be taken back, and the notes go with it.
func (b *Bot) AskNotes(ctx context.Context, handle, staff, nonce string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if repeated(t, nonce) || t.mayNote() {
			return nil, nil
		}
		if err := w.mayAsk(t, staff); err != nil {
			return nil, err
		}
		if err := t.roomForAct(); err != nil {
			return nil, err
		}
		say := func(id string) string { return w.say(t.Lang, id, nil) }
		t.Acts = append(t.Acts, act{N: t.lastAct() + 1, Whom: say("notes.whom"), What: say("notes.what"), Why: say("notes.why"), Till: say("notes.till"),
			By: staff, Asked: w.now.Unix(), For: forNotes})
		t.remember(deskID+nonce, w.now)
		t.oweAudit(line.ActConsent, line.NoteAsked, staff)
		return w.event(t, flows.Consent), nil
	})
}

// SetNotes replaces the notes. ErrNotes without the person's yes; ErrTooLong, ErrBadText as of Says.
func (b *Bot) SetNotes(ctx context.Context, handle, staff string, n Notes) error {
	for _, s := range []*string{&n.Before, &n.Now, &n.Next} {
		*s = strings.TrimSpace(*s)
		if err := goodText(*s, MaxNote); err != nil {
			return err
		}
	}
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		if !t.mayNote() {
			return nil, ErrNotes
		}
		t.Notes = &notes{n.Before, n.Now, n.Next}
		if n == (Notes{}) {
			t.Notes = nil
		}
		return w.begin(t), nil
	})
}

// mayNote says whether a yes to notes stands.
func (t *talk) mayNote() bool {
	return slices.ContainsFunc(t.Acts, func(a act) bool { return a.For == forNotes && a.Answer == ActYes })
}

func (t *talk) notes() Notes {
	if t.Notes == nil {
		return Notes{}
	}
	return Notes{t.Notes.Before, t.Notes.Now, t.Notes.Next}
}
