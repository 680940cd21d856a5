package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"quietline/directory"
	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store"
)

// ChannelLimits are the kinds of channel that a person is led along; TestChannelLimits compares them with the channels' own.
var ChannelLimits = []flows.Limits{
	{Channel: "web", MaxChoices: flows.MaxChoices, CallbackBytes: 128},
	{Channel: "telegram", MaxChoices: flows.MaxChoices, MaxText: 4096, MaxLabel: 40, CallbackBytes: 64, Clears: true},
	{Channel: "sms", MaxChoices: flows.MaxChoices, MaxText: 1600, MaxSegments: 3},
	{Channel: "whatsapp", MaxChoices: flows.MaxChoices, MaxText: 1600, Brief: true},
}

var tourCountries = []string{"GB", "US", "ES", "MX", "AE", "NG", "VN"}

// A carrier is a channel with the limits of a real one. It delivers, and notes every message that is not fit to be sent.
type carrier struct {
	mu     sync.Mutex
	limits flows.Limits
	now    func() time.Time
	sent   []Outbound
	faults []string
	n      int
}

func (c *carrier) Name() string         { return c.limits.Channel }
func (c *carrier) Limits() flows.Limits { return c.limits }

func (c *carrier) Send(_ context.Context, out Outbound) (Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	c.sent = append(c.sent, out)
	fault := func(format string, args ...any) {
		c.faults = append(c.faults, fmt.Sprintf(format, args...)+": "+strconv.Quote(out.WithChoices()))
	}
	words := out.Text.Reveal()
	if c.limits.CallbackBytes == 0 {
		words = out.WithChoices()
	}
	l := c.limits
	if strings.TrimSpace(words) == "" {
		fault("an empty message")
	}
	if strings.Contains(words, "<no value>") || strings.Contains(words, "{{") {
		fault("a placeholder stands open")
	}
	if l.MaxText > 0 && len(words) > l.MaxText {
		fault("%d bytes of %d", len(words), l.MaxText)
	}
	if n := locales.Segments(words); l.MaxSegments > 0 && n > l.MaxSegments {
		fault("%d parts of %d", n, l.MaxSegments)
	}
	if len(out.Choices) > l.MaxChoices {
		fault("%d choices", len(out.Choices))
	}
	for i, ch := range out.Choices {
		switch {
		case ch.Digit != i+1:
			fault("choice %d has the digit %d", i+1, ch.Digit)
		case strings.TrimSpace(ch.Label) == "":
			fault("choice %d has no label", i+1)
		case l.MaxLabel > 0 && len([]rune(ch.Label)) > l.MaxLabel:
			fault("the label %q", ch.Label)
		case l.CallbackBytes > 0 && len(out.Turn)+2 > l.CallbackBytes:
			fault("the turn %q", out.Turn)
		}
	}
	return Receipt{ID: fmt.Sprint(c.n), At: c.now(), Copy: l.MaxSegments > 0}, nil
}

func (c *carrier) Withdraw(context.Context, Address, []Receipt) (later, never []Receipt, err error) {
	return nil, nil, nil
}

// A tour is one kind of channel in one language, with everything real behind it.
type tour struct {
	t         *testing.T
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
	delivered int
}

func newTour(t *testing.T, limits flows.Limits, lang string) *tour {
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
	langs := []string{"en", "es", "ar", "vi"}
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
	s := o.s
	o.t.Helper()
	var shifts []line.Shift
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
	s.cfg.Durable, s.cfg.Body = c.durable, ""
	if c.body {
		s.cfg.Body = "Charity Regulator, regulator.example"
	}
	s.bot.cfg.Durable, s.bot.cfg.Body = s.cfg.Durable, s.cfg.Body
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

// takeMarksOf takes the marks of the ways out of what the record says and sends, and tells which they were.
func takeMarksOf(t *talk) (marks []string) {
	if t == nil {
		return nil
	}
	clean := func(said string) string {
		return pack(slices.DeleteFunc(unpack(said), func(p part) bool {
			is := p.Kind == "" && strings.HasPrefix(p.ID, "edge.")
			if is {
				marks = append(marks, p.ID)
			}
			return is
		}))
	}
	for i := range t.Out {
		t.Out[i].Said = clean(t.Out[i].Said)
	}
	for i := range t.Log {
		t.Log[i].Said = clean(t.Log[i].Said)
	}
	t.Out = slices.DeleteFunc(t.Out, func(x outmsg) bool { return x.Said == "" && x.Text == "" && len(x.Choices) == 0 })
	t.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return e.Said == "" && e.Text == "" })
	return marks
}

// goals are what a deed reached: ways by their marks, items of menus, and the two ways out, whose words are not in the record.
func (o *tour) goals(before, after flows.State, f flows.Facts, d deed, marks []string) (out []string) {
	out = append(out, marks...)
	if s, ok := o.content.Book.Step(flows.Place{Flow: before.Flow, Step: before.Step}); d.do == doTap && ok && s.Menu != "" && s.Menu != "languages" {
		out = append(out, fmt.Sprintf("item %s %s", s.Place, d.arg))
	}
	from := map[string]string{string(flows.Leave): "left", string(flows.Erase): "erased"}[d.arg]
	if d.do == doKey && from != "" {
		st, _ := o.content.Book.Step(flows.Place{Flow: "closing", Step: from})
		for i, b := range st.Branch {
			holds := func(names []string, want bool) bool {
				return !slices.ContainsFunc(names, func(n string) bool { return map[string]bool{"web": o.page(), "clears": o.limits.Clears}[n] != want })
			}
			if holds(b.If, true) && holds(b.Not, false) {
				for id, w := range o.ways {
					if w.from == st.Place && w.what == fmt.Sprintf("branch %d", i+1) {
						out = append(out, id)
					}
				}
				break
			}
		}
	}
	return out
}

// all are all goals there are on any channel.
func (o *tour) all() map[string]string {
	out := map[string]string{}
	for id, w := range o.ways {
		out[id] = w.String()
	}
	for _, f := range o.content.Book.Flows() {
		for _, s := range f.Steps {
			var items []string
			switch s.Menu {
			case "needs":
				items = append(flows.Needs(), flows.Skip, flows.More)
			case "happening":
				items = append(flows.Happenings(), flows.Skip, flows.More)
			case "countries":
				items = append(slices.Clone(tourCountries), flows.More)
			}
			for _, i := range items {
				g := fmt.Sprintf("item %s %s", s.Place, i)
				out[g] = g
			}
		}
	}
	return out
}

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
	}
	return got
}

// do does one deed through the bot's own doors, and looks at all that comes of it.
func (o *tour) do(d deed) []string {
	s, ctx := o.s, o.s.ctx
	s.now = s.now.Add(stride)
	o.rota()
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

// look reads all that the person can read after a deed, and fails on what must not be there.
func (o *tour) look(d deed, before, after *talk, said []part) {
	s, c := o.s, o.content
	at := fmt.Sprintf("%s: after %v at %s.%s", o.address, d, before.Flow.Flow, before.Flow.Step)
	lang := "en"
	if after.Lang == o.lang || !o.page() && before.Lang == o.lang || o.page() && before.Handle == "" && o.away != "nothing" {
		lang = o.lang
	}
	calm := !before.Flow.Open && !after.Flow.Open
	for _, p := range said {
		var words []string
		for _, b := range s.bot.blocks(c, lang, after.Country, &p, after.Acts) {
			words = append(words, b.Text+b.Name+b.Number)
			if strings.TrimSpace(b.Text+b.Name+b.Number) == "" {
				o.fail("%s: %s %s says nothing", at, p.Kind, p.ID)
			}
		}
		text := strings.Join(words, "\n")
		if p.Kind == "" {
			if !c.Words.Has(lang, p.ID) {
				o.fail("%s: %s has no words in %s", at, p.ID, lang)
			}
			o.speaks(at, lang, text)
		}
		if !calm {
			continue
		}
		if p.Kind == partTap && p.ID == "" { // a language or country
			continue
		}
		if p.Kind != "" && p.Kind != partShort && p.Kind != partTap || o.telling[p.ID] {
			o.fail("%s: %s %s is said before a sitting: %q", at, p.Kind, p.ID, text)
		}
		if p.Kind != partShort {
			if tell := c.Words.Discreet(lang, text); tell != nil {
				o.fail("%s: %q is said before a sitting: %q", at, tell, text)
			}
		}
	}
	if o.page() {
		v, err := s.bot.View(s.ctx, "web", Hide(o.address))
		s.ok(err)
		if v.Gone {
			return
		}
		if v.Lang != lang {
			o.fail("%s: the page speaks %s", at, v.Lang)
		}
		o.offered(at, lang, calm, v.Choices)
		for _, l := range v.Lines {
			if strings.TrimSpace(c.Plain(lang, l.Blocks)) == "" {
				o.fail("%s: an empty line on the page", at)
			}
			if calm && l.From == FromAdviser {
				o.fail("%s: the page shows what an adviser wrote", at)
			}
		}
		o.delivered += len(said)
		return
	}
	if len(after.Out) > 0 {
		o.fail("%s: %d messages were not sent", at, len(after.Out))
	}
	for _, out := range o.carrier.sent {
		if out.To.Reveal() != o.address { // somebody of before
			continue
		}
		o.delivered++
		if len(out.Choices) > 0 {
			o.turn = out.Turn
			o.offered(at, lang, calm, out.Choices)
		}
		if out.Lang != lang {
			o.fail("%s: in %s, not %s: %q", at, out.Lang, lang, out.WithChoices())
		}
		for line := range strings.Lines(out.WithChoices()) {
			if id := o.foreign[strings.TrimSpace(line)]; id != "" && lang != "en" {
				o.fail("%s: %s is said in English: %q", at, id, line)
			}
		}
		left := d.do == doKey && (d.arg == string(flows.Leave) || d.arg == string(flows.Erase))
		if tell := c.Words.Discreet(lang, out.Text.Reveal()); left && tell != nil {
			o.fail("%s: the goodbye says %q", at, tell)
		}
	}
	for _, f := range o.carrier.faults {
		o.fail("%s: %s", at, f)
	}
	o.carrier.faults = nil
}

// offered looks at the answers on the screen.
func (o *tour) offered(at, lang string, calm bool, choices []Choice) {
	for _, ch := range choices {
		if strings.TrimSpace(ch.Label) == "" {
			o.fail("%s: choice %q has no label", at, ch.ID)
		}
		if id := o.foreign[ch.Label]; id != "" && lang != "en" {
			o.fail("%s: %s is offered in English: %q", at, id, ch.Label)
		}
		if tell := o.content.Words.Discreet(lang, ch.Label); calm && tell != nil {
			o.fail("%s: %q is offered before a sitting", at, tell)
		}
	}
}

// speaks fails unless a longer text is written as its language is.
func (o *tour) speaks(at, lang, text string) {
	letters, arabic, marked := 0, 0, 0
	if body := o.s.cfg.Body; body != "" {
		text = strings.ReplaceAll(text, body, "")
	}
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
			if unicode.Is(unicode.Arabic, r) {
				arabic++
			}
			if r > 0x7f {
				marked++
			}
		}
	}
	switch {
	case letters < 25:
	case lang == "ar" && arabic*10 < letters*6, lang != "ar" && arabic > 0, lang == "vi" && marked*20 < letters, lang == "en" && marked > 0:
		o.fail("%s: this is not %s: %q", at, lang, text)
	}
}
