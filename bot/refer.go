package bot

import (
	"context"
	"errors"
	"slices"

	"quietline/line"
)

// ReferPrefix begins [Act].For of a referral; the partner's ID follows.
const ReferPrefix = "refer:"

// RecordID is the line that tells the person that a record was made which the law asks for.
const RecordID = "record.told"

// ErrNoYes says that the person's yes to exactly this does not stand.
var ErrNoYes = errors.New("the person's yes to this does not stand")

// Share notes that something is passed on to a partner on the person's yes: act n of the conversation, asked for this very
// partner. It returns the act as the person read it. What is passed on never comes here; the audit has that it happened.
// ErrNoYes where the yes was not given, was taken back, or is another's.
func (b *Bot) Share(ctx context.Context, handle, staff string, n int, partner string) (Act, error) {
	var out Act
	err := b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		tn := w.begin(t)
		acts := tn.actsOf()
		i := slices.IndexFunc(acts, func(a Act) bool { return a.N == n && a.For == ReferPrefix+partner && a.Answer == ActYes })
		if i < 0 {
			return nil, ErrNoYes
		}
		out = acts[i]
		t.oweAudit(line.ActShare, line.NoteAgreed, staff)
		return tn, nil
	})
	return out, err
}

// Recorded tells the person that a record was made which the law asks for, and the audit. nonce is the form's id, as of Says.
func (b *Bot) Recorded(ctx context.Context, handle, staff, nonce string) error {
	return b.utters(ctx, handle, staff, nonce, func(tn *turn) (entry, error) {
		tn.t.oweAudit(line.ActShare, line.NoteLaw, staff)
		return ready(part{ID: RecordID})(tn)
	})
}
