package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"quietline/line"
)

// A look is a lead's reading of a conversation that somebody else holds.
type look struct {
	By   string `cbor:"1,keyasint" keep:"staff id of the lead who reads along, for the adviser; an hour"`
	Why  string `cbor:"2,keyasint" keep:"the reason they stated, one of a closed list, for the adviser; an hour"`
	Till int64  `cbor:"3,keyasint" keep:"when it ends; an hour"`
}

// lookFor is how long a stated reason holds.
const lookFor = time.Hour

// maxLooks is how many leads may read along at once.
const maxLooks = 4

// A Look is a lead who reads along, and why.
type Look struct {
	By  string // staff id
	Why line.Note
}

// Reasons are why a lead may open a conversation that somebody else holds.
var Reasons = []line.Note{line.NoteInvited, line.NoteDanger, line.NoteSupport, line.NoteReview}

// MovedID is the line that tells the person that a colleague goes on.
const MovedID = "desk.moved"

// Errors of the team's calls.
var (
	ErrReason = errors.New("state the reason first")
	ErrAbsent = errors.New("this adviser cannot take the conversation now: they are not on duty, or not for this person")
	ErrLoad   = errors.New("the adviser holds as many conversations as they can answer")
)

// Look lets a lead read a conversation that somebody else holds, or that waits, for an hour. The adviser sees who reads and
// why, and so does the audit. ErrReason for a reason that is none of [Reasons].
func (b *Bot) Look(ctx context.Context, handle, staff string, why line.Note) error {
	if !slices.Contains(Reasons, why) {
		return ErrReason
	}
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if t.Hand == nil {
			return nil, ErrClosedNow
		}
		if who := b.staff(staff); who.Role != line.Lead || t.Complaint != nil && t.barred(who) {
			return nil, ErrNotYours
		}
		h := t.Hand
		h.Looks = slices.DeleteFunc(slices.Clone(h.Looks), func(l look) bool { return l.By == staff || l.Till <= w.now.Unix() })
		if len(h.Looks) == maxLooks {
			h.Looks = h.Looks[1:]
		}
		h.Looks = append(h.Looks, look{staff, string(why), w.now.Add(lookFor).Unix()})
		h.Wants = false
		t.oweAudit(line.ActOpen, why, staff)
		return w.begin(t), nil
	})
}

// looking says whether a lead has stated why they read the conversation.
func (h *handoff) looking(staff string, now time.Time) bool {
	return h != nil && slices.ContainsFunc(h.Looks, func(l look) bool { return l.By == staff && l.Till > now.Unix() })
}

// AskLead asks the leads to look at a conversation: it stands out in their queue until one does.
func (b *Bot) AskLead(ctx context.Context, handle, staff string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		t.Hand.Wants = true
		return w.begin(t), nil
	})
}

// Transfer gives a conversation to a colleague who is on duty: one swap, so that one of them holds it at any time. The
// person is told in the same turn. The colleague's queue says that it was given to them; if their desk falls silent it goes
// back to the queue like any other.
func (b *Bot) Transfer(ctx context.Context, handle, staff, to string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		who := b.staff(to)
		switch {
		case t.Beforehand != nil:
			return nil, ErrQuiet
		case to == staff || !b.onDuty(who), t.Complaint != nil && t.Hand.About && t.barred(who):
			return nil, ErrAbsent
		case t.Hand.Child && !who.ChildTrained && b.staff(staff).ChildTrained:
			return nil, ErrChild
		case b.full(who):
			return nil, ErrLoad
		}
		tn := w.begin(t)
		before := *t.Hand
		tn.utter(entry{Said: pack([]part{{ID: MovedID}})})
		h := t.Hand
		h.Unread, h.Alert, h.Alerted, h.Harm = before.Unread, before.Alert, before.Alerted, before.Harm // nobody has reacted to it
		h.Adviser, h.Given, h.Lost, h.Alone, h.Asked = to, true, false, false, w.now.Unix()
		t.Mode = string(Claimed)
		t.holds(to)
		t.oweAudit(line.ActAssign, "", staff)
		return tn, nil
	})
}

// onDuty says whether a staff member answers people and is there now.
func (b *Bot) onDuty(who line.Staff) bool {
	return (who.Role == line.Adviser || who.Role == line.Lead) && !who.Disabled && b.cfg.Line.Online(who.ID)
}

// full says whether a staff member holds as many conversations with somebody there as they can answer.
func (b *Bot) full(who line.Staff) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.talks[who.ID] >= who.AtOnce()
}

// looksOf are the leads who read along now.
func (t *talk) looksOf(now time.Time) []Look {
	var out []Look
	for _, l := range t.Hand.Looks {
		if l.Till > now.Unix() {
			out = append(out, Look{l.By, line.Note(l.Why)})
		}
	}
	return out
}
