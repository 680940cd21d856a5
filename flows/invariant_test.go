package flows_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quietline/flows"
)

var kinds = []flows.Kind{flows.Begin, flows.Chose, flows.Free, flows.Leave, flows.Erase, flows.Person, flows.Back, flows.Urgent, flows.Danger,
	flows.Silence, flows.Return, flows.Duress, flows.Taken, flows.Ended, flows.Lost, flows.Expired, flows.SelfHarm, flows.Consent, flows.Report}

func has(es []flows.Effect, dos ...flows.Do) bool {
	return slices.ContainsFunc(es, func(e flows.Effect) bool { return slices.Contains(dos, e.Do) })
}

func facts(t *rapid.T) flows.Facts {
	b := rapid.Uint32().Draw(t, "facts")
	on := func(i int) bool { return b>>i&1 == 1 }
	return flows.Facts{Language: on(0), Country: on(1), OnDuty: on(2), Queued: on(3), Held: on(4), Words: on(5), Durable: on(6), Web: on(7), Pending: on(8), Shift: on(9), Clears: on(10), Limited: on(11),
		Asked: on(12), Zone: on(13), Ended: on(14), Brief: on(15), ChildTrained: on(16), Agreed: on(17), Complained: on(18), Outside: on(19), Unheard: on(20), More: on(21), ChildBusy: on(22), Full: on(23)}
}

// choice is what is on screen, most of the time.
func choice(t *rapid.T, b *flows.Book, s flows.State) string {
	cs := b.Choices(s)
	if len(cs) == 0 || rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
		return rapid.SampledFrom([]string{"", "yes", "more", "skip", "en", "GB", "housing", "no such thing"}).Draw(t, "choice")
	}
	return rapid.SampledFrom(cs).Draw(t, "choice").ID
}

func silent(s flows.State, f flows.Facts) bool { return f.Held && s.Open && (!f.Words || s.Known) }

// walk leads a random life through the book and shows every turn to look.
func walk(t *rapid.T, b *flows.Book, look func(before flows.State, e flows.Event, after flows.State, es []flows.Effect)) {
	var s flows.State
	f := facts(t)
	for range rapid.IntRange(1, 60).Draw(t, "turns") {
		if rapid.IntRange(0, 3).Draw(t, "world") == 0 {
			f = facts(t)
		}
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		if rapid.Bool().Draw(t, "answers") {
			k = flows.Chose
		}
		e := flows.Event{Kind: k, Facts: f}
		if k == flows.Chose {
			e.Choice = choice(t, b, s)
		}
		after, es := flows.Next(b, s, e)
		look(s, e, after, es)
		s = after
	}
}

func TestS1_NothingSensitiveBeforeASittingIsOpen(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, after flows.State, es []flows.Effect) {
			if open := openNow(t, before, e.Kind, es); open != after.Open {
				t.Fatalf("effects leave the sitting open %v, the state %v", open, after.Open)
			}
			if has(es, flows.OpenSitting) && e.Kind != flows.Chose {
				t.Fatalf("%s opened a sitting; only a choice may", e.Kind)
			}
		})
	})
}

// A book whose arrival runs straight into a sensitive step still shows the cover only.
func TestS1_SensitiveStepWithoutASittingIsTheCover(t *testing.T) {
	b := shipped(t)
	for _, f := range b.Flows() {
		for _, st := range f.Steps {
			if !st.Sensitive {
				continue
			}
			s := flows.State{Flow: f.Name, Step: st.Place.Step}
			for _, k := range kinds {
				_, es := flows.Next(b, s, flows.Event{Kind: k, Choice: "yes", Facts: flows.Facts{Language: true, Country: true, OnDuty: true}})
				openNow(t, s, k, es)
			}
			for _, e := range b.Repeat(s, flows.Facts{}) {
				if e.Sensitive {
					t.Errorf("Repeat of %s with no sitting open gives %v", st.Place, e)
				}
			}
			if cs := b.Choices(s); cs != nil {
				t.Errorf("Choices of %s with no sitting open are %v", st.Place, cs)
			}
		}
	}
}

func TestS2_LeaveAndEraseFromEveryState(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, _ flows.State, _ []flows.Effect) {
			after, es := flows.Next(b, before, flows.Event{Kind: flows.Leave, Facts: e.Facts})
			if es[0].Do != flows.DoLeave || !has(es, flows.Say) || has(es, flows.Ask) || after.Open || len(after.Back) > 0 {
				t.Fatalf("leave at %+v: %+v, then %+v", before, es, after)
			}
			after, es = flows.Next(b, before, flows.Event{Kind: flows.Erase, Facts: e.Facts})
			if es[0].Do != flows.DoErase || !has(es, flows.Say) || has(es, flows.Ask) || !reflect.DeepEqual(after, flows.State{Flow: "closing", Step: after.Step, Loops: 2}) {
				t.Fatalf("erase at %+v: %+v, then %+v", before, es, after)
			}
		})
	})
}

func TestS2_SaidBeforeHandoff(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(_ flows.State, _ flows.Event, _ flows.State, es []flows.Effect) {
			if !has(es, flows.Queue) && !has(es, flows.QueueUrgent) {
				return
			}
			// A turn is committed whole, so what it says is heard before anybody can take the conversation.
			if !slices.ContainsFunc(es, func(e flows.Effect) bool { return e.ID == "handoff.before" }) || !has(es, flows.SayLimits) {
				t.Fatalf("queued without saying in the same turn what erase cannot take back and what the limits are: %+v", es)
			}
		})
	})
}

func TestS3_CardInTheSameTurn(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, after flows.State, es []flows.Effect) {
			urgent, ues := flows.Next(b, before, flows.Event{Kind: flows.Urgent, Facts: e.Facts})
			if i := slices.IndexFunc(ues, func(e flows.Effect) bool { return e.Do != flows.AlertAdviser }); ues[i].Do != flows.Card {
				t.Fatalf("urgent at %+v does not begin with the card: %+v", before, ues)
			}
			if e.Facts.Held != has(ues, flows.AlertAdviser) {
				t.Fatalf("urgent while held %v: %+v", e.Facts.Held, ues)
			}
			if !before.Open && urgent.Open {
				t.Fatalf("urgent opened a sitting at %+v", before)
			}
			if e.Kind == flows.Danger {
				switch {
				case silent(before, e.Facts):
					if len(es) != 1 || es[0].Do != flows.AlertAdviser {
						t.Fatalf("danger word while an adviser speaks: %+v", es)
					}
				case before.Carded:
					if has(es, flows.Card) && !before.Shut {
						t.Fatalf("a second card for a danger word in one sitting at %+v: %+v", before, es)
					}
				case !has(es, flows.Card):
					t.Fatalf("danger word at %+v without a card: %+v", before, es)
				}
			}
		})
	})
}

// From the choice of a language a person is never more than three taps away from waiting, and from every open state 9 is enough.
func TestS4_ThreeTaps(t *testing.T) {
	for _, way := range [][]string{{"1", "1"}, {"1", "9"}, {"9", "1"}, {"2", "1", "1"}, {"3", "1", "9"}} {
		ana := newPerson(t, shipped(t))
		ana.facts.Language = false
		ana.Taps("hi", "1")
		ana.Taps(way...)
		if !ana.facts.Queued {
			t.Errorf("after the language, %q does not lead to waiting", way)
		}
	}
}

// Where each message costs something, four are enough from the first text to waiting for an adviser.
func TestS4_FourMessagesFromTheFirstText(t *testing.T) {
	for _, texts := range [][]string{{"hello", "1", "1", "9"}, {"9", "1", "1"}, {"hello", "1", "1", "1"}} {
		ana := newPerson(t, shipped(t))
		ana.facts = flows.Facts{Country: true, OnDuty: true}
		ana.Says(texts[0])
		ana.Hears("arrival.hello", "arrival.language")
		ana.Taps(texts[1:]...)
		if !ana.facts.Queued {
			t.Errorf("after %q nobody waits", texts)
		}
	}
}

func TestS4_PersonFromEveryOpenState(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, _ flows.State, _ []flows.Effect) {
			f := e.Facts
			if silent(before, f) {
				return
			}
			after, es := flows.Next(b, before, flows.Event{Kind: flows.Person, Facts: f})
			switch {
			case before.Open && !f.Queued && f.Limited:
				if has(es, flows.Queue) || !has(es, flows.Lines) || !slices.ContainsFunc(es, func(e flows.Effect) bool { return e.ID == "handoff.limited" }) {
					t.Fatalf("9 of a limited number at %+v: %+v", before, es)
				}
			case before.Open && !f.Queued && !has(es, flows.Queue):
				t.Fatalf("9 in an open sitting at %+v does not queue: %+v", before, es)
			case !before.Open && !before.Shut && !after.Person:
				t.Fatalf("9 before a sitting at %+v is forgotten", before)
			}
		})
	})
}

// Words about hurting oneself are answered in the same turn, with the card; the flag says it to whoever answers.
func TestS3_SelfHarmInTheSameTurn(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, _ flows.State, _ []flows.Effect) {
			f := e.Facts
			after, es := flows.Next(b, before, flows.Event{Kind: flows.SelfHarm, Facts: f})
			if f.Held != has(es, flows.AlertAdviser) {
				t.Fatalf("an adviser who holds it is told: %v, at %+v: %+v", f.Held, before, es)
			}
			switch {
			case silent(before, f):
				if len(es) != 1 || !reflect.DeepEqual(before, after) {
					t.Fatalf("the bot speaks over the adviser at %+v: %+v", before, es)
				}
			case before.Open && !before.Shut:
				if !has(es, flows.Card) || !has(es, flows.Ask) || !slices.Contains(after.Answers.Flags, "selfharm") || len(after.Answers.Flags) > len(before.Answers.Flags)+1 {
					t.Fatalf("at %+v: %+v, then %+v", before, es, after)
				}
			case !has(es, flows.Card) && !before.Carded, after.Open, len(after.Answers.Flags) > len(before.Answers.Flags):
				t.Fatalf("before a sitting at %+v: %+v, then %+v", before, es, after)
			}
		})
	})
}

// Only a tap on the adviser's own question agrees to an act, and nothing agrees while nobody holds the conversation.
func TestS6_AYesIsTappedAtTheQuestion(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, after flows.State, es []flows.Effect) {
			if (has(es, flows.Agree, flows.Refuse, flows.SendOutcomes)) && (e.Kind != flows.Chose || !b.Aside(before)) {
				t.Fatalf("%s at %+v: %+v", e.Kind, before, es)
			}
			asked := has(es, flows.ShowAct) && e.Kind != flows.Chose && !b.Aside(before)
			if asked && (e.Kind != flows.Consent || !silent(before, e.Facts)) {
				t.Fatalf("%s asks for an act at %+v", e.Kind, before)
			}
			if e.Kind == flows.Report && len(es) > 0 && (before.Answers.Age == "child" || !silent(before, e.Facts)) {
				t.Fatalf("the self-report is offered at %+v", before)
			}
			if b.Aside(after) && !after.Open {
				t.Fatalf("a question of the adviser's stands with no sitting open: %+v", after)
			}
		})
	})
}

func TestS7_SilenceSendsNothing(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, _ flows.State, _ []flows.Effect) {
			after, es := flows.Next(b, before, flows.Event{Kind: flows.Silence, Facts: e.Facts})
			if len(es) != 1 || es[0].Do != flows.CloseSitting || after.Open || !b.Begins(after) {
				t.Fatalf("silence at %+v: %+v, then %+v", before, es, after)
			}
			if before.Open {
				return
			}
			for _, k := range []flows.Kind{flows.Taken, flows.Lost, flows.Ended, flows.Expired, flows.Consent, flows.Report} {
				if _, es := flows.Next(b, before, flows.Event{Kind: k, Facts: e.Facts}); len(es) > 0 {
					t.Fatalf("%s writes first at %+v: %+v", k, before, es)
				}
			}
		})
	})
}

func TestS8_OneVoice(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, after flows.State, es []flows.Effect) {
			quiet := slices.Contains([]flows.Kind{flows.Begin, flows.Chose, flows.Free, flows.Person, flows.Back}, e.Kind)
			if e.Kind == flows.Chose && b.Aside(before) { // the adviser asked for this answer
				return
			}
			if silent(before, e.Facts) && quiet && (len(es) > 0 || !reflect.DeepEqual(before, after)) {
				t.Fatalf("the bot speaks over the adviser at %+v: %+v", before, es)
			}
		})
	})
}

// Whoever opens a sitting without the return words, where there are some, sees nothing of before.
func TestS12_NothingEarlier(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, after flows.State, es []flows.Effect) {
			if !e.Facts.Words || before.Known || after.Known {
				return
			}
			if has(es, flows.ShowPending) {
				t.Fatalf("pending answers shown without the return words at %+v", before)
			}
			now := flows.Answers{}
			if before.Harm { // what the same hands wrote a moment ago
				now.Flags = []string{"selfharm"}
			}
			if has(es, flows.OpenSitting) && !reflect.DeepEqual(after.Answers, now) {
				t.Fatalf("a sitting opens without the return words and keeps %+v", after.Answers)
			}
		})
	})
}

// The duress word is answered exactly like the return words; then only the cover answers, until the return words.
func TestS12_DuressLooksLikeReturn(t *testing.T) {
	b := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		walk(t, b, func(before flows.State, e flows.Event, _ flows.State, _ []flows.Effect) {
			f := e.Facts
			f.Words = true
			right, res := flows.Next(b, before, flows.Event{Kind: flows.Return, Facts: f})
			forced, fes := flows.Next(b, before, flows.Event{Kind: flows.Duress, Facts: f})
			if fes[0].Do != flows.AlertAdviser || !reflect.DeepEqual(fes[1:], res) || !has(res, flows.Ask) {
				t.Fatalf("return %+v\nduress %+v", res, fes)
			}
			if right.Open || forced.Open {
				t.Fatal("words alone opened a sitting")
			}
			s := forced
			for range 5 {
				var es []flows.Effect
				k := rapid.SampledFrom([]flows.Kind{flows.Begin, flows.Chose, flows.Free, flows.Person, flows.Back, flows.Urgent, flows.Danger}).Draw(t, "then")
				menu := s.Step == "language" || s.Step == "country"
				s, es = flows.Next(b, s, flows.Event{Kind: k, Choice: choice(t, b, s), Facts: f})
				if menu && k == flows.Chose { // as after the return words
					if s.Open || !s.Shut {
						t.Fatalf("choosing a language or country opened what the duress word shut: %+v", es)
					}
					continue
				}
				if s.Open || has(es, flows.Ask) || !slices.ContainsFunc(es, func(e flows.Effect) bool { return e.ID == "check.cover" }) {
					t.Fatalf("%s after the duress word: %+v", k, es)
				}
			}
			if s, _ = flows.Next(b, s, flows.Event{Kind: flows.Return, Facts: f}); s.Shut {
				t.Fatal("the return words do not open the cover again")
			}
		})
	})
}

// Any state, however odd, and any event give an answer; nothing given is changed; the same gives the same.
func TestTotal(t *testing.T) {
	b := shipped(t)
	var places []flows.Place
	for _, f := range b.Flows() {
		for _, s := range f.Steps {
			places = append(places, s.Place)
		}
	}
	places = append(places, flows.Place{}, flows.Place{Flow: "check", Step: "gone"}, flows.Place{Flow: "gone", Step: "gone"}, flows.Place{Flow: "check"})
	rapid.Check(t, func(t *rapid.T) {
		place := rapid.SampledFrom(places)
		p := place.Draw(t, "place")
		s := flows.State{Flow: p.Flow, Step: p.Step, Back: rapid.SliceOfN(place, 0, 15).Draw(t, "back"), Open: rapid.Bool().Draw(t, "open"),
			Page: rapid.IntRange(-3, 9).Draw(t, "page"), Loops: rapid.SampledFrom([]int{-1, 0, 7, flows.MaxLoops - 1, flows.MaxLoops, 1 << 40}).Draw(t, "loops"),
			Person: rapid.Bool().Draw(t, "person"), Carded: rapid.Bool().Draw(t, "carded"), Known: rapid.Bool().Draw(t, "known"),
			Shut: rapid.Bool().Draw(t, "shut"), Missed: rapid.Bool().Draw(t, "missed"), Harm: rapid.Bool().Draw(t, "harm")}
		s.Answers.Happening = rapid.SliceOfN(rapid.SampledFrom(flows.Happenings()), 0, 3).Draw(t, "happening")
		s.Answers.Flags = rapid.SliceOfN(rapid.SampledFrom(flows.Flags()), 0, 2).Draw(t, "flags")
		s.Answers.Age = rapid.SampledFrom([]string{"", "child"}).Draw(t, "age")
		s.Answers.Needs = rapid.SliceOfN(rapid.SampledFrom(flows.Needs()), 0, 3).Draw(t, "needs")
		e := flows.Event{Kind: rapid.SampledFrom(append(kinds, "", "no such kind")).Draw(t, "kind"), Choice: choice(t, b, s), Facts: facts(t)}
		was := fmt.Sprintf("%#v", s)
		after, es := flows.Next(b, s, e)
		if is := fmt.Sprintf("%#v", s); is != was {
			t.Fatalf("Next changed what it was given:\n%s\n%s", was, is)
		}
		again, es2 := flows.Next(b, s, e)
		if !reflect.DeepEqual(after, again) || !reflect.DeepEqual(es, es2) {
			t.Fatal("the same state and event gave something else")
		}
		openNow(t, s, e.Kind, es)
		if len(after.Back) > flows.MaxBack+3 || after.Loops > flows.MaxLoops+50 && s.Loops <= flows.MaxLoops {
			t.Fatalf("the state grows: %+v", after)
		}
		quiet := silent(s, e.Facts) || slices.Contains([]flows.Kind{flows.Taken, flows.Ended, flows.Lost, flows.Expired, flows.Consent, flows.Report}, e.Kind)
		if len(es) == 0 && !quiet {
			t.Fatalf("no answer to %s at %+v", e.Kind, s)
		}
		if len(b.Repeat(s, e.Facts)) == 0 {
			t.Fatalf("nothing to say again at %+v", s)
		}
		if ask, ok := b.Ask(s); ok && (len(ask.Choices) > flows.MaxChoices || ask.Sensitive && !s.Open) {
			t.Fatalf("asks %+v at %+v", ask, s)
		}
	})
}
