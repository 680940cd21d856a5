package flows_test

import (
	"slices"
	"testing"

	"quietline/flows"
)

// Books that check would refuse still tell nothing before a sitting is open.
func TestS1_BadBooksShowTheCover(t *testing.T) {
	f := flows.Facts{Language: true, Country: true, Web: true, OnDuty: true}
	begin := flows.Event{Kind: flows.Begin, Facts: f}
	load := func(file, old, new string) *flows.Book {
		b, err := flows.Load(with(t, file, old, new), nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	notice := "say  = [\"arrival.notice\"]\nto   = \"room\""

	s, es := flows.Next(load("arrival.toml", notice, "say = [\"arrival.notice\"]\nto = \"check.danger\""), flows.State{}, begin)
	openNow(t, flows.State{}, flows.Begin, es)
	if s.Step != "cover" || !has(es, flows.Card) {
		t.Errorf("a sensitive step before a sitting leads to %+v: %+v", s, es)
	}

	_, es = flows.Next(load("arrival.toml", notice, "say = [\"arrival.notice\"]\ndo = [\"rights\", \"queue\", \"summary\"]\nto = \"check.unseen\""), flows.State{}, begin)
	openNow(t, flows.State{}, flows.Begin, es)
	if has(es, flows.Rights, flows.Queue, flows.Summary) || !has(es, flows.Ask) {
		t.Errorf("effects that must wait came before a sitting: %+v", es)
	}

	round := load("plan.toml", "say       = [\"plan.start\"]\nto        = \"menu\"", "say = [\"plan.start\"]\nto = \"start\"")
	s, es = flows.Next(round, flows.State{Flow: "check", Step: "more", Open: true}, flows.Event{Kind: flows.Chose, Choice: "plan", Facts: f})
	if s.Step != "cover" || len(es) == 0 {
		t.Errorf("steps that follow each other for ever lead to %+v", s)
	}
}

func TestS3_DangerWordsBringTheCardOnceASitting(t *testing.T) {
	ana := newPerson(t, shipped(t))
	ana.Taps("hi", "1")
	ana.Event(flows.Danger, "")
	ana.Sees("card:full")
	ana.Hears("check.danger")
	ana.Event(flows.Danger, "")
	ana.Sees()
	ana.Hears("arrival.number", "check.danger")
	ana.Says("99")
	ana.Sees("card:full")
	ana.Event(flows.Silence, "")
	ana.Event(flows.Danger, "")
	ana.Sees("card:short")
	ana.Hears("arrival.notice", "check.unseen")
	ana.Says("1")
	ana.Event(flows.Danger, "")
	ana.Sees("card:full")
	ana.Says("1")
	ana.Event(flows.Taken, "")
	ana.Event(flows.Danger, "")
	ana.Sees("alert-adviser:danger")
	ana.Hears()
	ana.Says("99")
	ana.Sees("alert-adviser:urgent", "card:full")
	ana.Hears()
}

// States that came from one state do not share what they remember.
func TestNextSharesNothing(t *testing.T) {
	b := shipped(t)
	f := flows.Facts{Language: true, Country: true}
	s := flows.State{Flow: "check", Step: "danger", Open: true, Back: append(make([]flows.Place, 0, 8), flows.Place{Flow: "check", Step: "unseen"})}
	one, _ := flows.Next(b, s, flows.Event{Kind: flows.Chose, Choice: "no", Facts: f})
	s.Step = "who"
	two, _ := flows.Next(b, s, flows.Event{Kind: flows.Chose, Choice: "me", Facts: f})
	if one.Back[1].Step != "danger" || two.Back[1].Step != "who" {
		t.Errorf("one remembers %v, the other %v", one.Back, two.Back)
	}

	needs := []string{"housing", "legal", "basics"}
	s = flows.State{Flow: "check", Step: "needs", Open: true, Answers: flows.Answers{Needs: needs}}
	picked, es := flows.Next(b, s, flows.Event{Kind: flows.Chose, Choice: "housing", Facts: f})
	if !slices.Equal(needs, []string{"housing", "legal", "basics"}) {
		t.Errorf("picking changed the state it was given: %v", needs)
	}
	if want := []string{"legal", "basics", "housing"}; !slices.Equal(picked.Answers.Needs, want) {
		t.Errorf("picked %v, wanted %v", picked.Answers.Needs, want)
	}
	if i := slices.IndexFunc(es, func(e flows.Effect) bool { return e.Do == flows.Lines }); i < 0 || es[i].Arg != "housing" {
		t.Errorf("the lines are not for the need picked last: %+v", es)
	}
}

func TestMenuPages(t *testing.T) {
	b := shipped(t)
	for _, c := range []struct {
		languages []string
		pages     [][]string
	}{
		{nil, [][]string{nil}},
		{[]string{"en"}, [][]string{{"en"}}},
		{[]string{"a", "b", "c", "d", "e"}, [][]string{{"a", "b", "c", "d", "e"}}},
		{[]string{"a", "b", "c", "d", "e", "f"}, [][]string{{"a", "b", "c", "d", "e", "more"}, {"f", "more"}}},
	} {
		b := b.WithMenus(flows.Menus{Languages: c.languages})
		for i, want := range c.pages {
			var got []string
			for _, ch := range b.Choices(flows.State{Flow: "arrival", Step: "language", Page: i}) {
				got = append(got, ch.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v: page %d is %v, wanted %v", c.languages, i, got, want)
			}
		}
	}
	// With nothing to choose from nothing is asked.
	s, es := flows.Next(b.WithMenus(flows.Menus{}), flows.State{}, flows.Event{Kind: flows.Begin})
	if s.Step != "unseen" || !has(es, flows.Ask) {
		t.Errorf("without menus the first message leads to %+v", s)
	}
	last := b.Choices(flows.State{Flow: "check", Step: "needs", Open: true, Page: 1})
	if len(last) != flows.MaxChoices || last[5].ID != flows.Skip {
		t.Errorf("the needs end with %+v", last)
	}
}

func TestTextForTheAdviserIsTakenWhileWaitingOnly(t *testing.T) {
	b := shipped(t)
	for _, f := range b.Flows() {
		for _, st := range f.Steps {
			s := flows.State{Flow: f.Name, Step: st.Place.Step, Open: true}
			waits := []string{"handoff.waiting", "handoff.by_day", "handoff.about_now", "complaint.write"}
			if got, want := b.TakesText(s), slices.Contains(waits, st.Place.String()); got != want {
				t.Errorf("%s takes text: %v", st.Place, got)
			}
			if s.Open = false; b.TakesText(s) {
				t.Errorf("%s takes text with no sitting open", st.Place)
			}
		}
	}
}

// A step costs little: measured 0.6 µs; what allocates is the effects and the way back.
func TestAllocations(t *testing.T) {
	b := shipped(t)
	s := flows.State{Flow: "check", Step: "danger", Open: true, Back: make([]flows.Place, 6)}
	e := flows.Event{Kind: flows.Chose, Choice: "no", Facts: flows.Facts{Language: true, Country: true, Web: true}}
	if n := testing.AllocsPerRun(100, func() { flows.Next(b, s, e) }); n > 3 {
		t.Errorf("a step allocates %v times, at most 3 are allowed", n)
	}
}

// S3: where only the cover answers, the numbers come with it, once.
func TestS3_TheCoverHasOneCard(t *testing.T) {
	b := shipped(t)
	f := flows.Facts{Language: true, Country: true}
	s, _ := flows.Next(b, flows.State{}, flows.Event{Kind: flows.Duress, Facts: f})
	for _, kind := range []flows.Kind{flows.Free, flows.Urgent, flows.Danger, flows.Danger, flows.Urgent} {
		var es []flows.Effect
		s, es = flows.Next(b, s, flows.Event{Kind: kind, Facts: f})
		cards := 0
		for _, e := range es {
			if e.Do == flows.Card {
				cards++
			}
		}
		if said := slices.ContainsFunc(es, func(e flows.Effect) bool { return e.ID == "check.cover" }); cards != 1 || !said || !s.Shut {
			t.Errorf("%s is answered with %d cards, the cover: %v, shut: %v", kind, cards, said, s.Shut)
		}
	}
}
