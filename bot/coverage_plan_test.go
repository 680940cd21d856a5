package bot

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"quietline/flows"
)

// A deed is one thing that a person, an adviser or the clock does.
type deed struct{ do, arg string }

func (d deed) String() string { return strings.TrimSpace(d.do + " " + d.arg) }

// What is done by others than the person's taps.
const (
	doTap     = "tap"
	doKey     = "key"
	doWrite   = "write"
	doWords   = "return"
	doForced  = "duress"
	doSilence = "silence"
	doExpire  = "expire"
	doClaim   = "claim"
	doAnswer  = "answer"
	doRelease = "release"
	doEnd     = "end"
	doConsent = "consent"
	doReport  = "report"
	doMove    = "move" // the return words, from another phone or page
)

// A circle is what the world is like while a person is led: what branches ask about and no tap changes.
type circle struct {
	onDuty, shift, trained, lead, durable, body, limited bool
	full                                                 bool // the line says that it is full
	busy                                                 bool // whoever is trained for children talks with somebody else
}

var circles = []circle{
	{onDuty: true, shift: true, trained: true, lead: true, durable: true},
	{shift: true, lead: true, body: true},
	{onDuty: true, shift: true, durable: true},
	{body: true},
	{onDuty: true, shift: true, lead: true, durable: true, limited: true},
	{onDuty: true, shift: true, trained: true, lead: true, durable: true, busy: true},
	{onDuty: true, shift: true, durable: true, full: true},
}

// A spot is a conversation that can be brought about, and how.
type spot struct {
	talk *talk
	sign *asked // the check-in that is set
	now  time.Time
	from *spot
	deed deed
	got  []string
	leaf bool // what follows hangs on other records
	bare bool // the page shows nothing but the first question
}

func (s *spot) deeds() (out []deed) {
	for ; s.from != nil; s = s.from {
		out = append(out, s.deed)
	}
	slices.Reverse(out)
	return out
}

// A plan is a list of deeds, where each leads, and what it is for.
type plan struct {
	circle circle
	deeds  []deed
	places []flows.Place // after each deed
	for_   []string
}

// A planner looks for ways to every goal: it runs the bot's own turns on records in memory, breadth first, and keeps a
// record when it reached a goal for the first time, or a place with a condition that was never met there.
type planner struct {
	tour   *tour
	circle circle
	world  *world
	got    map[string]*spot
	in     map[string]circle
	seen   map[string]bool
	places map[string]int
	queue  []*spot
	turns  int
}

// stride is the time between two deeds: long enough to have read what one answers.
const stride = readFirst + time.Second

func (p *planner) explore(c circle) {
	p.circle, p.seen, p.places = c, map[string]bool{}, map[string]int{}
	p.tour.arrange(c)
	p.world = p.tour.s.bot.world("HANDLE00")
	p.world.present = false
	p.queue = []*spot{{now: p.tour.s.now}}
	for len(p.queue) > 0 {
		at := p.queue[0]
		p.queue = p.queue[1:]
		for _, d := range p.deeds(at) {
			p.turns++
			if next := p.try(at, d); next != nil && p.novel(next) {
				p.queue = append(p.queue, next)
			}
		}
	}
}

func (p *planner) begin(at *spot) *turn {
	t := at.talk
	if t == nil {
		t = &talk{}
	}
	w := *p.world
	w.sign, w.now = at.sign, at.now
	return w.begin(t)
}

// deeds are what may happen next.
func (p *planner) deeds(at *spot) (out []deed) {
	if at.leaf {
		return nil
	}
	tn := p.begin(at)
	t, st := tn.t, tn.st
	add := func(do string, args ...string) {
		for _, a := range args {
			out = append(out, deed{do, a})
		}
	}
	choices := tn.Book.Choices(st)
	if tn.Book.Begins(st) {
		choices = nil
		if p.tour.page() && (t.Handle == "" || at.bare) {
			choices = tn.Book.Choices(tn.firstQuestion(t.Handle == "", t.Handle == ""))
		}
		add(doWrite, "hello")
	}
	for _, c := range choices {
		if c.Menu == "language" && c.ID != p.tour.lang && c.ID != flows.More {
			continue
		}
		add(doTap, c.ID)
	}
	add(doKey, string(flows.Person), string(flows.SelfHarm), string(flows.Back))
	where := st.Flow + "." + st.Step + fmt.Sprint(st.Open)
	if p.places[where]++; p.places[where] <= 2 {
		add(doKey, string(flows.Urgent), string(flows.Danger), string(flows.Leave), string(flows.Erase))
		if !tn.Book.Begins(st) {
			add(doWrite, "the door is green")
		}
	}
	if t.Handle == "" {
		return out
	}
	if st.Open {
		add(doSilence, "")
	}
	if t.Words != nil {
		add(doWords, "")
		add(doForced, "")
	}
	switch Mode(t.Mode) {
	case Waiting:
		add(doClaim, "")
		if !st.Open || p.circle.onDuty {
			add(doExpire, "")
		}
	case Claimed, Active:
		if !tn.silent() {
			add(doAnswer, "I am back.")
		}
		add(doRelease, "")
		add(doEnd, "")
		if tn.mayAsk(t, p.tour.staff) == nil {
			add(doConsent, "")
			if t.Flow.Age != "child" && !t.Hand.Child && t.Reported == 0 {
				add(doReport, "")
			}
		}
	}
	return out
}

// try does one deed on a copy, as the bot would.
func (p *planner) try(at *spot, d deed) *spot {
	t := &talk{}
	if at.talk != nil {
		plain, err := encMode.Marshal(at.talk)
		if err != nil || decMode.Unmarshal(plain, t) != nil {
			return nil
		}
	}
	t.Out = nil
	t.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return e.Text == "" })
	w := *p.world
	w.sign, w.now = at.sign, at.now.Add(stride)
	w.asks = at.sign != nil
	w.flood.items, w.full = p.circle.limited, p.circle.full
	next := &spot{now: w.now, sign: at.sign, from: at, deed: d}
	tn := w.begin(t)
	before := tn.st
	switch d.do {
	case doTap, doKey, doWrite, doWords, doForced:
		in := p.tour.inbound(d)
		in.Lang, in.Country = p.tour.brings()
		var hit wordHit
		if d.do == doWords || d.do == doForced {
			in.Text, hit = Private{}, wordHit{found: true, own: true, duress: d.do == doForced}
		}
		var stale bool
		if tn, stale = w.person(t, &in, hit); stale {
			return nil
		}
	case doSilence:
		next.now = next.now.Add(sittingIdle)
		w.now = next.now
		tn = w.event(t, flows.Silence)
	case doClaim:
		t.Mode, t.Hand.Adviser, t.Hand.Lost, t.Hand.Asked = string(Claimed), p.tour.staff, false, w.now.Unix()
		t.holds(p.tour.staff)
		tn = w.event(t, flows.Taken)
	case doAnswer:
		t.Mode = string(Active)
		t.Hand.Asked, t.Hand.Alert, t.Hand.Until = 0, 0, w.shiftEnd(t.Hand.Lang)
		tn.log(entry{From: string(FromAdviser), Text: d.arg, Held: true})
		t.Expires = max(t.Expires, t.Hand.Until)
	case doRelease:
		tn = w.lose(t)
	case doEnd:
		t.Hand.Asked, t.Report, t.Mode = 0, "", string(Closing)
		if t.Complaint != nil && !t.barred(p.tour.s.bot.staff(p.tour.staff)) {
			t.endComplaint()
		}
		if !t.Flow.Open {
			t.dropText()
			t.Mode, t.Expires = string(Closed), max(w.now.Add(keepDay).Unix(), t.Hand.Until)
		}
		tn = w.event(t, flows.Ended)
	case doExpire:
		next.now = time.Unix(t.Hand.Until+1, 0).UTC()
		w.now = next.now
		t.Mode, t.Hand = string(Talking), nil
		t.dropText()
		tn = w.event(t, flows.Expired)
	case doConsent:
		if t.roomForAct() != nil {
			return nil
		}
		t.Acts = append(t.Acts, act{N: t.lastAct() + 1, Whom: "a", What: "b", Why: "c", Till: "d", By: p.tour.staff})
		tn = w.event(t, flows.Consent)
	case doReport:
		tn = w.event(t, flows.Report)
	}
	next.talk = tn.t
	next.bare = (d.do == doSilence || at.bare) && !slices.ContainsFunc(t.Log, func(e entry) bool { return e.Text == "" })
	next.got = p.tour.goals(before, tn.t.Flow.state(), tn.facts(), d, takeMarksOf(tn.t))
	if t.owes(jobStop) {
		next.sign = nil
	}
	if t.Wish != nil && t.Wish.Next > 0 {
		next.sign = t.Wish
	}
	next.leaf = tn.gone || t.Mode == string(Moved) || t.Mode == string(Residue) || t.owes(jobKeep, jobAbsorb) || t.Page && t.Left
	t.Jobs, t.Wish = nil, nil
	return next
}

// novel keeps a spot's goals, and says whether it is worth going on from.
func (p *planner) novel(at *spot) bool {
	fresh := false
	for _, g := range at.got {
		if p.got[g] == nil {
			p.got[g], p.in[g], fresh = at, p.circle, true
		}
	}
	tn := p.begin(at)
	where := tn.st.Flow + "." + tn.st.Step + fmt.Sprint(tn.st.Page)
	for i, c := range holding(tn) {
		if k := fmt.Sprint(where, i, c); !p.seen[k] {
			p.seen[k], fresh = true, true
		}
	}
	return fresh
}

// moves is a plan for coming back from another phone, by the shortest way to return words.
func (p *planner) moves(brings string) plan {
	var best []deed
	for g, at := range p.got {
		if ds := at.deeds(); at.talk.Words != nil && at.talk.Mode == string(Waiting) && (best == nil || len(ds) < len(best) || len(ds) == len(best) && fmt.Sprint(ds) < fmt.Sprint(best)) {
			best, _ = ds, g
		}
	}
	ds := append(slices.Clone(best), deed{doMove, brings})
	for range 3 {
		ds = append(ds, deed{doWrite, "hello"})
	}
	return plan{circle: circles[0], deeds: ds}
}

// holding are all conditions that a branch may ask about, in a fixed order.
func holding(tn *turn) []bool {
	f, st := tn.facts(), tn.st
	var out []bool
	v := reflect.ValueOf(f)
	for i := range v.NumField() {
		out = append(out, v.Field(i).Bool())
	}
	mine := !f.Words || st.Known
	a, yes := st.Answers, 0
	for _, x := range tn.t.Acts {
		if x.Answer == ActYes {
			yes++
		}
	}
	return append(out, st.Open, mine, st.Person, st.Missed, st.Harm, st.Shut, st.Known, st.Owed, a.Who != "", len(a.Needs) > 0, a.Share != "", a.Trace != "",
		a.Ready != "", a.Age == "child", len(a.Happening) > 0, len(a.Flags) > 0, f.Held && len(a.Flags) > 0, f.Queued && a.Who == "", f.Queued && len(a.Happening) > 0,
		f.Pending && f.Held, f.Pending && f.Queued, st.Harm && f.Held, f.Words && f.Pending, f.Agreed && f.Ended, st.Missed && st.Person, st.Harm && f.Pending, st.Harm && f.Pending && !f.Held, f.Pending && !f.Held && !f.Queued, yes > 1, yes == 0 && slices.Contains(st.Back, flows.Place{Flow: "check", Step: "rest_agreed"}))
}

// plans are ways to all goals that were found, each no longer than it must be; what a longer one passes needs none of its own.
func (p *planner) plans() []plan {
	var goals []string
	for g := range p.got {
		goals = append(goals, g)
	}
	depth := func(s *spot) (n int) {
		for ; s.from != nil; s = s.from {
			n++
		}
		return n
	}
	slices.SortFunc(goals, func(a, b string) int {
		if d := depth(p.got[b]) - depth(p.got[a]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	done := map[string]bool{}
	var out []plan
	for _, g := range goals {
		if done[g] {
			continue
		}
		one := plan{circle: p.in[g], deeds: p.got[g].deeds()}
		for s := p.got[g]; s.from != nil; s = s.from {
			one.places = append(one.places, flows.Place{Flow: s.talk.Flow.Flow, Step: s.talk.Flow.Step})
			for _, o := range s.got {
				if !done[o] {
					done[o] = true
					one.for_ = append(one.for_, o)
				}
			}
		}
		slices.Reverse(one.places)
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b plan) int { return slices.Index(circles, a.circle) - slices.Index(circles, b.circle) })
	return out
}
