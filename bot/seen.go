package bot

import (
	"context"
	"slices"
	"time"

	"quietline/flows"
	"quietline/line"
)

// SeenFor is how long "I have seen it" holds back the alarm for somebody who waits: whoever pressed it may have fallen
// asleep over it, and the person waits still.
const SeenFor = 30 * time.Minute

// OnCall says who is called when a person waits and nobody is on duty; people are told the truth of it before they are
// handed over (S4).
type OnCall struct {
	Anybody bool // somebody is called whenever a person waits, at any hour
	Danger  bool // somebody is called at any hour when a person waits in danger
}

// Waits says whether somebody must come now: a person waits to be taken, and not one who left, not a check-in that stayed
// unanswered, and not a complaint alone; or the words of whoever waits there were forced out of them, wherever they are.
func (it Item) Waits() bool {
	return it.Mode == Waiting && (it.Duress || !it.Left && !it.Quiet && !it.only)
}

// Grave says whether a lead must hear of it at any hour: danger, words forced, an adviser who was lost, a life at risk, or
// a child while nobody trained for children is on duty. Trained must be known: it is in what [Bot.Queue] lists.
func (it Item) Grave() bool {
	return it.Urgent || it.Alert || it.Duress || it.Alone || it.Child && !it.Trained || slices.ContainsFunc(it.Flags, atRisk)
}

// atRisk are the flags that mean a life at risk; the others mean care that must come soon.
func atRisk(flag string) bool { return flag == "selfharm" || flag == "overdose" || flag == "bleeding" }

// gravity is what makes it grave that a person waits, a bit for each. What somebody has seen counts no more once there is
// one that they did not see. The lowest eight stay free: an older record holds a number there, and rings again.
func (t *talk) gravity() int {
	n := 0
	for i, is := range []bool{t.Hand.Urgent, t.Hand.Child, t.Hand.Alone, t.Duress} {
		if is {
			n |= 1 << (8 + i)
		}
	}
	for _, f := range t.Hand.Flags {
		n |= 1 << (13 + slices.Index(flows.Flags(), f)) // one that is not of them is the twelfth
	}
	return n
}

// seen is when somebody last said that they know of this person who waits; zero when nobody did, or it is worse since.
func (t *talk) seen() time.Time {
	if t.Mode != string(Waiting) || t.Hand.Seen == 0 || t.gravity()&^t.Hand.SeenAs != 0 {
		return time.Time{}
	}
	return at(t.Hand.Seen)
}

func (b *Bot) seen(ctx context.Context, handle, staff string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		it := t.item()
		switch {
		case it == nil || it.only && !it.Duress:
			return nil, ErrClosedNow
		case it.Mode != Waiting:
			return nil, ErrTaken
		}
		if who := b.staff(staff); who.Disabled || who.Role != line.Adviser && who.Role != line.Lead {
			return nil, ErrNotYours
		}
		t.Hand.Seen, t.Hand.SeenAs = w.now.Unix(), t.gravity()
		return w.begin(t), nil
	})
}

// unread says to whoever waits with nobody on duty that nobody reads until somebody is, where nobody is called.
func (tn *turn) unread(id string) bool {
	if id != "handoff.nobody" && id != "handoff.unknown" {
		return false
	}
	h := tn.t.Hand
	grave := h != nil && (h.Urgent || h.Child || slices.ContainsFunc(h.Flags, atRisk))
	return !tn.cfg.OnCall.Anybody && !(grave && tn.cfg.OnCall.Danger)
}
