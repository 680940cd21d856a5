package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quietline/directory"
	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store"
)

// A tour is one kind of channel in one language, with everything real behind it.
type tour struct {
	t         testing.TB
	s         *scene
	lang      string
	limits    flows.Limits
	carrier   *carrier
	content   *Content
	circle    circle
	plan      plan
	ways      map[string]way
	telling   map[string]bool // message ids of sensitive steps alone
	staff     string
	token     line.SessionToken
	lead      string
	address   string
	n         int
	words     [2]string // return and duress
	away      string    // what another page brings
	turn      string    // of the last message with choices
	foreign   map[string]string
	failures  int
	other     string // who talks with the adviser meanwhile, in a busy circle
	delivered int
}

// shippedLanguages are the languages of the catalogues, in the order of the menu; English is the line's own.
func shippedLanguages(t testing.TB) (tags []string) {
	t.Helper()
	words, err := locales.Load(locales.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range words.Languages() {
		if words.Has(l.Tag, "check.unseen") {
			tags = append(tags, l.Tag)
		}
	}
	return tags
}

func newTour(t testing.TB, limits flows.Limits, lang string) *tour {
	t.Helper()
	o := &tour{t: t, lang: lang, limits: limits, telling: map[string]bool{}, foreign: map[string]string{}}
	var book *flows.Book
	book, o.ways = tracedBook(t)
	words, err := locales.Load(locales.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Load(directory.Data(), nil)
	if err != nil {
		t.Fatal(err)
	}
	langs := shippedLanguages(t)
	o.content = &Content{Book: book.WithMenus(flows.Menus{Languages: langs, Countries: tourCountries}), Words: words, Directory: dir}
	o.s = newScene(t)
	o.carrier = &carrier{limits: limits, now: func() time.Time { return o.s.now }}
	o.s.cfg.Content = func() *Content { return o.content }
	o.s.cfg.Channels, o.s.cfg.Languages, o.s.cfg.Countries = nil, langs, tourCountries
	if !o.page() {
		o.s.cfg.Channels = []Channel{o.carrier}
	}
	o.reopen()
	a := o.s.adviser("adviser-1")
	o.staff, o.token = a.id, a.token
	o.lead = o.s.lead("lead-1").id
	o.s.lead("lead-2") // the last one cannot be taken away
	calm := map[string]bool{}
	for _, f := range book.Flows() {
		for _, st := range f.Steps {
			ids := slices.Clone(st.Say)
			if st.Menu != "" {
				ids = append(ids, flows.MsgMore)
			}
			for _, c := range st.Choices {
				ids = append(ids, c.Text)
			}
			for _, id := range ids {
				if st.Sensitive {
					o.telling[id] = true
				} else {
					calm[id] = true
				}
			}
		}
	}
	for id := range calm {
		delete(o.telling, id)
	}
	if lang != "en" {
		for _, id := range words.IDs() {
			en, err := words.Text("en", id, nil)
			own, err2 := words.Text(lang, id, nil)
			if err == nil && err2 == nil && en != own && len(en) > 15 && strings.Contains(en, " ") {
				o.foreign[en] = id
				o.foreign[locales.Texting(en)] = id
			}
		}
	}
	return o
}

func (o *tour) page() bool { return o.limits.Channel == "web" }

// reopen ends the process, as it were, and opens the same files again, with a rota.
func (o *tour) reopen() {
	o.t.Helper()
	o.s.withRota()
}

// withRota opens the line again with shifts instead of always; without any nobody is ever promised.
func (s *scene) withRota(shifts ...line.Shift) {
	s.t.Helper()
	s.restart()
	s.ok(s.line.Close())
	var err error
	s.line, err = line.Open(context.Background(), s.lines, line.Options{Now: func() time.Time { return s.now }, Shifts: shifts})
	s.ok(err)
	s.cfg.Line = s.line
	s.bot, err = New(s.ctx, s.cfg)
	s.ok(err)
	s.bot.once.Do(func() { close(s.bot.whole) })
	s.settle()
}

// arrange makes the world as a circle has it.
func (o *tour) arrange(c circle) {
	o.t.Helper()
	s := o.s
	o.circle = c
	o.rota()
	s.ok(s.line.ChangeStaff(s.ctx, "", o.staff, func(x *line.Staff) { x.ChildTrained = c.trained }))
	for _, a := range s.line.AllStaff() {
		if strings.HasPrefix(a.Name, "lead-") {
			s.ok(s.line.ChangeStaff(s.ctx, "", a.ID, func(x *line.Staff) {
				x.Role = line.Adviser
				if c.lead {
					x.Role = line.Lead
				}
			}))
		}
	}
	s.ok(s.line.SetFull(s.ctx, "", c.full))
	s.cfg.Durable, s.cfg.Body = c.durable, ""
	if c.body {
		s.cfg.Body = "Charity Regulator, regulator.example"
	}
	s.bot.cfg.Durable, s.bot.cfg.Body = s.cfg.Durable, s.cfg.Body
	o.engage()
}

// engage has the adviser talk with somebody else for the next minutes, or with nobody.
func (o *tour) engage() {
	o.t.Helper()
	own, turn, c := o.address, o.turn, o.circle
	defer func() { o.address, o.turn, o.circle = own, turn, c }()
	o.circle.busy = false // what follows is ordinary
	if o.other != "" {
		o.address = o.other
		if t := o.record(); c.busy && t != nil && o.s.bot.world("").begin(t).silent() && t.Silence > o.s.now.Add(sittingIdle/2).Unix() {
			return
		}
		o.do(deed{doKey, string(flows.Erase)})
		o.other = ""
	}
	if !c.busy {
		return
	}
	o.n++
	o.other = fmt.Sprintf("%s-%s-%d", o.limits.Channel, o.lang, o.n)
	o.address = o.other
	deeds := []deed{{doTap, "yes"}, {doKey, string(flows.Person)}, {doClaim, ""}}
	if !o.page() {
		deeds = append([]deed{{doWrite, "hello"}, {doTap, "en"}, {doTap, "GB"}}, deeds...)
	}
	for _, d := range deeds {
		o.do(d)
	}
}

// rota has a shift that ends in some ten minutes, or none now.
func (o *tour) rota() {
	o.t.Helper()
	s, c := o.s, o.circle
	clock := func(d time.Duration) string { return s.now.Add(d).UTC().Format("15:04") }
	days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	var shifts []line.Shift
	switch {
	case c.onDuty:
		shifts = []line.Shift{{Days: days, From: clock(-time.Hour), To: clock(13 * time.Minute), Zone: "UTC"}}
	case c.shift:
		shifts = []line.Shift{{Days: days, From: clock(3 * time.Hour), To: clock(6 * time.Hour), Zone: "UTC"}}
	}
	s.ok(s.line.SetShifts(shifts))
	s.line.Beat(o.token)
}

// brings is what a new conversation brings with it: a page its language and country, a chat nothing.
func (o *tour) brings() (lang, country string) {
	switch {
	case !o.page(), o.away == "nothing":
		return "", ""
	case o.away == "language":
		return o.lang, ""
	}
	return o.lang, "GB"
}

// inbound is a deed of the person's, as the planner has it: a choice by its id.
func (o *tour) inbound(d deed) Inbound {
	in := Inbound{Channel: o.limits.Channel, Address: Hide(o.address), Page: o.page()}
	switch d.do {
	case doTap:
		in.Choice = d.arg
	case doKey:
		in.Key = flows.Kind(d.arg)
	case doWrite:
		in.Text = Hide(d.arg)
	case doWords, doMove:
		in.Text = Hide(o.words[0])
	case doForced:
		in.Text = Hide(o.words[1])
	}
	return in
}

// typed is what a person writes where there is no key to tap.
var typed = map[flows.Kind]string{flows.Leave: "0", flows.Erase: "00", flows.Person: "9", flows.Back: "8", flows.Urgent: "99",
	flows.Danger: "he has a knife", flows.SelfHarm: "I want to kill myself"}

func (o *tour) name() store.Name {
	return store.NewName(o.s.bot.secretNow(), o.limits.Channel, o.address)
}

func (o *tour) record() *talk {
	_, t, err := o.s.bot.read(o.s.ctx, o.name())
	o.s.ok(err)
	return t
}

func (o *tour) fail(format string, args ...any) {
	o.t.Helper()
	if o.failures++; o.failures < 20 {
		o.t.Errorf(format, args...)
	}
}

// ride leads a new person along a plan and returns the goals they reached.
func (o *tour) ride(p plan) (got []string) {
	o.n++
	o.address = fmt.Sprintf("%s-%s-%d", o.limits.Channel, o.lang, o.n)
	o.words, o.turn, o.plan = [2]string{}, "", p
	o.away = ""
	o.arrange(p.circle)
	if p.circle.limited && !o.page() {
		if o.s.now.Hour() == 23 { // what an address costs is counted by the day
			o.s.now = o.s.now.Add(time.Hour)
		}
		o.arrange(p.circle)
		for range freeItems {
			for _, d := range []deed{{doWrite, "hello"}, {doTap, "en"}, {doTap, "GB"}, {doTap, "yes"}, {doKey, string(flows.Person)}, {doKey, string(flows.Erase)}} {
				o.do(d)
			}
		}
	}
	for i, d := range p.deeds {
		got = append(got, o.do(d)...)
		if o.n%10 == 0 && !p.circle.limited && i == len(p.deeds)/2 {
			o.reopen()
			o.arrange(p.circle)
		}
		if t := o.record(); t != nil && t.Mode != string(Residue) && t.Mode != string(Moved) && i+1 < len(p.deeds) {
			if at := (flows.Place{Flow: t.Flow.Flow, Step: t.Flow.Step}); i < len(p.places) && at != p.places[i] {
				o.fail("%s: after %v of %v the bot is at %s, the plan at %s", o.address, d, p.deeds, at, p.places[i])
				break
			}
		}
	}
	if o.n%5 != 0 {
		o.do(deed{doKey, string(flows.Erase)})
	} else if t := o.record(); t != nil && o.s.bot.world("").held(t) { // the adviser is free for the next
		o.s.ok(o.s.bot.End(o.s.ctx, t.Handle, o.staff))
	}
	return got
}

// do does one deed through the bot's own doors, and looks at all that comes of it.
func (o *tour) do(d deed) []string {
	s, ctx := o.s, o.s.ctx
	s.now = s.now.Add(stride)
	o.rota()
	if o.circle.busy {
		o.engage()
	}
	if d.do == doMove {
		o.address, o.away = o.address+"-b", d.arg
	}
	before := o.record()
	if before == nil {
		before = &talk{}
	}
	tick := func(until int64) {
		s.now = time.Unix(until+1, 0).UTC()
		s.line.Beat(o.token)
		for done := false; !done; {
			err := s.bot.change(ctx, o.name(), func(w *world, t *talk) (*turn, error) {
				mode, open := t.Mode, t.Flow.Open
				tn := w.tick(t)
				done = tn == nil || t.Mode != mode || t.Flow.Open != open
				return tn, nil
			})
			if errors.Is(err, ErrGone) {
				return
			}
			s.ok(err)
		}
	}
	st := before.Flow.state()
	f := s.bot.world("").begin(before).facts()
	switch d.do {
	case doTap, doKey, doWrite, doWords, doForced, doMove:
		if d.do == doTap && d.arg == "en" { // the language of the tour
			d.arg = o.lang
		}
		in := o.inbound(d)
		in.ID = fmt.Sprintf("%s-%d", o.address, s.now.UnixNano())
		in.Lang, in.Country = o.brings()
		o.hand(&in, d, before)
		taken, err := s.bot.Take(ctx, in)
		s.ok(err)
		if taken.Stale || taken.Repeat {
			o.fail("%s: %v at %s.%s is taken as %+v; %v", o.address, d, st.Flow, st.Step, taken, o.plan.deeds)
		}
	case doSilence:
		tick(before.Silence)
	case doExpire:
		tick(before.Hand.Until)
	case doClaim:
		s.ok(s.bot.Claim(ctx, before.Handle, o.staff))
	case doAnswer:
		s.ok(s.bot.Says(ctx, before.Handle, o.staff, fmt.Sprint(s.now.UnixNano()), Hide(d.arg)))
	case doRelease:
		s.ok(s.bot.Release(ctx, before.Handle, o.staff))
	case doEnd:
		s.ok(s.bot.End(ctx, before.Handle, o.staff))
	case doConsent:
		s.ok(s.bot.AskConsent(ctx, before.Handle, o.staff, "", shelter))
	case doReport:
		s.ok(s.bot.OfferReport(ctx, before.Handle, o.staff))
	}
	var marks []string
	var said []part
	err := s.bot.change(ctx, o.name(), func(w *world, t *talk) (*turn, error) {
		marks = takeMarksOf(t)
		said = nil
		for i := range t.Out {
			said = append(said, unpack(t.Out[i].Said)...)
		}
		for i := range t.Log {
			if t.Page && t.Log[i].Seq > before.Seq {
				said = append(said, unpack(t.Log[i].Said)...)
			}
		}
		return w.begin(t), nil
	})
	if !errors.Is(err, ErrGone) {
		s.ok(err)
	}
	for _, p := range said {
		if p.ID == flows.MsgWords && len(p.Args) == 4 {
			o.words = [2]string{p.Args[1], p.Args[3]}
		}
	}
	o.carrier.sent = nil
	s.bot.Tend(ctx)
	after := o.record()
	if after == nil {
		after = &talk{}
	}
	o.look(d, before, after, said)
	return o.goals(st, after.Flow.state(), f, d, marks)
}

// hand makes a deed what a person does with such a channel in hand: buttons, digits in their own script, forms.
func (o *tour) hand(in *Inbound, d deed, before *talk) {
	s := o.s
	if o.page() {
		v, err := s.bot.View(s.ctx, in.Channel, in.Address)
		s.ok(err)
		in.Turn = "0"
		if !v.Gone {
			in.Turn = v.Turn
		}
		if in.Choice == "" {
			return
		}
		if v.Gone {
			v, err = s.bot.Preview(in.Channel, in.Lang, in.Country)
			s.ok(err)
		}
		if !slices.ContainsFunc(v.Choices, func(c Choice) bool { return c.ID == in.Choice }) {
			o.fail("%s: at %s.%s the page offers %v, not %q; %v", o.address, before.Flow.Flow, before.Flow.Step, v.Choices, in.Choice, o.plan.deeds)
		}
		return
	}
	in.Receipt = &Receipt{ID: "in-" + in.ID, At: s.now, Copy: o.limits.MaxSegments > 0}
	if d.do == doKey {
		in.Key, in.Text = "", Hide(typed[flows.Kind(d.arg)])
		return
	}
	if d.do != doTap {
		return
	}
	choice := in.Choice
	tn := s.bot.world("").begin(before)
	i := slices.IndexFunc(tn.Book.Choices(tn.st), func(c flows.Choice) bool { return c.ID == choice })
	if i < 0 {
		o.fail("%s: %s.%s does not offer %q", o.address, tn.st.Flow, tn.st.Step, choice)
		return
	}
	in.Choice = ""
	switch {
	case o.limits.Channel == "telegram":
		in.Digit, in.Turn = i+1, o.turn
	case o.lang == "ar" && o.limits.Channel == "sms":
		in.Text = Hide(string(rune('١' + i)))
	default:
		in.Text = Hide(strconv.Itoa(i + 1))
	}
}
