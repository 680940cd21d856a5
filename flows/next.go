package flows

import "strings"

// Messages that the engine says by itself.
const (
	MsgNumber = "arrival.number" // please answer with one of the numbers
	MsgMore   = "arrival.more"   // label: more choices
	MsgSkip   = "arrival.skip"   // label: pick nothing, go on
	MsgWords  = "closing.made"   // shows the return words and the duress word, once
	MsgSign   = "checkin.now"    // says which check-in is set
	MsgAct    = "consent.act"    // says which act the adviser asks about, or was agreed to
)

// lastNeed is the Arg of a Lines effect as written that stands for the need picked last.
const lastNeed = "*"

// lastFit is the same for the need that fits what is happening, as picked last.
const lastFit = "?"

// maxChain is how many steps may follow each other with no question in one turn. check proves that no book comes near;
// it keeps Next total on one that was never checked.
const maxChain = 48

// telling says whether an effect shows or does something that must wait for a sitting (S1).
func telling(d Do) bool {
	switch d {
	case Lines, Rights, Summary, SayLimits, Queue, QueueUrgent, MakeWords, ShowPending, SetCheckIn, StopCheckIn, ShowCheckIn, SetReady,
		ShowAct, Agree, Refuse, FirstAct, ShowAgreed, KeepAct, TakeBack, ShowOutcomes, SendOutcomes, DropOutcomes, Complain:
		return true
	}
	return false
}

// A turn is one Next under way.
type turn struct {
	b    *Book
	s    State
	f    Facts
	from Place // the question that stood before, for "back"
	out  []Effect
}

// Next is what happens: the state after the event, and what to do, in order. It never changes what s holds. No effects
// come back only where silence is right: for text, choices, 9 and 8 while an adviser holds the open conversation (S8),
// and for an adviser's comings and goings while no sitting is open or the phone may be in other hands (S7, S12).
// The effects and their choices may be the book's own: read only.
func Next(b *Book, s State, e Event) (State, []Effect) {
	t := turn{b: b, s: s, f: e.Facts, out: make([]Effect, 0, 6)}
	if n := b.at(s); n != nil {
		t.from = n.Place
	}
	switch e.Kind {
	case Leave:
		t.act(Effect{Do: DoLeave})
		t.shut(false)
		t.enter(b.entry.left)
	case Erase:
		t.act(Effect{Do: DoErase})
		t.s = State{}
		t.from = Place{}
		t.enter(b.entry.erased)
	case Silence:
		t.act(Effect{Do: CloseSitting})
		t.s = State{Answers: s.Answers, Missed: s.Missed}
	case Urgent, Danger, SelfHarm:
		t.alarm(e.Kind)
	case Return, Duress:
		t.back(e.Kind == Duress)
	case Taken, Ended, Lost, Expired:
		t.adviser(e.Kind)
	case Consent, Report:
		t.aside(e.Kind)
	default:
		switch {
		case t.silent() && !(e.Kind == Chose && b.Aside(s) && b.offers(s, e.Choice)):
		case t.s.Shut && !t.choosing(e):
			t.enter(b.entry.cover)
		default:
			t.person(e)
		}
	}
	return t.s, t.out
}

// choosing says whether a language or a country is being chosen: after the duress word as after the return words, since
// otherwise the very next answer would show which of the two was given, and the cover would not know whose numbers to name.
func (t *turn) choosing(e Event) bool {
	n := t.b.at(t.s)
	return n != nil && e.Kind == Chose && (n.Menu == "languages" || n.Menu == "countries")
}

// silent says whether an adviser speaks and the bot does not (S8).
func (t *turn) silent() bool { return t.f.Held && t.s.Open && mine(&t.s, &t.f) }

// person is what the person did, where the bot may speak.
func (t *turn) person(e Event) {
	if e.Kind == Begin || t.b.Begins(t.s) {
		t.begin(e.Kind == Person)
		return
	}
	n := t.b.at(t.s)
	if e.Kind == Person {
		t.s.Person = !t.s.Open
		t.enter(t.b.entry.person)
		return
	}
	if n == nil {
		t.lost()
		return
	}
	switch e.Kind {
	case Chose:
		t.choose(n, e.Choice)
	case Back:
		t.goBack(n)
	default:
		t.again(n)
	}
}

// begin starts afresh. What the person tapped before stays only while a handoff lives on it, and how long to keep it stays.
func (t *turn) begin(wanted bool) {
	if t.s.Open {
		t.act(Effect{Do: CloseSitting})
	}
	s := State{Person: wanted, Missed: t.s.Missed, Harm: t.s.Harm, Answers: Answers{Keep: t.s.Answers.Keep}}
	if t.f.Queued || t.f.Held || t.f.Pending {
		s.Answers = t.s.Answers
	}
	t.s = s
	t.from = Place{}
	t.enter(t.b.entry.arrival)
}

// lost leads on from a step that is gone from the book: to its flow's again step, or to the arrival.
func (t *turn) lost() {
	t.s.Page = 0
	if n := t.b.again[t.s.Flow]; n != nil && (t.s.Open || !n.Sensitive) {
		t.enter(n)
		return
	}
	t.enter(t.b.entry.arrival)
}

// show says a step again with what it shows, and does nothing it does.
func (t *turn) show(n *node) {
	t.say(n)
	for i := range n.Do {
		switch n.Do[i].Do {
		case Lines, Rights, Summary, ShowCheckIn, ShowAct, ShowAgreed, ShowOutcomes:
			t.act(n.Do[i])
		}
	}
	t.ask(n)
}

// question is a step's last message and its choices.
func (t *turn) question(n *node) {
	if len(n.Say) > 0 {
		t.out = append(t.out, Effect{Do: Say, ID: n.Say[len(n.Say)-1], Sensitive: n.Sensitive})
	}
	t.ask(n)
}

func (t *turn) say(n *node) {
	for _, id := range n.Say {
		t.out = append(t.out, Effect{Do: Say, ID: id, Sensitive: n.Sensitive})
	}
}

func (t *turn) ask(n *node) {
	if cs := t.b.choices(n, t.s.Page); len(cs) > 0 {
		t.out = append(t.out, Effect{Do: Ask, Sensitive: n.Sensitive, Choices: cs})
	}
}

// enter goes to a step and on from there until something is asked or the talk rests.
func (t *turn) enter(n *node) {
	for range maxChain {
		if n == t.b.entry.taken && !t.f.Held { // nobody is told that an adviser is there who is not
			n = t.b.again[n.Place.Flow]
		}
		if n == nil { // only in a book that was never checked
			n = t.b.entry.cover
		}
		if n.Sensitive && !t.s.Open { // S1, should a book ever lead here
			n = t.b.entry.cover
		}
		if t.s.Loops++; t.s.Loops > MaxLoops {
			t.s.Loops = 0
			if again := t.b.again[n.Place.Flow]; again != nil {
				n = again
				continue
			}
		}
		t.say(n)
		for i := range n.Do {
			t.act(n.Do[i])
		}
		asks := n.Asks() && len(t.b.choices(n, 0)) > 0
		if n.Menu != "" && !asks { // nothing to choose from: as good as known
			t.f.Language = t.f.Language || n.Menu == "languages"
			t.f.Country = t.f.Country || n.Menu == "countries"
		}
		next := n.to
		if !asks {
			now := holds(&t.s, &t.f)
			for i := range n.branch {
				if br := &n.branch[i]; now&br.yes == br.yes && now&br.no == 0 {
					next = br.to
					if br.yes&condMissed != 0 {
						t.s.Missed = false // it is said now, once
					}
					if br.yes&condHarm != 0 {
						t.harmed()
					}
					break
				}
			}
		}
		if asks || next == nil {
			t.stand(n)
			t.ask(n)
			return
		}
		n = next
	}
	t.stand(t.b.entry.cover)
	t.say(t.b.entry.cover)
}

// stand makes a step the present place and remembers the question that stood before.
func (t *turn) stand(n *node) {
	t.s.Flow, t.s.Step, t.s.Page = n.Place.Flow, n.Place.Step, 0
	if t.from == (Place{}) || t.from == n.Place {
		return
	}
	old := t.s.Back
	if len(old) >= MaxBack {
		old = old[len(old)-MaxBack+1:]
	}
	next := make([]Place, len(old), len(old)+1)
	copy(next, old)
	t.s.Back = append(next, t.from)
}

// shut ends the sitting in the state.
func (t *turn) shut(known bool) {
	t.s.Open, t.s.Known, t.s.Person, t.s.Harm, t.s.Carded, t.s.Page = false, known, false, false, false, 0
	t.s.Back, t.from = nil, Place{}
}

// act does an effect: to the state, and on to the caller. What must wait for a sitting is dropped while none is open.
func (t *turn) act(e Effect) {
	if telling(e.Do) && !t.s.Open {
		return
	}
	switch e.Do {
	case OpenSitting:
		if t.s.Shut || t.s.Open {
			return
		}
		t.s.Open, t.s.Carded = true, false
		t.s.Answers.Sign = Sign{}
		if !mine(&t.s, &t.f) { // in other hands, perhaps: nothing of before is shown
			t.s.Answers = Answers{}
		}
	case CloseSitting:
		t.shut(false)
	case Card:
		t.s.Owed = !t.f.Country
		e.Arg = "short"
		if t.s.Open {
			e.Arg = "full"
		}
	case Lines:
		switch a := &t.s.Answers; e.Arg {
		case lastNeed:
			e.Arg = last(a.Needs)
		case lastFit:
			e.Arg = fits[last(a.Happening)]
		case "":
			if a.Age == "child" {
				e.Arg = LinesForChildren
			}
		}
	case Queue:
		t.s.Person = false
		if t.f.Queued {
			return
		}
		t.f.Queued, t.s.Answers.Ready = true, ""
	case QueueUrgent:
		if !t.f.Queued {
			t.s.Answers.Ready = ""
		}
		t.s.Person, t.f.Queued = false, true
	case Unqueue:
		t.f.Queued = false
		t.s.Back, t.from = nil, Place{} // "back" must not lead to a wait that is over
	case SetLanguage:
		t.f.Language = true
	case SetCountry:
		t.f.Country = true
	case SetCheckIn:
		t.f.Asked = true
	case StopCheckIn:
		t.f.Asked = false
	case KeepFor:
		if e.Arg != "30d" { // a complaint's own time; the conversation's is asked when it ends
			t.s.Answers.Keep = e.Arg
		}
	case Agree:
		t.f.Agreed = true
	case Complain:
		t.f.Complained = true
	case ShowOutcomes:
		e.Arg = strings.Join(t.s.Answers.Outcomes, " ")
	case SendOutcomes:
		e.Arg, t.s.Answers.Outcomes = strings.Join(t.s.Answers.Outcomes, " "), nil
	case DropOutcomes:
		t.s.Answers.Outcomes = nil
	case MakeWords:
		t.s.Known, t.f.Words = true, true
	}
	t.out = append(t.out, e)
}

// last is the last of a list, or empty.
func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// Repeat says the present step again, with what it shows and asks, changing nothing: for a page that is loaded again.
func (b *Book) Repeat(s State, f Facts) []Effect {
	if s.Flow == "" {
		_, es := Next(b, State{}, Event{Kind: Begin, Facts: f})
		return es
	}
	n := b.at(s)
	if n == nil || n.Sensitive && !s.Open {
		n = b.entry.cover
	}
	t := turn{b: b, s: s, f: f}
	t.show(n)
	return t.out
}
