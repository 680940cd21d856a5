package check

import (
	"slices"

	"quietline/flows"
)

// chosen are the effects that pass something on, keep something or write to somebody later: only a person's own choice may
// bring them, never a step by itself (S6, S7).
var chosen = []flows.Do{flows.KeepFor, flows.SetCheckIn, flows.SetReady, flows.Agree, flows.SendOutcomes, flows.Complain}

// consent proves that nothing is passed on, kept or sent that the person did not choose, having seen what it is.
func (c *checker) consent() {
	for _, p := range c.order {
		s := c.steps[p]
		for _, e := range s.Do {
			if slices.Contains(chosen, e.Do) {
				c.at(Consent, p, "does %q without the person's yes: take it out of the step's do, and put it into the do of the choice that says yes to it", e.Do)
			}
		}
		for _, a := range s.Choices {
			if a.Set["share"] == "all" && !does(s.Do, flows.Summary) {
				c.at(Consent, p, "choice %q lets an adviser see what was tapped, and the step does not show it: add do = [\"summary\"]", a.ID)
			}
			if does(a.Do, flows.SetCheckIn) && !c.shows(s, "First", "End", "Line") {
				c.at(Consent, p, "choice %q sets a check-in, and the step does not show its wording and its end: say a message with {{.First}}, {{.End}} and {{.Line}}", a.ID)
			}
			if does(a.Do, flows.Agree) && (!does(s.Do, flows.ShowAct) || !offers(s, flows.Refuse)) {
				c.at(Consent, p, "choice %q agrees to an act that the step does not show, or cannot be refused beside it: add do = [\"show-act\"] and a choice with do = [\"refuse\"]", a.ID)
			}
			if does(a.Do, flows.TakeBack, flows.KeepAct) && !does(s.Do, flows.ShowAgreed) {
				c.at(Consent, p, "choice %q is about an act that was agreed to, and the step does not show it: add do = [\"show-agreed\"]", a.ID)
			}
			if does(a.Do, flows.SendOutcomes) && (!does(s.Do, flows.ShowOutcomes) || !offers(s, flows.DropOutcomes)) {
				c.at(Consent, p, "choice %q shows an adviser what the person did not see first, or could not keep to themselves: add do = [\"show-outcomes\"] and a choice with do = [\"drop-outcomes\"]", a.ID)
			}
			if i := slices.IndexFunc(a.Do, func(e flows.Effect) bool { return e.Do == flows.KeepFor && e.Arg == "30d" }); i >= 0 && !slices.ContainsFunc(s.Choices, func(o flows.Answer) bool {
				return does(o.Do, flows.Complain) && !does(o.Do, flows.KeepFor)
			}) {
				c.at(Consent, p, "choice %q keeps the talk for a complaint, and there is no complaint without that: add a choice with do = [\"complain\"] alone", a.ID)
			}
			if does(a.Do, flows.SetReady) && !slices.Contains(flows.PlainLines(), a.Text) {
				c.at(Consent, p, "choice %q has a line sent, and does not show it: its text must be the line itself, %q", a.ID, flows.PlainLines()[0])
			}
		}
	}
	c.limitsSaid()
}

// offers says whether one of a step's choices has an effect.
func offers(s flows.Step, what flows.Do) bool {
	return slices.ContainsFunc(s.Choices, func(a flows.Answer) bool { return does(a.Do, what) })
}

// shows says whether a step says messages that hold all these placeholders.
func (c *checker) shows(s flows.Step, holders ...string) bool {
	var held []string
	for _, id := range s.Say {
		held = append(held, c.Catalogues.Placeholders(id)...)
	}
	return !slices.ContainsFunc(holders, func(h string) bool { return !slices.Contains(held, h) })
}

// limitsSaid proves that whoever begins to wait hears in the same turn what the line cannot keep to itself.
func (c *checker) limitsSaid() {
	book := c.driven()
	for _, st := range c.stands() {
		if !st.state.Open {
			continue
		}
		events := []flows.Event{{Kind: flows.Person}}
		for _, a := range st.step.Choices {
			events = append(events, flows.Event{Kind: flows.Chose, Choice: a.ID})
		}
		for _, e := range events {
			for _, f := range []flows.Facts{{OnDuty: true}, {Shift: true}, {}} {
				f.Language, f.Country = true, true
				e.Facts = f
				s, es := flows.Next(book, st.state, e)
				if does(es, flows.Queue, flows.QueueUrgent) && !does(es, flows.SayLimits) {
					c.at(Consent, flows.Place{Flow: s.Flow, Step: s.Step}, "somebody begins to wait for a person and comes here (from %s) before they heard what cannot be taken back: add do = [\"limits\"] to a step on the way", st.step.Place)
				}
			}
		}
	}
}
