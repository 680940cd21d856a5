package check

import (
	"slices"

	"quietline/flows"
)

// danger proves S3 with the engine itself: whoever is in danger is answered in the same turn, wherever they stand.
func (c *checker) danger() {
	book := c.driven()
	for _, st := range c.stands() {
		p := st.step.Place
		for _, f := range []flows.Facts{{}, {Language: true, Country: true}, {Language: true, Country: true, Web: true}, {Language: true, Country: true, Queued: true}, {Language: true, Country: true, Held: true}} {
			for _, k := range []flows.Kind{flows.Urgent, flows.Danger, flows.SelfHarm} {
				_, es := flows.Next(book, st.state, flows.Event{Kind: k, Facts: f})
				adviser := f.Held && st.state.Open // an adviser speaks: danger words alert them, and the card waits for their answer
				if !does(es, flows.Card) && (k == flows.Urgent || !adviser) {
					c.at(Danger, p, "%q does not bring the emergency card from here in the same turn: mend check.cover", k)
				}
				if f.Held && !does(es, flows.AlertAdviser) {
					c.at(Danger, p, "%q does not alert the adviser who holds the conversation", k)
				}
			}
		}
		c.dangerChosen(book, st)
		if st.state.Open {
			c.selfHarm(book, st)
		}
	}
	cover := flows.Place{Flow: "check", Step: "cover"}
	if _, es := flows.Next(book, flows.State{Shut: true}, flows.Event{Kind: flows.Begin, Facts: flows.Facts{Language: true, Country: true}}); !slices.ContainsFunc(es, func(e flows.Effect) bool { return e.Do == flows.Card && e.Arg == "short" }) {
		c.at(Danger, cover, "closes the talk and does not show the short emergency card, which is all that somebody watched can take away: add do = [\"close\", \"card\"]")
	}
}

// selfHarm proves that words about hurting oneself are answered in the same turn with what to do now, and that a person is
// one answer away.
func (c *checker) selfHarm(book *flows.Book, st stand) {
	f := flows.Facts{Language: true, Country: true, OnDuty: true}
	reply := flows.Place{Flow: "hurt", Step: "selfharm"}
	s, es := flows.Next(book, st.state, flows.Event{Kind: flows.SelfHarm, Facts: f})
	if len(says(es)) == 0 || !does(es, flows.Card) || !does(es, flows.Lines) {
		c.at(Danger, reply, "words about hurting oneself are not answered with what to do now, the emergency card and lines that listen, in one turn: add say, do = [\"card\"] and do = [\"lines:care\"] before the first question")
	}
	for _, a := range book.Choices(s) {
		if _, es := flows.Next(book, s, flows.Event{Kind: flows.Chose, Choice: a.ID, Facts: f}); does(es, flows.Queue, flows.QueueUrgent) {
			return
		}
	}
	c.at(Danger, reply, "after words about hurting oneself no answer leads to a person at once: lead its question's yes to handoff.queue")
}

// dangerChosen proves of a question about danger that yes and "not sure" bring the card, and that yes also brings a person.
func (c *checker) dangerChosen(book *flows.Book, st stand) {
	for _, a := range st.step.Choices {
		word := a.Set["danger"]
		if word != "yes" && word != "unsure" || !st.state.Open {
			continue
		}
		_, es := flows.Next(book, st.state, flows.Event{Kind: flows.Chose, Choice: a.ID, Facts: flows.Facts{Language: true, Country: true, OnDuty: true}})
		if !does(es, flows.Card) {
			c.at(Danger, st.step.Place, "choice %q says danger and brings no emergency card in the same turn: add do = [\"card\"]", a.ID)
		}
		if word == "yes" && !does(es, flows.Queue, flows.QueueUrgent) {
			c.at(Danger, st.step.Place, "choice %q says danger and does not ask for a person in the same turn: lead it to handoff.alarm", a.ID)
		}
	}
}
