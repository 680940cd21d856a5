package check

import "quietline/flows"

// silence proves with the engine that nobody is left without an answer: not whoever writes, and not whoever waited for an
// adviser who is lost, for one who never came, or for too long (S4).
func (c *checker) silence() {
	book := c.driven()
	known := flows.Facts{Language: true, Country: true, OnDuty: true}
	for _, st := range c.stands() {
		for _, web := range []bool{false, true} {
			f := known
			f.Web = web
			c.writes(book, st, f)
			if st.state.Open {
				c.handoffs(book, st, f)
			}
		}
		f := known
		s, _ := flows.Next(book, st.state, flows.Event{Kind: flows.Silence, Facts: f})
		if _, es := flows.Next(book, s, flows.Event{Kind: flows.Free, Facts: f}); !does(es, flows.Say) || !does(es, flows.Ask) {
			c.at(Silent, st.step.Place, "whoever writes again after a silence here is answered with no question: mend the flow \"arrival\"")
		}
	}
	c.toldLater(book, flows.State{Missed: true}, known, func(s flows.State) bool { return s.Missed }, "whoever waited in vain", "mine missed", "handoff.missed")
	c.toldLater(book, flows.State{Harm: true}, known, func(s flows.State) bool { return s.Harm }, "whoever wrote of hurting themselves", "harm", "hurt.selfharm")
}

// writes proves that whatever a person sends is answered.
func (c *checker) writes(book *flows.Book, st stand, f flows.Facts) {
	events := []flows.Event{{Kind: flows.Begin}, {Kind: flows.Free}, {Kind: flows.Chose, Choice: "nothing_of_ours"}, {Kind: flows.Back}, {Kind: flows.Person}, {Kind: flows.Leave}, {Kind: flows.Erase}}
	for _, a := range st.step.Choices {
		events = append(events, flows.Event{Kind: flows.Chose, Choice: a.ID})
	}
	for _, e := range events {
		e.Facts = f
		if _, es := flows.Next(book, st.state, e); !answered(es) {
			what := string(e.Kind)
			if e.Choice != "" && e.Choice != "nothing_of_ours" {
				what = "choice " + e.Choice
			}
			c.at(Silent, st.step.Place, "nothing is said after %q: add say = [\"…\"] to the step where it leads", what)
		}
	}
}

// handoffs proves that the comings and goings of advisers are told, and that whoever is left alone is asked what next.
func (c *checker) handoffs(book *flows.Book, st stand, f flows.Facts) {
	for _, h := range []struct {
		kind flows.Kind
		at   string
		asks bool
	}{{flows.Taken, "taken", false}, {flows.Lost, "lost", true}, {flows.Expired, "expired", true}, {flows.Ended, "ended", false}} {
		flow := "handoff"
		if h.kind == flows.Ended {
			flow = "closing"
		}
		p := flows.Place{Flow: flow, Step: h.at}
		_, es := flows.Next(book, st.state, flows.Event{Kind: h.kind, Facts: f})
		if len(says(es)) == 0 {
			c.at(Silent, p, "says nothing when it happens: add say = [\"…\"]")
		} else if h.asks && !does(es, flows.Ask) {
			c.at(Silent, p, "leaves the person with no question: lead it to one")
		}
	}
}

// toldLater proves that whoever could not be answered before a sitting was open is answered once one opens.
func (c *checker) toldLater(book *flows.Book, s flows.State, f flows.Facts, still func(flows.State) bool, who, cond, to string) {
	owed := s
	s, _ = flows.Next(book, s, flows.Event{Kind: flows.Begin, Facts: f})
	s.Missed, s.Harm = owed.Missed, owed.Harm
	seen := map[flows.Place]bool{}
	todo := []flows.State{s}
	for len(todo) > 0 {
		s, todo = todo[0], todo[1:]
		p := flows.Place{Flow: s.Flow, Step: s.Step}
		if s.Open {
			if still(s) {
				c.at(Silent, p, "a sitting opens and %s is not answered: put a branch {if = %q, to = %q} before it", who, cond, to)
			}
			continue
		}
		if seen[p] {
			continue
		}
		seen[p] = true
		for _, a := range book.Choices(s) {
			t, _ := flows.Next(book, s, flows.Event{Kind: flows.Chose, Choice: a.ID, Facts: f})
			todo = append(todo, t)
		}
	}
}
