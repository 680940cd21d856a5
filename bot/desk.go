package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"quietline/flows"
	"quietline/line"
	"quietline/store"
)

// ErrFull says that much of what an adviser wrote waits already, since nothing reaches the person.
var ErrFull = errors.New("nothing reaches this person at present: write again later")

// deskID stands before the ids of what an adviser writes.
const deskID = "desk:"

// listWait is how long a desk call waits, after a start, until every record has been read: a line of 100,000 takes one
// second.
const listWait = 2 * time.Second

// byName finds a conversation by its handle. Right after a start one that is not known yet is not gone.
func (b *Bot) byName(ctx context.Context, handle string) (store.Name, bool) {
	name, ok := b.lookUpHandle(handle)
	if ok {
		return name, true
	}
	select {
	case <-b.whole:
		return name, false
	default:
	}
	select {
	case <-b.whole:
	case <-ctx.Done():
	case <-time.After(listWait):
	}
	return b.lookUpHandle(handle)
}

func (b *Bot) lookUpHandle(handle string) (store.Name, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name, ok := b.byHandle[handle]
	return name, ok
}

// deskChange runs f on a conversation that the desk knows by its handle. One on its way to another record is first
// brought there.
func (b *Bot) deskChange(ctx context.Context, handle string, f func(*world, *talk) (*turn, error)) error {
	for range maxSwaps {
		name, ok := b.byName(ctx, handle)
		if !ok {
			return ErrGone
		}
		moving, owes := false, name // owes: whose jobs bring it to where it goes
		err := b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
			if t.Handle != handle {
				return nil, ErrGone
			}
			if t.Mode == string(Moved) {
				moving = true
				if len(t.MovedTo) > 0 {
					owes = store.Name(t.MovedTo)
				}
				return nil, nil
			}
			return f(w, t)
		})
		if !moving {
			return err
		}
		if err := b.doJobs(ctx, owes); err != nil {
			return err
		}
		if again, ok := b.byName(ctx, handle); ok && again == name {
			return ErrGone // another record takes it over: it is there in a moment
		}
	}
	return ErrGone
}

func (b *Bot) claim(ctx context.Context, handle, staff string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		who := b.staff(staff)
		switch m := Mode(t.Mode); {
		case m == Waiting:
		case m == Claimed, m == Active:
			if t.Hand.Adviser == staff {
				return nil, nil
			}
			return nil, ErrTaken
		case t.complaintWaits():
			tn, err := w.claimComplaint(t, who)
			if err == nil {
				tn.counts = append(tn.counts, line.CountClaimed)
			}
			return tn, err
		default:
			return nil, ErrClosedNow
		}
		if err := w.mayTake(t, who); err != nil {
			return nil, err
		}
		if !t.Hand.presses() && b.full(who) {
			return nil, ErrLoad
		}
		t.Mode = string(Claimed)
		t.holds(staff)
		t.Hand.Adviser, t.Hand.Lost, t.Hand.Alone, t.Hand.Seen, t.Hand.SeenAs, t.Hand.Wants = staff, false, false, 0, 0, false
		if t.Beforehand != nil { // nobody there waits for a word
			return w.begin(t), nil
		}
		t.Hand.Asked = w.now.Unix() // the person waits for the first word, whether they wrote or not
		tn := w.event(t, flows.Taken)
		tn.counts = append(tn.counts, line.CountClaimed)
		return tn, nil
	})
}

// staff is the staff member with an id; nobody where there is none.
func (b *Bot) staff(id string) line.Staff {
	who, _ := b.cfg.Line.StaffByID(id)
	return who
}

// mine refuses whoever does not hold the conversation.
func mine(t *talk, staff string) error {
	switch Mode(t.Mode) {
	case Claimed, Active:
		if t.Hand.Adviser == staff {
			return nil
		}
		return ErrTaken
	case Waiting:
		return ErrNotYours
	}
	return ErrClosedNow
}

func (b *Bot) release(ctx context.Context, handle, staff string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		return w.lose(t), nil
	})
}

func (b *Bot) says(ctx context.Context, handle, staff, id string, words Private) error {
	if err := goodText(words.Reveal(), MaxText); err != nil {
		return err
	}
	if words.Empty() {
		return ErrBadText
	}
	return b.utters(ctx, handle, staff, id, func(*turn) (entry, error) { return entry{Text: words.Reveal()}, nil })
}

// utters sends what an adviser says: their own words, or words that the line has ready. say makes the line, in the turn that
// sends it.
func (b *Bot) utters(ctx context.Context, handle, staff, id string, say func(tn *turn) (entry, error)) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		if t.Beforehand != nil {
			return nil, ErrQuiet
		}
		if repeated(t, id) {
			return nil, nil
		}
		tn := w.begin(t)
		e, err := say(tn)
		if err != nil {
			return nil, err
		}
		if len(t.Out) >= maxOut || t.unread()+len(e.Text)+len(e.Said) > maxUnread {
			return nil, ErrFull
		}
		if id != "" {
			t.remember(deskID+id, w.now)
		}
		tn.utter(e)
		return tn, nil
	})
}

// utter is what the holder says: it counts as their answer.
func (tn *turn) utter(e entry) {
	t := tn.t
	t.Mode = string(Active)
	tn.dropQuestion()
	phrase, _ := tn.Words.Phrase(e.phrase())
	h := t.Hand
	h.Asked, h.Unread, h.Alert, h.Alerted, h.Harm, h.Given = 0, 0, 0, false, false, false
	open := tn.silent() && !t.Left && !t.Deaf
	e.From, e.Held = string(FromAdviser), !open
	tn.log(e)
	t.Posed, t.PosedIn = "", ""
	if open && len(phrase.Answers) > 0 { // what waits is read later, and answered in words
		t.Posed, t.PosedIn = phrase.ID, saidTurn(t)
	}
	switch {
	case !open:
		// S7: it waits until the person opens a sitting, to the end of the next open shift.
		tn.answered()
		h.Until = tn.shiftEnd(h.Lang)
		t.Expires = max(t.Expires, h.Until)
	case !t.Page && t.Channel != "":
		o := outmsg{ID: saidTurn(t) + ".0", Lang: t.Lang, Text: e.Text, Said: e.Said, Seq: t.Seq, Until: tn.now.Add(outLives).Unix()}
		for _, id := range phrase.Answers {
			o.Choices = append(o.Choices, offer{ID: id, Text: id})
		}
		t.post(o, tn.now)
	}
}

func (b *Bot) ack(ctx context.Context, handle, staff string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		t.Hand.Alert, t.Hand.Alerted, t.Hand.Harm, t.Duress = 0, false, false, false
		return w.begin(t), nil
	})
}

func (b *Bot) end(ctx context.Context, handle, staff string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		if t.Beforehand != nil {
			t.Mode, t.Hand, t.Beforehand.Wrote = string(Asked), nil, false
			tn := w.begin(t)
			tn.settle()
			return tn, nil
		}
		t.Hand.Asked, t.Hand.Alerted, t.Hand.Harm = 0, false, false // an alert that nobody reacted to still brings the card
		open := t.Flow.Open
		t.Report = ""
		if t.Complaint != nil && !t.barred(b.staff(staff)) { // a lead has seen to it
			t.endComplaint()
		}
		if !open { // text lives from handoff to closing; an answer not read yet waits
			t.dropText()
		}
		if t.Left && t.Page && t.Words == nil && t.Complaint == nil {
			tn := w.begin(t)
			tn.erase()
			tn.counts = []string{line.CountClosed}
			return tn, nil
		}
		t.Mode = string(Closing)
		if !open {
			t.recall(false)
			t.Mode = string(Closed)
			t.Expires = at(t.Last).Add(keepTime(t.Flow.Keep, w.cfg.Durable)).Unix()
			if t.heldLines() {
				t.Expires = max(t.Expires, t.Hand.Until)
			}
			if t.Words != nil && t.Flow.Keep != "now" {
				t.Expires = max(t.Expires, t.Sign)
			}
			if t.Complaint != nil {
				t.Expires = max(t.Expires, t.Complaint.Until)
			}
		}
		tn := w.event(t, flows.Ended)
		tn.counts = append(tn.counts, line.CountClosed)
		return tn, nil
	})
}

func (b *Bot) eraseHandle(ctx context.Context, handle string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		w.asks = true
		tn := w.begin(t)
		tn.forget()
		tn.erase()
		return tn, nil
	})
}

func (b *Bot) desk(ctx context.Context, handle, staff string, lead bool, lang string) (DeskView, error) {
	name, ok := b.byName(ctx, handle)
	if !ok {
		return DeskView{}, ErrGone
	}
	r, t, err := b.read(ctx, name)
	if err != nil {
		return DeskView{}, err
	}
	if t == nil || t.Handle != handle {
		return DeskView{}, ErrGone
	}
	it := t.item()
	if it == nil {
		return DeskView{}, ErrClosedNow
	}
	if it.Mode == Waiting && !lead {
		return DeskView{}, ErrNotYours
	}
	if it.Adviser != staff && !lead {
		return DeskView{}, ErrTaken
	}
	who := b.staff(staff)
	about := it.Complaint && (t.complaintWaits() || t.Hand.About) // it is there for the complaint alone
	if about && t.barred(who) {
		return DeskView{}, ErrComplaint
	}
	if it.Adviser != staff && !t.Hand.looking(staff, b.cfg.Now()) {
		return DeskView{}, ErrReason
	}
	it.show(who)
	c := b.cfg.Content()
	w := b.world("")
	tn := w.begin(t)
	v := DeskView{Item: *it, Rev: r.Rev, Here: t.Page && t.Flow.Open && b.isPresent(name), Keep: t.Flow.Keep}
	for i := range t.Log {
		if e := &t.Log[i]; e.spoken() && t.reads(e, who, about) {
			v.Lines = append(v.Lines, b.deskLine(c, t, e, lang))
		}
	}
	if t.Flow.Share == "all" {
		v.Summary = c.Summary(lang, tn.st.Answers)
	}
	if t.Hand != nil && it.Mode != Waiting {
		v.Flags = slices.Clone(t.Hand.Flags)
	}
	v.Acts = tn.actsOf()
	v.Notes, v.Noted = t.notes(), t.mayNote()
	if t.Hand != nil {
		v.Looks = t.looksOf(w.now)
	}
	if t.Report != "" {
		v.Report = c.Outcomes(lang, strings.Fields(t.Report))
	}
	v.Asking = tn.Book.Aside(tn.st) && tn.silent()
	v.Reported, v.Returns = at(t.Reported), t.Words != nil
	if a := t.Beforehand; a != nil {
		v.Summary = c.agreed(lang, a)
	}
	return v, nil
}

// errDesk groups the refusals an adviser can meet, none of which is a fault.
var errDesk = []error{ErrGone, ErrTaken, ErrNotYours, ErrClosedNow, ErrTooLong, ErrBadText, ErrFull, ErrQuiet,
	ErrChild, ErrComplaint, ErrBefore, ErrNotes, ErrPhrase, ErrService, ErrNoYes, ErrReason, ErrAbsent, ErrLoad, ErrNeverShown, ErrSecondLead, ErrNoAddress, ErrAway, ErrStanding, ErrAct, ErrActs, ErrAdults, ErrSoon}

// Refused says whether err is an ordinary refusal of a desk call, to be told to the adviser, and not a fault.
func Refused(err error) bool {
	return slices.ContainsFunc(errDesk, func(e error) bool { return errors.Is(err, e) })
}
