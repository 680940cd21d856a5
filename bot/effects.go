package bot

import (
	"slices"
	"strings"

	"quietline/flows"
	"quietline/line"
	"quietline/store"
)

// carryOut does one effect to the record, or adds to what is said.
func (tn *turn) carryOut(e *flows.Effect) {
	t := tn.t
	if tn.gone {
		return
	}
	switch e.Do {
	case flows.Say:
		if tn.left {
			tn.bye = e.ID
		} else if tn.ahead > 0 || !slices.Contains(tn.Words.Placeholders(e.ID), "Count") { // a count of nobody says nothing
			tn.parts = append(tn.parts, part{ID: e.ID, Args: tn.args(e.ID)})
			if tn.unread(e.ID) {
				tn.parts = append(tn.parts, part{ID: "handoff.unread"})
			}
		}
	case flows.Ask:
		tn.offers, tn.asked = e.Choices, true
	case flows.OpenSitting:
		tn.counts = append(tn.counts, line.CountSitting)
	case flows.CloseSitting:
		tn.closeSitting()
	case flows.Card:
		kind := partShort
		if e.Arg == "full" && !tn.flood.cards {
			kind = partCard
		}
		tn.carded = true
		tn.parts = append(tn.parts, part{Kind: kind, ID: tn.where()})
		if t.Hand != nil && t.Hand.Alert != 0 {
			t.Hand.Alert = 0
		}
	case flows.Lines:
		tn.parts = append(tn.parts, part{Kind: partLines, ID: tn.where(), Args: []string{e.Arg}})
	case flows.Rights:
		tn.parts = append(tn.parts, part{Kind: partRights, ID: tn.where()})
	case flows.Summary:
		tn.parts = append(tn.parts, part{Kind: partSummary, Args: summaryArgs(tn.st.Answers)})
	case flows.SayLimits:
		for _, id := range tn.limits() {
			tn.parts = append(tn.parts, part{ID: id, Args: tn.args(id)})
		}
	case flows.Queue:
		tn.queue(false)
	case flows.QueueUrgent:
		tn.queue(true)
	case flows.Unqueue:
		if t.Mode == string(Waiting) {
			t.Mode, t.Hand = string(Talking), nil
			t.dropText()
		}
	case flows.SetLanguage:
		if slices.Contains(tn.cfg.Languages, e.Arg) {
			t.Lang = e.Arg
		}
	case flows.SetCountry:
		t.Country = e.Arg
	case flows.MakeWords:
		tn.makeWords(e.ID)
	case flows.SetCheckIn:
		tn.askFor()
	case flows.StopCheckIn:
		tn.stopSigns()
	case flows.ShowCheckIn:
		tn.parts = append(tn.parts, part{ID: e.ID, Args: signArgs(tn.sign)})
	case flows.SetReady:
		tn.askReady()
	case flows.KeepFor:
		// The answer is in the state and counts when the sitting closes; a complaint's stands beside it.
		tn.sealed = tn.sealed || e.Arg == "30d"
		if c := t.Complaint; e.Arg == "30d" && c != nil {
			tn.complain()
		}
	case flows.ShowAct:
		tn.showAct(e.ID)
	case flows.FirstAct:
		t.Looked = 0
	case flows.ShowAgreed:
		tn.showAgreed(e.ID)
	case flows.KeepAct:
		t.nextAct()
	case flows.Agree:
		tn.answerAct(ActYes)
	case flows.Refuse:
		tn.answerAct(ActNo)
	case flows.TakeBack:
		tn.takeBack()
	case flows.ShowOutcomes:
		tn.parts = append(tn.parts, part{Kind: partOutcomes, Args: strings.Fields(e.Arg)})
	case flows.SendOutcomes:
		tn.reported(e.Arg)
	case flows.DropOutcomes:
		tn.reported("")
	case flows.Complain:
		tn.complain()
	case flows.DoLeave:
		tn.leave()
	case flows.DoErase:
		tn.forget()
		tn.erase()
	case flows.ShowPending:
		tn.showPending()
	case flows.AlertAdviser:
		tn.alert(e.Arg)
	}
}

// Shows says whether two leads together may see an address, to save a life (reveal_address = "two_leads").
func (b *Bot) Shows() bool { return b.cfg.Reveal == "two_leads" }

// limits are the messages that say what stays with the line (S6), as configured.
func (tn *turn) limits() []string {
	ids := []string{"limits.never"}
	if tn.cfg.Reveal == "two_leads" {
		ids[0] = "limits.two_leads"
	}
	if len(tn.cfg.Duties) > 0 {
		ids = append(ids, "limits.reporting")
	}
	if tn.cfg.Record {
		ids = append(ids, "limits.record")
	}
	return ids
}

// queue hands over: the conversation waits for an adviser until the end of the next open shift (S10).
func (tn *turn) queue(urgent bool) {
	t := tn.t
	if tn.held(t) {
		return
	}
	d := tn.duty(t.Lang)
	if t.Mode != string(Waiting) {
		tn.queued = true
		adviser := ""
		if t.Hand != nil {
			adviser = t.Hand.Adviser
		}
		t.Hand = &handoff{Since: tn.now.Unix(), Until: tn.shiftEnd(t.Lang), Lang: t.Lang, Country: t.Country, Adviser: adviser}
		t.Mode = string(Waiting)
		tn.counts = append(tn.counts, line.CountQueued)
		if !d.OnDuty {
			tn.counts = append(tn.counts, line.CountNobody)
		}
	}
	t.Hand.Urgent = t.Hand.Urgent || urgent
}

// closeSitting ends the sitting: what the page showed goes, and so do language and country. With return words the
// conversation moves to its keeping place, so that this phone or number leads to nothing any more (S12).
func (tn *turn) closeSitting() {
	tn.endSitting()
	if t := tn.t; t.complaintWaits() {
		t.putAside()
	}
}

func (tn *turn) endSitting() {
	t := tn.t
	t.Silence, t.Fresh, t.Shown, t.Looked, tn.closed = 0, false, 0, 0, true
	t.Posed, t.PosedIn = "", ""
	tn.st.Answers.Outcomes = nil
	tn.unsend()
	if m := Mode(t.Mode); m != Waiting && m != Claimed {
		t.recall(false) // a waiting chat is not wiped
	}
	t.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return !e.spoken() })
	tn.lang, tn.country = t.Lang, t.Country
	if !t.Page || tn.silence { // a page in somebody's hands speaks on in the language it shows
		t.Lang, t.Country = "", ""
	}
	keep := keepTime(tn.st.Answers.Keep, tn.cfg.Durable)
	switch {
	case t.Hand == nil || t.Mode == string(Talking): // nobody waits and nobody answered
		t.Mode, t.Hand = string(Talking), nil
		t.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return !t.Complaint.forLead(&e) })
		tn.st.Answers = flows.Answers{Keep: tn.st.Answers.Keep}
		if t.Words == nil {
			keep = 0 // nothing to come back to
		}
	case t.Mode == string(Closing):
		t.Mode = string(Closed)
		t.dropText()
	}
	if keep == 0 && (t.Mode == string(Talking) || t.Mode == string(Closed)) {
		tn.dropWords()
		t.Mode, tn.st.Answers = string(Talking), flows.Answers{}
		t.Hand, t.Acts, t.Reported = nil, nil, 0
		if c := t.Complaint; c != nil { // they chose that it stays for the lead
			t.Log, t.Expires = slices.DeleteFunc(t.Log, func(e entry) bool { return !c.forLead(&e) }), c.Until
			return
		}
		t.Log, t.Held, t.Expires = nil, nil, tn.now.Add(keepNow).Unix()
		return
	}
	t.Expires = at(t.Last).Add(keep).Unix()
	if t.Complaint != nil {
		t.Expires = max(t.Expires, t.Complaint.Until)
	}
	if h := t.Hand; h != nil && (t.Mode != string(Closed) || t.heldLines()) && h.Until > t.Expires {
		t.Expires = h.Until // an unanswered handoff or unread answer lives on, 96 hours at most
	}
	if t.Words != nil {
		if keep > 0 {
			t.Expires = max(t.Expires, t.Sign)
		}
		tn.putAway()
	}
}

// putAway gives the conversation over to its keeping place, where only the return words lead.
func (tn *turn) putAway() {
	t := tn.t
	if t.Mode == string(Moved) {
		return
	}
	to := store.NewName(tn.secret, "kept", t.Handle)
	t.Was, t.Mode = t.Mode, string(Moved)
	t.Jobs = append(t.Jobs, job{Do: jobKeep, Name: to[:]})
}

// leave closes the sitting from anywhere: what can be withdrawn is, the place in the queue and the adviser stay (S2).
func (tn *turn) leave() {
	t := tn.t
	tn.left, t.Left = true, true
	tn.counts = append(tn.counts, line.CountLeft)
	tn.parts, tn.offers, tn.asked = nil, nil, false
	t.recall(false)
	tn.st.Known = tn.st.Known || t.Words == nil
	if t.Words == nil && t.Complaint == nil && (t.Mode == string(Talking) || t.Page && !tn.held(t)) {
		// No way leads back here: nothing is kept, but a line that they chose to keep in the chat.
		tn.spares = true
		tn.erase()
		tn.counts = tn.counts[:len(tn.counts)-1]
		return
	}
	tn.closeSitting()
}

// erase destroys the conversation: the record goes on as a residue under a new key, or not at all.
func (tn *turn) erase() {
	t := tn.t
	tn.lang, tn.country = tn.tongue(), tn.where()
	tn.dropWords()
	tn.unready()
	tn.counts = append(tn.counts, line.CountErased)
	tn.left, tn.newKey = true, true
	rest := talk{Channel: t.Channel, Address: t.Address, Page: t.Page, Mode: string(Residue), Turn: t.Turn, Jobs: t.Jobs}
	if !t.Page && t.Channel != "" {
		if tn.starting || t.owes(jobHeard, jobForced) { // who leaves or erases has written too
			rest.Last = t.Last
		}
		rest.Seen, rest.Receipts = t.Seen, t.Receipts
		rest.recall(!tn.spares)
		rest.ClaimBy, rest.ClaimTo = t.ClaimBy, t.ClaimTo
		rest.Stays = tn.now.Add(residueCeiling).Unix()
		if len(rest.Receipts) == 0 { // nothing to withdraw: only repeats are waited for
			rest.Stays = tn.now.Add(residueRepeat).Unix()
		}
		tn.parts, tn.offers, tn.asked = nil, nil, false
	} else {
		rest.Address = ""
		if len(rest.Jobs) == 0 {
			tn.gone = true
		}
	}
	*t = rest
	tn.st = flows.State{}
}

// dropWords destroys the pointers that the return words and the duress word are.
func (tn *turn) dropWords() {
	t := tn.t
	t.Jobs = slices.DeleteFunc(t.Jobs, func(j job) bool { return j.Do == jobPoint })
	if w := t.Words; w != nil {
		t.Jobs = append(t.Jobs, job{Do: jobDrop, Name: w.Return}, job{Do: jobDrop, Name: w.Duress})
		t.Words = nil
	}
}

// makeWords draws return words and a duress word; only keyed hashes of them stay, the words are shown once.
func (tn *turn) makeWords(id string) {
	t := tn.t
	tn.dropWords()
	ws := tn.words(t.Lang)
	if len(ws) < 4 {
		return
	}
	three := strings.Join(ws[:3], " ")
	ret, dur, alone, ok := wordNames(tn.secret, tn.Words, t.Handle, ws)
	if !ok {
		return
	}
	t.Words = &wordKeys{Return: ret[:], Duress: dur[:], Alone: alone[:]}
	t.Jobs = append(t.Jobs, job{Do: jobPoint})
	if t.Fresh { // what somebody set here in an earlier sitting is not theirs to guard
		tn.oweOwn(jobGuard)
	}
	tn.parts = append(tn.parts, part{ID: id, Args: []string{"Words", three, "Duress", ws[0] + " " + ws[1] + " " + ws[3]}})
}

// showPending gives out what an adviser wrote while no sitting was open. On the page the lines stand where they are read.
func (tn *turn) showPending() {
	t := tn.t
	tn.head = len(tn.parts)
	talks := t.Mode == string(Waiting) || tn.held(t)
	kept := t.Log[:0]
	for _, e := range t.Log {
		if e.Held {
			e.Held = false
			tn.shown = append(tn.shown, e)
			if t.Page || !talks {
				continue
			}
		}
		kept = append(kept, e)
	}
	t.Log = kept
}

// alert tells the adviser of danger: the bot itself sends the card if nobody reacts within alertWait (S3).
func (tn *turn) alert(why string) {
	t := tn.t
	if why == string(flows.Duress) {
		t.Duress = t.Duress || t.Words != nil
	}
	if t.Hand == nil {
		return
	}
	t.Hand.Alerted = true
	if why == string(flows.SelfHarm) {
		t.Hand.Harm = true
		t.Hand.flag("selfharm")
	}
	if why != string(flows.Urgent) && why != string(flows.Duress) && t.Hand.Alert == 0 {
		t.Hand.Alert = tn.now.Add(alertWait).Unix()
	}
}
