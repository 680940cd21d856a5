package flows_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"quietline/flows"
)

// A person walks the book as somebody on a phone does: by digits. What the book does to the world (queue, words) comes
// back as facts, and the state is written and read between every two turns.
type person struct {
	t      testing.TB
	book   *flows.Book
	facts  flows.Facts
	yes    int // acts that were agreed to and stand
	shown  int // how many of them were kept while looking
	stored string
	heard  []string
	did    []flows.Effect
	lines  string // need of the last lines
	ways   map[string]bool
}

var menus = flows.Menus{Languages: []string{"en", "es", "ar", "vi", "fr", "pt"}, Countries: []string{"GB", "US"}}

func shipped(t testing.TB) *flows.Book {
	t.Helper()
	b, err := flows.Load(flows.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.WithMenus(menus)
}

// newPerson has scanned a code on the web page of a country, in a language, with somebody on duty.
func newPerson(t testing.TB, book *flows.Book) *person {
	return &person{t: t, book: book, ways: map[string]bool{}, stored: "{}",
		facts: flows.Facts{Language: true, Country: true, OnDuty: true, Shift: true, Web: true, Durable: true}}
}

func (p *person) state() (s flows.State) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(p.stored), &s); err != nil {
		p.t.Fatal(err)
	}
	return s
}

// Event is one turn.
func (p *person) Event(kind flows.Kind, choice string) {
	p.t.Helper()
	before := p.state()
	s, es := flows.Next(p.book, before, flows.Event{Kind: kind, Choice: choice, Facts: p.facts})
	openNow(p.t, before, kind, es)
	p.heard, p.did = nil, nil
	for _, e := range es {
		if e.Do == flows.Say && strings.HasPrefix(e.ID, "edge.") {
			p.ways[e.ID] = true
			continue
		}
		p.did = append(p.did, e)
		switch e.Do {
		case flows.Say, flows.MakeWords, flows.ShowCheckIn, flows.ShowAct, flows.ShowAgreed:
			p.heard = append(p.heard, e.ID)
			p.facts.Words = p.facts.Words || e.Do == flows.MakeWords
		case flows.Lines:
			p.lines = e.Arg
		case flows.SetLanguage:
			p.facts.Language = true
		case flows.SetCountry:
			p.facts.Country = true
		case flows.Queue, flows.QueueUrgent:
			p.facts.Queued = true
		case flows.Unqueue:
			p.facts.Queued = false
		case flows.SetCheckIn:
			p.facts.Asked = true
		case flows.StopCheckIn:
			p.facts.Asked = false
		case flows.ShowPending:
			p.facts.Pending = false
		case flows.Agree:
			p.yes++
		case flows.FirstAct:
			p.shown = 0
		case flows.KeepAct:
			p.shown++
		case flows.TakeBack:
			p.yes--
		case flows.Complain:
			p.facts.Complained = true
		case flows.DoErase:
			p.yes, p.shown = 0, 0
			p.facts = flows.Facts{Country: p.facts.Country, Language: p.facts.Language, OnDuty: p.facts.OnDuty, Web: p.facts.Web, Clears: p.facts.Clears}
		}
	}
	p.facts.Agreed, p.facts.More = p.yes > 0, p.shown+1 < p.yes
	switch kind {
	case flows.Taken:
		p.facts.Held, p.facts.Queued = true, false
	case flows.Lost:
		p.facts.Held, p.facts.Queued = false, true
	case flows.Ended, flows.Expired:
		p.facts.Held, p.facts.Queued = false, false
	}
	out, err := json.Marshal(s)
	if err != nil {
		p.t.Fatal(err)
	}
	p.stored = string(out)
}

// agrees is what an earlier talk left: so many acts that were agreed to.
func (p *person) agrees(n int) {
	p.yes, p.shown = n, 0
	p.facts.Agreed, p.facts.More = n > 0, n > 1
}

// Says sends one message: a key, a choice's digit, or words.
func (p *person) Says(text string) {
	p.t.Helper()
	s := p.state()
	keys := map[string]flows.Kind{"0": flows.Leave, "00": flows.Erase, "9": flows.Person, "8": flows.Back, "99": flows.Urgent}
	if k, ok := keys[text]; ok {
		p.Event(k, "")
		return
	}
	if p.book.Begins(s) {
		p.Event(flows.Begin, "")
		return
	}
	cs := p.book.Choices(s)
	if len(text) == 1 && text[0] >= '1' && int(text[0]-'0') <= len(cs) {
		p.Event(flows.Chose, cs[text[0]-'1'].ID)
		return
	}
	p.Event(flows.Free, "")
}

// Taps sends several.
func (p *person) Taps(texts ...string) {
	p.t.Helper()
	for _, s := range texts {
		p.Says(s)
	}
}

// Hears is what the last turn said, exactly.
func (p *person) Hears(ids ...string) {
	p.t.Helper()
	if !slices.Equal(p.heard, ids) {
		p.t.Fatalf("at %s\nheard  %q\nwanted %q", p.stored, p.heard, ids)
	}
}

// Sees is what the last turn did besides saying and asking, exactly; with its argument after a colon.
func (p *person) Sees(dos ...string) {
	p.t.Helper()
	var got []string
	for _, e := range p.did {
		if e.Do == flows.Say || e.Do == flows.Ask {
			continue
		}
		s := string(e.Do)
		if e.Arg != "" {
			s += ":" + e.Arg
		}
		got = append(got, s)
	}
	if !slices.Equal(got, dos) {
		p.t.Fatalf("at %s\ndid    %q\nwanted %q", p.stored, got, dos)
	}
}

// At is where the conversation stands.
func (p *person) At(place string) {
	p.t.Helper()
	if s := p.state(); s.Flow+"."+s.Step != place {
		p.t.Fatalf("stands at %s.%s, wanted %s", s.Flow, s.Step, place)
	}
}

// openNow proves S1 of one turn's effects, in order, and returns whether a sitting is open after them.
func openNow(t interface{ Fatalf(string, ...any) }, s flows.State, kind flows.Kind, es []flows.Effect) bool {
	open := s.Open
	switch kind {
	case flows.Return, flows.Duress:
		open = false
	}
	for _, e := range es {
		switch e.Do {
		case flows.OpenSitting:
			open = true
		case flows.CloseSitting, flows.DoLeave, flows.DoErase:
			open = false
		case flows.Lines, flows.Rights, flows.Summary, flows.SayLimits, flows.Queue, flows.QueueUrgent, flows.MakeWords, flows.ShowPending,
			flows.SetCheckIn, flows.StopCheckIn, flows.ShowCheckIn, flows.SetReady, flows.ShowAct, flows.Agree, flows.Refuse, flows.FirstAct, flows.ShowAgreed, flows.KeepAct, flows.TakeBack,
			flows.ShowOutcomes, flows.SendOutcomes, flows.DropOutcomes, flows.Complain:
			if !open {
				t.Fatalf("%s at %s.%s before a sitting is open (%s)", e.Do, s.Flow, s.Step, kind)
			}
		case flows.Card:
			if (e.Arg == "full") != open {
				t.Fatalf("card %q while open is %v (%s at %s.%s)", e.Arg, open, kind, s.Flow, s.Step)
			}
		}
		if e.Sensitive && !open {
			t.Fatalf("sensitive %s %q at %s.%s before a sitting is open (%s)", e.Do, e.ID, s.Flow, s.Step, kind)
		}
	}
	return open
}
