package bot

import (
	"errors"
	"slices"

	"quietline/flows"
	"quietline/line"
)

// ErrChild refuses an adviser who is not trained for children while somebody is on duty who is.
var ErrChild = errors.New("the person said that they are under 18, and an adviser trained for children is on duty: only they may take it")

// ErrBefore refuses everybody but the adviser who answered before, while they are here and have not been waited for long.
var ErrBefore = errors.New("an adviser who is here answered this person before: for a few minutes it is theirs to take")

// FlagHealth stands in the queue, which every adviser sees, for a flag whose own word is for whoever answers: care is
// needed, and soon.
const FlagHealth = "health"

// private are the flags whose word only whoever holds the conversation sees: they change how soon somebody must come, and
// not who.
var private = []string{"pregnant", "rape"}

// mark carries to the handoff what decides who may take it and how soon. It is only added to, for the next one to hold the
// phone answers anew; who said under 18 by mistake takes it back in the same sitting.
func (tn *turn) mark(before flows.State, ev flows.Kind) {
	t := tn.t
	heard := ev == flows.SelfHarm && tn.st.Open || before.Harm && !tn.st.Harm && tn.st.Open
	if heard && !tn.st.Shut && !slices.Contains(tn.st.Answers.Flags, "selfharm") {
		tn.st.Answers.Flags = append(slices.Clone(tn.st.Answers.Flags), "selfharm")
	}
	h := t.Hand
	if h == nil || tn.gone || t.Words != nil && !tn.st.Known || tn.st.Shut {
		return
	}
	switch a := &tn.st.Answers; {
	case a.Age == "child":
		h.Child = true
	case before.Answers.Age == "child" && before.Open && tn.st.Open && ev == flows.Chose:
		h.Child = false
	}
	h.flag(tn.st.Answers.Flags...)
	if t.Mode != string(Waiting) || t.Beforehand != nil {
		return
	}
	switch ev {
	case flows.Urgent, flows.Danger:
		h.Urgent = true // it came to danger while they waited, in a sitting or not
	case flows.SelfHarm:
		h.Urgent = h.Urgent || !tn.st.Open // the flag is set when they say that they can read unseen; nobody waits for that
	default:
		return
	}
	h.Seen, h.SeenAs = 0, 0 // whoever had seen it has not seen this
}

// flag adds flags, each once.
func (h *handoff) flag(words ...string) {
	for _, f := range words {
		if !slices.Contains(h.Flags, f) {
			h.Flags = append(slices.Clone(h.Flags), f)
		}
	}
}

// inQueue are the flags that every adviser sees.
func inQueue(flags []string) []string {
	var out []string
	for _, f := range flags {
		if slices.Contains(private, f) {
			f = FlagHealth
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// mayTake refuses who is not trained for children, while somebody on duty is who reads the person's language.
func (w *world) mayTake(t *talk, who line.Staff) error {
	if t.Hand.Child && !who.ChildTrained && w.duty(t.Hand.Lang).Child {
		return ErrChild
	}
	if w.waitsFor(t.Hand, who.ID) {
		return ErrBefore
	}
	return nil
}

// waitsFor says whether somebody else answered before who is here now, and comes first for a moment. Nothing that presses
// waits for that.
func (w *world) waitsFor(h *handoff, staff string) bool {
	return h.Adviser != "" && h.Adviser != staff && w.online(h.Adviser) && w.now.Sub(at(h.Since)) < firstFor &&
		!h.presses()
}

// presses says whether somebody must come now, whoever it is.
func (h *handoff) presses() bool {
	return h.Urgent || h.Lost || h.Alone || h.Child || len(h.Flags) > 0
}

// childBusy says whether each adviser trained for children, of those on duty, talks with somebody else now. There is no
// other limit on what an adviser holds.
func (w *world) childBusy(d line.Duty) bool { return busy(d, w.engaged) }

func busy(d line.Duty, engaged func(staff string) bool) bool {
	return d.Child && !slices.ContainsFunc(d.ChildBy, func(id string) bool { return !engaged(id) })
}

// takeMarks moves what was agreed to, reported and complained of from a kept conversation into this one.
func (t *talk) takeMarks(k *talk) {
	acts := slices.Clone(k.Acts)
	for i := range acts {
		acts[i].N += t.lastAct() // what was said here names this one's own
	}
	t.Acts = append(acts, t.Acts...)
	t.Acts = t.Acts[max(0, len(t.Acts)-maxActs):]
	t.Reported, t.Report = max(t.Reported, k.Reported), k.Report
	for _, who := range k.Held {
		t.holds(who)
	}
	if t.Complaint == nil {
		t.Complaint = k.Complaint
	}
	if k.Notes != nil {
		t.Notes = k.Notes
	}
}
