package check

import (
	"slices"

	"quietline/flows"
)

// A stand is a state in which a person may be when something happens.
type stand struct {
	step  flows.Step
	state flows.State
}

// stands are all that can be met: every step that asks or rests, with a sitting open and without.
func (c *checker) stands() []stand {
	var out []stand
	for _, p := range c.order {
		step := c.steps[p]
		for _, open := range []bool{false, true} {
			if c.reach[node{p, open, false}] || c.reach[node{p, open, true}] {
				if (step.Asks() || step.Rest) && (open || !step.Sensitive) {
					out = append(out, stand{step, flows.State{Flow: p.Flow, Step: p.Step, Open: open}})
				}
			}
		}
	}
	return out
}

// driven is the book with menus of two, so that every menu asks.
func (c *checker) driven() *flows.Book {
	return c.Book.WithMenus(flows.Menus{Languages: []string{"en", "es"}, Countries: []string{"GB", "US"}})
}

// keys drives the engine itself: from every step that can be met, each key must do what the person was told it does.
func (c *checker) keys() {
	facts := flows.Facts{Language: true, Country: true, OnDuty: true}
	book := c.driven()
	all := c.stands()
	run := func(s flows.State, k flows.Kind) (flows.State, []flows.Effect) {
		return flows.Next(book, s, flows.Event{Kind: k, Facts: facts})
	}
	for _, st := range all {
		p, s := st.step.Place, st.state
		if t, es := run(s, flows.Leave); !does(es, flows.DoLeave) || !does(es, flows.Say) || t.Open {
			c.at(Keys, p, "0 does not leave with a goodbye from here: mend closing.left")
		}
		if t, es := run(s, flows.Erase); !does(es, flows.DoErase) || !does(es, flows.Say) || t.Open {
			c.at(Keys, p, "00 does not erase with a goodbye from here: mend closing.erased")
		}
		t, es := run(s, flows.Person)
		switch {
		case s.Open && !does(es, flows.Queue, flows.QueueUrgent):
			c.at(Keys, p, "9 does not ask for a person at once: handoff.person must lead, while a sitting is open, to a step with do = [\"queue\"] and no question before it")
		case !s.Open && (t.Open || !does(es, flows.Ask)):
			c.at(Keys, p, "9 before a sitting must ask about being seen first: handoff.person must lead to check.unseen")
		}
		if !st.step.Asks() {
			continue // 8 begins again there, as anything else does
		}
		for _, before := range all { // any question may have stood before
			q := before.step.Place
			if !before.step.Asks() || before.state.Open != s.Open || q == p {
				continue
			}
			s.Back = []flows.Place{q}
			if t, es := run(s, flows.Back); t.Flow != q.Flow || t.Step != q.Step || !does(es, flows.Ask) {
				c.at(Keys, p, "8 does not lead back to the question %s from here", q)
			}
			break
		}
	}
}

// says lists the messages among some effects.
func says(es []flows.Effect) []string {
	var ids []string
	for _, e := range es {
		if e.Do == flows.Say {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// answered says whether effects hold something that the person sees.
func answered(es []flows.Effect) bool {
	return slices.ContainsFunc(es, func(e flows.Effect) bool { return e.Do == flows.Say || e.Do == flows.Ask || e.Do == flows.Card })
}
