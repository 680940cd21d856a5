package flows_test

import (
	"testing"

	"quietline/flows"
)

func TestMoreLoopsThanAllowed(t *testing.T) {
	b := shipped(t)
	s := flows.State{Flow: "check", Step: "who", Open: true, Loops: flows.MaxLoops}
	after, es := flows.Next(b, s, flows.Event{Kind: flows.Chose, Choice: "me", Facts: flows.Facts{Language: true, Country: true}})
	if after.Loops > 5 || after.Step != "unseen" || !has(es, flows.Ask) {
		t.Fatalf("then %+v", after)
	}
}

func TestStepGoneFromTheBook(t *testing.T) {
	b := shipped(t)
	f := flows.Facts{Language: true, Country: true}
	for _, c := range []struct {
		s    flows.State
		want flows.Place
	}{
		{flows.State{Flow: "check", Step: "gone"}, flows.Place{Flow: "check", Step: "unseen"}},
		{flows.State{Flow: "handoff", Step: "gone", Open: true}, flows.Place{Flow: "check", Step: "choose_short"}},
		{flows.State{Flow: "handoff", Step: "gone"}, flows.Place{Flow: "check", Step: "unseen"}},
		{flows.State{Flow: "gone", Step: "gone"}, flows.Place{Flow: "check", Step: "unseen"}},
	} {
		for _, k := range []flows.Kind{flows.Free, flows.Back, flows.Chose} {
			after, es := flows.Next(b, c.s, flows.Event{Kind: k, Choice: "yes", Facts: f})
			if (flows.Place{Flow: after.Flow, Step: after.Step}) != c.want || !has(es, flows.Ask) {
				t.Errorf("%s at %+v leads to %+v", k, c.s, after)
			}
		}
	}
}

func TestBackAtTheStartSaysItAgain(t *testing.T) {
	ana := newPerson(t, shipped(t))
	ana.Taps("hi", "8")
	ana.Hears("check.unseen")
	ana.Taps("1", "2", "1", "1") // who, needs, next
	ana.Says("8")
	ana.Hears("check.needs")
	ana.Says("8")
	ana.Hears("check.who")
	ana.Taps("8", "8", "8", "8")
	ana.Hears("check.unseen")
}

func BenchmarkNext(b *testing.B) {
	book := shipped(b)
	s := flows.State{Flow: "check", Step: "danger", Open: true, Back: make([]flows.Place, 6)}
	e := flows.Event{Kind: flows.Chose, Choice: "no", Facts: flows.Facts{Language: true, Country: true, Web: true}}
	b.ReportAllocs()
	for b.Loop() {
		flows.Next(book, s, e)
	}
}

func BenchmarkNextLongest(b *testing.B) {
	book := shipped(b)
	s := flows.State{Flow: "check", Step: "unseen", Person: true}
	e := flows.Event{Kind: flows.Chose, Choice: "yes", Facts: flows.Facts{Language: true, Country: true, OnDuty: true}}
	b.ReportAllocs()
	for b.Loop() {
		flows.Next(book, s, e)
	}
}
