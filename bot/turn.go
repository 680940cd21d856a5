package bot

import (
	"slices"
	"strings"
	"time"

	"quietline/flows"
	"quietline/line"
	"quietline/store"
)

// A world is all that a turn may know besides the record and the message: passed in, so that the turn is pure.
type world struct {
	*Content
	cfg      *Config
	now      time.Time
	channel  string                      // on which the person is: who is on duty differs
	duty     func(lang string) line.Duty // on that channel
	online   func(staff string) bool
	lead     func(besides []string) bool // there is a lead besides these
	engaged  func(staff string) bool     // they talk with somebody who is there now
	ahead    int                         // people waiting
	full     bool                        // the line says that it is full
	present  bool                        // the person's page is open now
	handle   string                      // for a new conversation
	secret   store.Key
	asks     bool                       // something was asked for beforehand at this address
	owns     bool                       // or by this conversation, wherever
	starting bool                       // that may not be known yet
	sign     *asked                     // the check-in of this conversation
	flood    flood                      // how much this address has written lately
	words    func(lang string) []string // four fresh words of the return list, when they are made
}

// A turn is one event handled: it changes t and collects what is said.
type turn struct {
	*world
	t       *talk
	st      flows.State
	parts   []part
	offers  []flows.Choice
	asked   bool
	shown   []entry // answers to show now
	head    int     // how many of the parts are said before them
	bye     string  // message id of the farewell
	newKey  bool    // erased: the record goes on under a new key
	gone    bool    // nothing remains
	left    bool    // the page must go
	created bool
	closed  bool   // the sitting closed in this turn
	silence bool   // the sitting closes by itself: nobody may be there any more
	queued  bool   // it costs the advisers an item
	carded  bool   // it cost a card
	spares  bool   // erased without the person asking for it: the line they chose to keep in the chat stays
	means   string // which answer of a phrase they gave, as a line says it
	quiet   bool   // the person had not written for a while
	lang    string // of what is said in this turn, though the sitting closes in it
	country string
	sealed  bool     // what was written may be kept for a complaint
	counts  []string // of line.Count…
}

func (w *world) begin(t *talk) *turn {
	if t.Channel != "" {
		w.channel = t.Channel
	}
	return &turn{world: w, t: t, st: t.Flow.state()}
}

// person handles a message or tap. It reports a stale choice.
func (w *world) person(t *talk, in *Inbound, hit wordHit) (tn *turn, stale bool) {
	tn = w.begin(t)
	if t.Handle == "" {
		tn.fresh(in)
	} else { // the next one to hold the phone meets no remembered language (S12), and chooses from what is shown
		again := *in
		again.Lang = ""
		if in.Page {
			again.Country = "" // a dialled number or a code tells it anew
		}
		in = &again
	}
	answered, isAnswer := tn.posedAnswer(in)
	if isAnswer {
		in = answered
	}
	ev, tap, stale := tn.understand(in, hit)
	if isAnswer {
		ev, tap, stale = flows.Event{Kind: flows.Free}, nil, false
	}
	if stale {
		if in.Digit == 0 || tn.silent() || w.now.Sub(at(t.Last)) < doubleTap {
			return tn, true
		}
		ev = flows.Event{Kind: flows.Free} // a button of an older question: what is asked now is asked again
	} else if in.Digit > 0 {
		t.keysDown() // the channel took them away with the tap
	}
	if ev.Kind == flows.Chose && in.Choice == "" && in.Digit == 0 && tn.askedJustNow() {
		ev, tap = flows.Event{Kind: flows.Free}, nil // for the adviser
	}
	t.turnBack(w.now.Unix())
	t.Turn++
	tn.quiet = t.Last > 0 && w.now.Sub(at(t.Last)) >= pauseFor
	t.Last = w.now.Unix()
	deaf := t.Deaf
	t.Left, t.Deaf, t.Covered = false, false, false
	t.NextTry = 0 // they wrote: whatever kept a message back is tried again now
	t.Expires = 0 // set anew when this sitting closes, counted from this message (S10)
	t.Silence = w.now.Add(sittingIdle).Unix()
	tn.remember(in)
	tn.heard(ev.Kind)
	t.forgetWords()
	if tn.silent() && !keyInHeld(ev.Kind) && !(ev.Kind == flows.Chose && tn.Book.Aside(tn.st)) {
		tn.forAdviser(tn.desk(in))
		if deaf { // what an adviser wrote while nothing reached them
			tn.showPending()
			tn.say(t)
		}
		return tn, false
	}
	kept := ev.Kind == flows.Free && tn.Book.TakesText(tn.st) && (t.Mode == string(Waiting) || t.Complaint != nil)
	if tn.flooded(ev, hit) {
		if kept { // it was promised
			tn.forAdviser(tn.desk(in))
		}
		tn.say(t)
		return tn, false
	}
	if hit.slow {
		tn.parts = append(tn.parts, part{ID: "bot.slow"})
		tn.say(t)
		return tn, false
	}
	if kept {
		tn.forAdviser(tn.desk(in))
	}
	if ev.Kind == flows.Free && in.Other {
		tn.parts = append(tn.parts, part{ID: "bot.other"})
		if kept && in.Text.Empty() { // "your words are kept" is not true of a picture
			tn.say(t)
			return tn, false
		}
	} else if !kept && ev.Kind == flows.Free && in.Edited {
		tn.parts = append(tn.parts, part{ID: "bot.edited"})
	}
	if tn.Book.Begins(tn.st) {
		tn.arrive(in)
		if ev.Kind == flows.Chose { // a page shows the first question before there is a record
			tn.next(flows.Event{Kind: flows.Begin})
			tn.say(t)
			if !tn.offered(ev.Choice) {
				return tn, false
			}
		}
	}
	if tap != nil && t.Page {
		tn.log(entry{From: string(FromPerson), Said: pack([]part{*tap})})
	}
	if ev.Kind == flows.Return || ev.Kind == flows.Duress { // nothing of the sitting before stays on the page, or comes late
		tn.unsend()
		t.recall(false) // the words among it
		t.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return !e.spoken() })
	}
	if ev.Kind == flows.Return && !hit.own {
		t.Fresh = false
		t.Jobs = append(t.Jobs, job{Do: jobAbsorb, Name: hit.target[:], By: hit.by[:]})
	}
	if ev.Kind == flows.Duress {
		if hit.own {
			t.Duress = true
		} else {
			t.Jobs = append(t.Jobs, job{Do: jobSignal, Name: hit.target[:], By: hit.by[:]})
		}
	}
	tn.next(ev)
	switch ev.Kind {
	case flows.Urgent, flows.Danger, flows.SelfHarm:
		if tn.silent() {
			tn.forAdviser(tn.desk(in))
		}
		if ev.Kind != flows.SelfHarm {
			tn.counts = append(tn.counts, line.CountUrgent)
		}
	}
	tn.say(t)
	return tn, false
}

// event handles something that happened to the conversation without a message of the person.
func (w *world) event(t *talk, kind flows.Kind) *turn {
	tn := w.begin(t)
	t.Turn++
	tn.silence = kind == flows.Silence
	tn.next(flows.Event{Kind: kind})
	tn.say(t)
	return tn
}

// fresh starts a conversation in an empty record or in a residue.
func (tn *turn) fresh(in *Inbound) {
	t := tn.t
	*t = talk{Channel: in.Channel, Address: in.Address.Reveal(), Page: in.Page, Seen: t.Seen, Receipts: t.Receipts,
		Withdraw: t.Withdraw, Pulls: t.Pulls, NextPull: t.NextPull, Jobs: t.Jobs, Turn: t.Turn, Handle: tn.handle, Mode: string(Talking)}
	tn.st = flows.State{}
	tn.created = true
	tn.counts = append(tn.counts, line.CountChat)
}

// arrive takes the language and country that the channel brings, for a sitting that begins.
func (tn *turn) arrive(in *Inbound) {
	t := tn.t
	if slices.Contains(tn.cfg.Languages, in.Lang) {
		t.Lang = in.Lang
	} else if t.Lang == "" && len(tn.cfg.Languages) == 1 {
		t.Lang = tn.cfg.Languages[0]
	}
	if in.Country != "" {
		t.Country = in.Country
	} else if t.Country == "" && len(tn.cfg.Countries) == 1 {
		t.Country = tn.cfg.Countries[0]
	}
}

// placed is the country whose name a message is, where a country is asked for: there are more than anybody leafs through.
func (tn *turn) placed(in *Inbound, offer []flows.Choice) (cc string, ok bool) {
	if in.Edited || in.Text.Empty() || !slices.ContainsFunc(offer, func(c flows.Choice) bool { return c.Menu == "country" }) {
		return "", false
	}
	return tn.Words.CountryNamed(in.Text.Reveal(), append([]string{tn.t.Lang}, tn.cfg.Languages...), tn.Directory.Countries())
}

// held says whether an adviser holds the conversation: then the bot is silent (S8).
func (w *world) held(t *talk) bool { return t.Mode == string(Claimed) || t.Mode == string(Active) }

// silent says whether the words go to the adviser and the bot says nothing: the adviser holds the open conversation of
// the person who began it.
func (tn *turn) silent() bool {
	return tn.held(tn.t) && tn.st.Open && (tn.t.Words == nil || tn.st.Known) && !tn.st.Shut
}

// keyInHeld are the events that count while an adviser holds it, in every sitting's state.
func keyInHeld(k flows.Kind) bool {
	switch k {
	case flows.Leave, flows.Erase, flows.Urgent, flows.Danger, flows.SelfHarm, flows.Return, flows.Duress:
		return true
	}
	return false
}

// forAdviser keeps the person's words for the adviser; until then they are in nobody's record.
func (tn *turn) forAdviser(words string) {
	if words == "" {
		return
	}
	lead := tn.t.Complaint != nil && !tn.silent() && tn.Book.TakesText(tn.st) && tn.st.Flow == "complaint"
	for _, piece := range split(words, func(s string) bool { return len(s) <= MaxText }) {
		tn.log(entry{From: string(FromPerson), Text: piece, Lead: lead, Said: tn.means, Pause: tn.quiet && tn.held(tn.t), Mark: tn.markOf(piece)})
		tn.quiet, tn.means = false, ""
	}
	if h := tn.t.Hand; h != nil && !lead {
		h.Unread++
		if h.Asked == 0 {
			h.Asked = tn.now.Unix()
		}
	}
}

// log adds a line; past maxLog the oldest gives way.
func (tn *turn) log(e entry) {
	t := tn.t
	t.Seq++
	e.Seq = t.Seq
	e.At = tn.now.Truncate(time.Minute).Unix()
	t.Log = append(t.Log, e)
	for len(t.Log) > maxLog {
		i := t.oldest()
		t.Log = slices.Delete(t.Log, i, i+1)
	}
}

// remember notes a message's id, so that a provider's repeat changes nothing.
func (tn *turn) remember(in *Inbound) {
	t := tn.t
	if in.ID != "" {
		t.remember(in.ID, tn.now)
	}
	if r := in.Receipt; r != nil {
		rs := receiptSealed{ID: r.ID, At: r.At.Unix()}
		if r.Copy {
			rs.After = r.At.Add(copyStays).Unix()
		}
		t.Receipts = append(t.Receipts, rs)
	}
}

// remember notes an id; the oldest of the same sender give way, so that an adviser's many words push out no message of the
// person's that a provider may repeat.
func (t *talk) remember(id string, now time.Time) {
	t.Seen = append(t.Seen, seen{ID: id, At: now.Unix()})
	day := now.Add(-seenFor).Unix()
	if len(t.Seen) <= maxSeen && t.Seen[0].At >= day {
		return
	}
	desk, n := strings.HasPrefix(id, deskID), 0
	for i := len(t.Seen) - 1; i >= 0; i-- {
		same := strings.HasPrefix(t.Seen[i].ID, deskID) == desk
		if same {
			n++
		}
		if same && n > maxSeen || t.Seen[i].At < day {
			t.Seen = slices.Delete(t.Seen, i, i+1)
		}
	}
}

// facts are what a step may ask about the world.
func (tn *turn) facts() flows.Facts {
	t := tn.t
	d := tn.duty(t.Lang)
	mine := t.Words == nil || tn.st.Known
	known, _ := tn.Directory.Country(t.Country)
	return flows.Facts{
		Asked: tn.seesSign(), Zone: known.Zone != "", Brief: tn.cfg.limits(t.Channel).Brief, Ended: t.Mode == string(Closing),
		Language: t.Lang != "", Country: t.Country != "", OnDuty: d.OnDuty, Shift: !d.Next.IsZero(),
		Queued: t.Mode == string(Waiting) && mine, Held: tn.held(t), Words: t.Words != nil, Durable: tn.cfg.Durable,
		ChildTrained: d.Child, ChildBusy: tn.childBusy(d), Full: tn.full, Agreed: mine && t.agreedTo(), More: mine && t.moreAgreed(), Complained: mine && t.Complaint != nil, Outside: tn.cfg.Body != "", Unheard: !tn.lead(t.Held),
		Web: t.Page, Clears: !t.Page && tn.cfg.limits(t.Channel).Clears, Limited: tn.flood.items, Pending: mine && slices.ContainsFunc(t.Log, func(e entry) bool { return e.Held }),
	}
}

// next asks the book and carries out what it answers.
func (tn *turn) next(ev flows.Event) {
	ev.Facts = tn.facts()
	ready := tn.t.Flow.Ready
	st, effects := flows.Next(tn.Book, tn.st, ev)
	before := tn.st
	keepsLine := st.Answers.Trace == "number" && tn.st.Answers.Trace != "number" // a goodbye in this turn forgets the answer
	tn.st = st
	for i := range effects {
		tn.carryOut(&effects[i])
	}
	tn.mark(before, ev.Kind)
	if keepsLine && !tn.gone {
		tn.trace()
	}
	if !tn.gone {
		if tn.st.Answers.Ready != ready {
			tn.unready()
		}
		tn.t.Flow = placeOf(tn.st)
	}
}
