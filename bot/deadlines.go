package bot

import (
	"slices"
	"time"

	"quietline/flows"
)

// deadline is the exact time, in Unix seconds, at which somebody must look at the record again; 0 is never. What is
// owed to others or to the person is due at once.
func (t *talk) deadline() int64 {
	var d int64
	sooner := func(s int64) {
		if s > 0 && (d == 0 || s < d) {
			d = s
		}
	}
	if len(t.Jobs) > 0 {
		sooner(1)
	}
	if len(t.Out) > 0 {
		sooner(max(t.NextTry, 1))
		for i := range t.Out {
			sooner(t.Out[i].Until)
		}
	}
	if t.Withdraw {
		sooner(max(t.NextPull, 1))
	}
	for i := range t.Receipts {
		sooner(t.Receipts[i].pullAt())
		sooner(t.Receipts[i].goneAt())
	}
	sooner(t.Silence)
	sooner(t.Expires)
	sooner(t.Stays)
	if a := t.Beforehand; a != nil {
		sooner(a.Next)
		sooner(a.Open)
		sooner(a.ReadyDue)
		if t.Hand != nil {
			sooner(t.Hand.Until)
		}
	}
	if c := t.Complaint; c != nil {
		sooner(c.Until)
	}
	if h := t.Hand; h != nil {
		sooner(h.Alert)
		if m := Mode(t.Mode); m == Waiting || t.heldLines() {
			sooner(h.Until)
		}
		if t.Mode == string(Claimed) || t.Mode == string(Active) {
			sooner(t.lostAt())
		}
	}
	return d
}

// due is the deadline as the store keeps it, in the clear: what is due at once shows the last message's time.
func (t *talk) due() time.Time {
	d := t.deadline()
	if d == 1 {
		d = max(t.Last, 60)
	}
	return at(d).Truncate(time.Minute)
}

// lostAt is when a message of the person has gone unanswered for too long.
func (t *talk) lostAt() int64 {
	if t.Hand == nil || t.Hand.Asked == 0 {
		return 0
	}
	wait := lostText
	if t.Page {
		wait = lostPage
	}
	return t.Hand.Asked + int64(wait/time.Second)
}

func (t *talk) heldLines() bool {
	return slices.ContainsFunc(t.Log, func(e entry) bool { return e.Held })
}

// turnBack moves the times of the record along when the clock was turned back since: then the person's last message lies
// in the future, and the sitting would stay open for as long as the clock was wrong. It reports whether it did.
func (t *talk) turnBack(now int64) bool {
	by := t.Last - now
	if t.Mode == string(Residue) {
		by = t.Stays - now - int64(residueCeiling/time.Second)
	}
	if by < clockSlack {
		return false
	}
	times := []*int64{&t.Last, &t.Silence, &t.Expires, &t.Stays, &t.NextTry, &t.NextPull, &t.ClaimTo}
	if h := t.Hand; h != nil {
		times = append(times, &h.Since, &h.Until, &h.Alert, &h.Asked, &h.Seen)
	}
	if c := t.Complaint; c != nil {
		times = append(times, &c.At, &c.Until)
	}
	if a := t.Beforehand; a != nil {
		times = append(times, &a.Open, &a.ReadyDue, &a.ReadyUntil) // not Next: it comes on the day that was said, or never
	}
	for i := range t.Out {
		times = append(times, &t.Out[i].Until)
	}
	for i := range t.Receipts {
		times = append(times, &t.Receipts[i].At, &t.Receipts[i].After)
	}
	for _, s := range times {
		if *s > 0 {
			*s = max(1, *s-by)
		}
	}
	return true
}

// closes says whether the sitting or the conversation ends now: what waits to be sent is too late then, also when nobody
// could look in time (S1).
func (t *talk) closes(now int64) bool {
	return t.Silence > 0 && t.Silence <= now || t.Expires > 0 && t.Expires <= now
}

// tick does what the clock asks for. It returns nil when nothing is due.
func (w *world) tick(t *talk) *turn {
	now := w.now.Unix()
	past := func(s int64) bool { return s > 0 && s <= now }
	h := t.Hand
	switch {
	case past(t.Stays):
		tn := w.begin(t)
		tn.gone = true
		return tn
	case t.pullDue(now), t.dropKept(now):
		return w.begin(t)
	case t.Beforehand != nil:
		return w.tickAsked(t)
	case past(t.Expires):
		tn := w.begin(t)
		tn.spares = true
		tn.erase()
		tn.counts = nil
		return tn
	case past(t.Silence):
		if (t.Mode == string(Waiting) || t.Mode == string(Claimed)) && t.Page && w.present {
			t.Silence = w.now.Add(sittingIdle).Unix() // S7: the page waits, for an adviser or for the first word of one
			return w.begin(t)
		}
		return w.event(t, flows.Silence)
	case t.Complaint != nil && past(t.Complaint.Until):
		t.endComplaint()
		return w.begin(t)
	case h == nil:
		return nil
	case past(h.Alert):
		tn := w.begin(t)
		h.Alert = 0
		if tn.st.Open {
			tn.unanswered(h.Harm)
			tn.say(t)
		}
		return tn
	case t.Mode == string(Waiting) && past(h.Until) && w.waitsOn(t):
		return w.begin(t)
	case t.Mode == string(Waiting) && past(h.Until):
		t.Mode, t.Hand = string(Talking), nil
		t.dropText()
		tn := w.event(t, flows.Expired)
		tn.unready()
		if !tn.st.Open {
			t.recall(false) // the chat waited, and need not any more
		}
		if !tn.st.Open && t.Expires == 0 {
			t.Expires = w.now.Add(keepDay).Unix()
		}
		if t.Complaint != nil && t.Expires > 0 {
			t.Expires = max(t.Expires, t.Complaint.Until)
		}
		return tn
	case t.heldLines() && past(h.Until):
		t.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return e.Held })
		tn := w.begin(t)
		if w.held(t) {
			h.Until = w.shiftEnd(h.Lang)
		}
		return tn
	case w.held(t) && past(t.lostAt()):
		if w.online(h.Adviser) {
			h.Asked = now // the adviser is there; ask again later
			return w.begin(t)
		}
		h.Alone = t.Beforehand == nil
		return w.lose(t)
	}
	return nil
}

// unanswered says to a person in danger what the adviser has not answered in time: the card, and before it what there is
// for who may hurt themselves.
func (tn *turn) unanswered(harm bool) {
	step, ok := tn.Book.Step(flows.Place{Flow: "hurt", Step: "selfharm"})
	if harm && ok {
		for _, id := range step.Say {
			tn.parts = append(tn.parts, part{ID: id, Args: tn.args(id)})
		}
	}
	tn.parts = append(tn.parts, part{Kind: partCard, ID: tn.t.Country})
}

// shiftEnd is when what waits for an adviser or for the person ends: with the next open shift, after 96 hours at most,
// or after a day where the state dies with the machine: more could not be promised (S11).
func (w *world) shiftEnd(lang string) int64 {
	end := w.now.Add(waitCeiling)
	if !w.cfg.Durable {
		end = w.now.Add(keepDay)
	}
	if d := w.duty(lang); !d.ShiftEnd.IsZero() && d.ShiftEnd.Before(end) {
		end = d.ShiftEnd
	}
	return end.Unix()
}

// waitsOn lets a person wait for the next open shift when the one they were promised was not held, for its day was closed
// meanwhile: 96 hours at most from when they began, or a day where the state dies with the machine (S10, S11).
func (w *world) waitsOn(t *talk) bool {
	h := t.Hand
	ceiling := at(h.Since).Add(waitCeiling)
	if !w.cfg.Durable {
		ceiling = at(h.Since).Add(keepDay)
	}
	if !ceiling.After(w.now) || w.cfg.Line.Held(at(h.Since), at(h.Until), h.Lang, t.Channel) {
		return false
	}
	h.Until = min(w.shiftEnd(h.Lang), ceiling.Unix())
	if t.Expires > 0 {
		t.Expires = max(t.Expires, h.Until)
	}
	return true
}

// lose puts a held conversation first into the queue again and tells the person the truth.
func (w *world) lose(t *talk) *turn {
	if t.Beforehand != nil { // nobody waits for an answer there
		t.Mode, t.Hand.Until = string(Waiting), w.shiftEnd(t.Hand.Lang)
		return w.begin(t)
	}
	if t.Hand.About {
		if !t.Flow.Open { // nobody waits for a person: it is there for a lead again
			t.Mode, t.Hand = string(Closed), nil
			return w.begin(t)
		}
		t.Hand.About = false
	}
	t.Mode = string(Waiting)
	t.Hand.Lost, t.Hand.Asked = true, 0 // an alert that nobody reacted to still brings the card (S3)
	t.Hand.Since = w.now.Unix()
	// Given back again and again, it still ends: 96 hours after the person's last word.
	t.Hand.Until = min(w.shiftEnd(t.Hand.Lang), max(at(t.Last).Add(waitCeiling).Unix(), w.now.Unix()+1))
	if t.Expires > 0 {
		t.Expires = max(t.Expires, t.Hand.Until)
	}
	return w.event(t, flows.Lost)
}
