package bot

import (
	"errors"
	"slices"

	"quietline/flows"
	"quietline/line"
)

// A complaint waits for a lead who is not its subject. It outlives the sitting, and with the person's yes what was written
// stays sealed for that lead; erase ends it at once, and so does the lead who closes it.
type complaint struct {
	At      int64  `cbor:"1,keyasint" keep:"when it was made, for the leads; as the complaint"`
	Until   int64  `cbor:"2,keyasint" keep:"when it ends; 96 hours at most, or 30 days with the person's yes"`
	Sealed  bool   `cbor:"3,keyasint,omitempty" keep:"the person said yes to keeping what was written; as the complaint"`
	About   string `cbor:"4,keyasint,omitempty" keep:"tapped: an adviser, the automatic answers, something else; as the complaint"`
	Lang    string `cbor:"5,keyasint,omitempty" keep:"language of the person, for the lead; as the complaint"`
	Country string `cbor:"6,keyasint,omitempty" keep:"country, for the lead; as the complaint"`

	Aside bool `cbor:"8,keyasint,omitempty" keep:"the sitting in which it was made is over: nothing written later is kept for it; as the complaint"`

	Of []string `cbor:"7,keyasint,omitempty" keep:"staff ids of whom it may be about, who never see it; as the complaint"`
}

// ErrComplaint refuses whoever may not take a complaint.
var ErrComplaint = errors.New("a complaint is for a lead who did not hold this conversation")

// complain makes the complaint, or changes what it is about and how long it is kept.
func (tn *turn) complain() {
	t := tn.t
	c := t.Complaint
	if c == nil {
		c = &complaint{At: tn.now.Unix(), Lang: tn.tongue(), Country: tn.where()}
		t.oweAudit(line.ActComplaint, "", "")
	} else {
		copied := *c
		c = &copied
	}
	c.About, c.Of = tn.st.Answers.About, nil
	if c.About != "bot" {
		c.Of = slices.Clone(t.Held)
	}
	c.Sealed = c.Sealed || tn.sealed
	c.Until = tn.shiftEnd(t.Lang)
	if c.Sealed {
		end := at(c.At).Add(complaintCeiling)
		if !tn.cfg.Durable { // it dies with the machine: more is not promised (S11)
			end = at(c.At).Add(keepDay)
		}
		c.Until = end.Unix()
	}
	t.Complaint = c
	tn.queued = true // it costs the leads an item
}

// barred says whether a staff member may have nothing to do with the complaint: no lead, or one whom it is about.
func (t *talk) barred(who line.Staff) bool {
	return who.Role != line.Lead || slices.Contains(t.Complaint.Of, who.ID)
}

// forLead says whether a line stays while the complaint waits.
func (c *complaint) forLead(e *entry) bool {
	return c != nil && (e.Lead || e.Kept || c.Sealed && !c.Aside && e.spoken())
}

// putAside seals what stays for the lead when the sitting closes: neither the next one to hold the phone nor another
// adviser sees it, and what is written later is not among it.
func (t *talk) putAside() {
	if t.Complaint == nil {
		return
	}
	for i := range t.Log {
		e := &t.Log[i]
		e.Kept = e.Kept || !e.Held && t.Complaint.forLead(e)
	}
	c := *t.Complaint
	c.Aside = true
	t.Complaint = &c
}

// reads says whether a staff member reads a line: what was written to the lead only one who may take the complaint, and who
// came for the complaint alone only what the person let us keep.
func (t *talk) reads(e *entry, who line.Staff, about bool) bool {
	if e.Lead || e.Kept {
		return t.Complaint != nil && !t.barred(who)
	}
	return !about || t.Complaint.forLead(e) || e.Held
}

// dropText takes away what was written, but for what waits for the person or, with a complaint, for the lead.
func (t *talk) dropText() {
	t.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return e.spoken() && !e.Held && !t.Complaint.forLead(&e) })
	t.Notes = nil
}

// complaintWaits says whether a lead may take the conversation because of the complaint alone.
func (t *talk) complaintWaits() bool {
	m := Mode(t.Mode)
	if m == Moved {
		m = Mode(t.Was)
	}
	return t.Complaint != nil && (m == Talking || m == Closing || m == Closed)
}

// claimComplaint gives it to a lead. The person is told only if they are there.
func (w *world) claimComplaint(t *talk, who line.Staff) (*turn, error) {
	if t.barred(who) {
		return nil, ErrComplaint
	}
	c := t.Complaint
	t.Hand = &handoff{Since: w.now.Unix(), Until: c.Until, Lang: c.Lang, Country: c.Country, Adviser: who.ID, About: true}
	t.Mode = string(Claimed)
	t.holds(who.ID)
	if t.Flow.Open {
		t.Hand.Asked = w.now.Unix()
	}
	tn := w.event(t, flows.Taken)
	return tn, nil
}

// endComplaint ends it: a lead has seen to it, or its time is over.
func (t *talk) endComplaint() {
	t.Complaint = nil
	t.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return e.Lead || e.Kept })
	if !waitsOrHeld(t.Mode) && !t.Flow.Open {
		t.dropText()
	}
}

// holds notes who held the conversation.
func (t *talk) holds(staff string) {
	if !slices.Contains(t.Held, staff) {
		t.Held = append(slices.Clone(t.Held), staff)
		if len(t.Held) > maxHeld {
			t.Held = t.Held[1:]
		}
	}
}
