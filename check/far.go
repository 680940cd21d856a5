package check

import (
	"slices"

	"quietline/flows"
)

// reachPerson proves how near a person is, and that away from the web a conversation begins with the cover.
func (c *checker) reachPerson() {
	book := c.driven()
	if c.taps(book) > maxTaps {
		c.at(Far, flows.Place{Flow: "handoff", Step: "queue"}, "a person is more than %d taps away from choosing a language: take out questions before check.danger, or let its yes queue at once", maxTaps)
	}
	if c.messages(book) > maxMessages {
		c.at(Far, flows.Place{Flow: "handoff", Step: "queue"}, "away from the web a person is more than %d messages away from the first one: take out questions before a sitting is open, or let 9 queue at once", maxMessages)
	}
	c.covered(book)
}

// maxMessages is the same where each costs something: from the first text to waiting, that text and the language counted.
const maxMessages = 4

// messages is how many a person sends by text until they wait, on the shortest way: a first one, then answers or 9.
func (c *checker) messages(book *flows.Book) int {
	type at struct {
		state flows.State
		facts flows.Facts
	}
	facts := flows.Facts{Country: true, OnDuty: true}
	s, _ := flows.Next(book, flows.State{}, flows.Event{Kind: flows.Begin, Facts: facts})
	stand := []at{{s, facts}}
	for n := 2; n <= maxMessages; n++ {
		var more []at
		for _, a := range stand {
			ways := []flows.Event{{Kind: flows.Person, Facts: a.facts}}
			for _, ch := range book.Choices(a.state) {
				ways = append(ways, flows.Event{Kind: flows.Chose, Choice: ch.ID, Facts: a.facts})
			}
			for _, e := range ways {
				s, es := flows.Next(book, a.state, e)
				if does(es, flows.Queue, flows.QueueUrgent) {
					return n
				}
				f := a.facts
				f.Language = f.Language || does(es, flows.SetLanguage)
				more = append(more, at{s, f})
			}
		}
		stand = more
	}
	return maxMessages + 1
}

// covered proves that away from the web a conversation begins with the cover: it is what a lock screen shows.
func (c *checker) covered(book *flows.Book) {
	for _, f := range []flows.Facts{{}, {Language: true}, {Country: true}, {Language: true, Country: true}} {
		s, es := flows.Next(book, flows.State{}, flows.Event{Kind: flows.Begin, Facts: f})
		if len(es) == 0 || es[0].Do != flows.Say || !slices.Contains(c.Catalogues.Placeholders(es[0].ID), "Cover") {
			c.at(Uncovered, c.start("arrival"), "away from the web the first line is not the cover (it leads to %s.%s): say first a message that holds {{.Cover}}, such as arrival.hello", s.Flow, s.Step)
			return
		}
	}
}

// maxTaps is S4: from tapping a language to waiting, the language itself not counted.
const maxTaps = 3

// taps is how many choices lie between a chosen language and waiting for a person, on the shortest way.
func (c *checker) taps(book *flows.Book) int {
	facts := flows.Facts{Language: true, Country: true, OnDuty: true}
	s, _ := flows.Next(book, flows.State{}, flows.Event{Kind: flows.Begin, Facts: facts})
	states := []flows.State{s}
	for n := 1; n <= maxTaps; n++ {
		var more []flows.State
		for _, s := range states {
			for _, ch := range book.Choices(s) {
				s, es := flows.Next(book, s, flows.Event{Kind: flows.Chose, Choice: ch.ID, Facts: facts})
				if does(es, flows.Queue, flows.QueueUrgent) {
					return n
				}
				more = append(more, s)
			}
		}
		states = more
	}
	return maxTaps + 1
}
