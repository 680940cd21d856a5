package flows_test

import (
	"slices"
	"testing"

	"quietline/flows"
)

// The walks below take every way there is through the shipped book; TestEveryWay fails when one is left out.
var walks = []struct {
	name string
	walk func(ana *person)
}{
	{"first message away from the web", func(ana *person) {
		ana.facts = flows.Facts{OnDuty: true, Shift: true}
		ana.Says("hi")
		ana.Hears("arrival.hello", "arrival.language")
		ana.Says("hello?")
		ana.Hears("arrival.number", "arrival.language")
		ana.Says("6") // more
		ana.Hears("arrival.language")
		ana.Says("8")
		ana.Taps("6", "2", "2") // more, more, Spanish
		ana.Sees("set-language:es")
		ana.Hears("arrival.country")
		ana.Says("1")
		ana.Sees("set-country:GB")
		ana.Hears("arrival.notice", "arrival.keys", "check.unseen")
		ana.Says("1")
		ana.Sees("open")
		ana.Hears("check.legend", "check.danger")
		ana.Says("0")
		ana.Sees("leave")
		ana.Hears("closing.gone.phone")
		ana.Says("hi")
		ana.Hears("arrival.hello", "arrival.notice", "arrival.keys", "check.unseen")
		ana.Says("00")
		ana.Sees("erase")
		ana.Hears("closing.gone.phone")
		ana.facts.Words = true
		ana.Event(flows.Return, "")
		ana.Hears("return.hello", "return.cover", "check.unseen")
	}},
	{"the line is full", func(ana *person) {
		ana.facts.Full = true
		ana.Says("hi")
		ana.Hears("arrival.notice", "arrival.full", "check.unseen")
		ana.Says("1")
		ana.Says("9") // all the same
		ana.Hears("handoff.soon", "handoff.ahead", "handoff.before", "check.who")
	}},
	{"leave and erase on the page", func(ana *person) {
		ana.Taps("hi", "1", "0")
		ana.Hears("closing.left")
		ana.Taps("hi", "1", "00")
		ana.Hears("closing.erased")
	}},
	{"back, when the wait is over", func(ana *person) {
		ana.Taps("hi", "1", "1", "6", "6", "6", "4")
		ana.Hears("handoff.waiting", "handoff.write")
		ana.Taps("4", "8")
		ana.Hears("check.next")
		ana.Says("9")
		ana.Hears("handoff.soon", "handoff.ahead", "handoff.before", "check.who")
		ana.Taps("6", "6", "6", "4")
		ana.Hears("handoff.waiting", "handoff.write")
		ana.facts.Queued = false // another device of the same conversation stopped it
		ana.Says("1")
		ana.Hears("check.help", "check.next")
	}},
	{"what stays in a chat that is cleared", func(mai *person) {
		mai.facts.Web, mai.facts.Clears = false, true
		mai.Taps("hi", "1", "1", "6", "6", "6")
		mai.Hears("handoff.summary")
		mai.Says("1")
		mai.Hears("handoff.trace")
		mai.Says("3") // skip
		mai.Hears("handoff.keys", "handoff.about_now", "handoff.line")
		mai.Says("5")
		mai.Hears("handoff.waiting", "handoff.write")
		mai.Says("1")
		mai.Hears("check.help", "handoff.waiting", "handoff.write") // asked once before a wait
		mai.Taps("4", "4")
		mai.Hears("closing.thanks", "handoff.trace")
		mai.Says("2")
		mai.Sees("close")
		mai.Hears("closing.cleared", "closing.bye")
		for _, answer := range []string{"1", "2"} {
			mai.Taps("hi", "1", "1", "6", "6", "6", "4", answer)
			mai.Hears("handoff.keys", "handoff.about_now", "handoff.line")
			mai.Taps("5", "4", "4")
			mai.Sees("close")
			mai.Hears("closing.thanks", "closing.cleared", "closing.bye")
		}
		mai.Taps("hi", "1", "2", "1", "1", "4", "1")
		mai.Hears("closing.cleared", "closing.bye")
		mai.Taps("hi", "1", "0")
		mai.Hears("closing.gone.chat")
		mai.Taps("hi", "1", "00")
		mai.Hears("closing.gone.chat")
	}},
	{"many on one number", func(ana *person) {
		ana.facts.Limited = true
		ana.Taps("hi", "1", "1")
		ana.Sees("card:full", "lines")
		ana.Hears("handoff.limited", "check.next")
		ana.Says("9")
		ana.Sees("lines")
		ana.Hears("handoff.limited", "check.next")
		ana.Taps("1", "1")
		ana.Sees("lines")
		ana.Hears("handoff.limited", "check.next")
		ana.Says("0")
		ana.Taps("9", "1")
		ana.Sees("open", "lines")
		ana.Hears("handoff.limited", "check.next")
	}},
	{"words to come back, while waiting", func(ana *person) {
		ana.Says("hi")
		ana.Taps("1", "1", "6", "6", "6", "3")
		ana.Hears("handoff.waiting", "handoff.write")
		ana.Says("5")
		ana.Sees("make-words")
		ana.Hears("closing.made", "closing.forced", "closing.learn")
		ana.Says("1")
		ana.Hears("handoff.waiting", "handoff.write")
	}},
	{"danger, somebody on duty, everything skipped", func(ana *person) {
		ana.Says("hi")
		ana.Hears("arrival.notice", "check.unseen")
		ana.Taps("1", "1")
		ana.Sees("card:full", "queue-urgent", "limits")
		ana.Hears("handoff.urgent", "handoff.soon", "handoff.ahead", "handoff.before", "check.who")
		ana.Says("6")
		ana.Hears("check.needs")
		ana.Taps("6", "6")
		ana.Sees("summary")
		ana.Hears("handoff.summary")
		ana.Says("3")
		ana.Hears("handoff.waiting", "handoff.write")
		ana.Says("he took my phone")
		ana.Hears("handoff.kept")
		ana.Says("1")
		ana.Sees("lines")
		ana.Hears("check.help", "handoff.waiting", "handoff.write")
		ana.Says("2")
		ana.Hears("rights.two", "rights.help", "rights.police", "rights.menu")
		ana.Says("1")
		ana.Sees("rights")
		ana.Hears("check.rights", "rights.menu")
		ana.Says("6")
		ana.Hears("handoff.waiting", "handoff.write")
		ana.Says("3")
		ana.Hears("check.needs")
		ana.Says("1")
		ana.Hears("handoff.summary")
		ana.Says("4") // without
		ana.Hears("handoff.waiting", "handoff.write")
		ana.Says("9")
		ana.Hears("handoff.waiting", "handoff.write")
		ana.Event(flows.Taken, "")
		ana.Hears("handoff.taken")
		ana.Says("thank you")
		ana.Hears()
		ana.Event(flows.Lost, "")
		ana.Hears("handoff.lost", "handoff.waiting", "handoff.write")
		ana.Event(flows.Taken, "")
		ana.Event(flows.Ended, "")
		ana.Hears("closing.thanks", "closing.keep")
		ana.Says("3")
		ana.Sees("keep:14d")
		ana.Hears("closing.words")
		ana.Says("1")
		ana.Hears("closing.made", "closing.forced", "closing.learn")
		ana.Says("1")
		ana.Sees("close")
		ana.Hears("closing.bye")
		ana.Says("hi")
		ana.Hears("arrival.notice", "check.unseen")
	}},
	{"the check, then help, then a person", func(mai *person) {
		mai.Taps("hi", "1", "2")
		mai.Hears("check.who")
		mai.Says("1")
		mai.Says("2")
		mai.Sees("lines:safety")
		mai.Hears("check.help", "check.next")
		mai.Says("2")
		mai.Taps("6", "5")
		mai.Sees("lines:basics")
		mai.Taps("3", "1")
		mai.Sees("rights")
		mai.Hears("check.rights", "rights.menu")
		mai.Says("6")
		mai.Hears("check.next")
		mai.Says("1")
		mai.Sees("summary")
		mai.Says("2")
		mai.Hears("check.who")
		mai.Taps("1", "1", "1", "4")
		mai.Hears("check.next")
		mai.Taps("1", "1")
		mai.Sees("queue", "limits")
		mai.Hears("handoff.soon", "handoff.ahead", "handoff.before", "handoff.waiting", "handoff.write")
		mai.Says("4")
		mai.Sees("unqueue")
		mai.Hears("handoff.stopped", "check.next")
		mai.Says("1")
		mai.Sees("queue", "limits")
		mai.Event(flows.Expired, "")
		mai.Sees("lines")
		mai.Hears("handoff.expired", "handoff.retry")
		mai.Says("2")
		mai.Says("4")
		mai.Sees("close")
		mai.Hears("closing.thanks", "closing.bye")
	}},
	{"danger at night", func(mai *person) {
		mai.facts.OnDuty, mai.facts.Web = false, false
		mai.Taps("hi", "1", "1")
		mai.Sees("card:full", "queue-urgent", "limits")
		mai.Hears("handoff.urgent", "handoff.nobody", "handoff.before", "handoff.stay") // the card has named the numbers
	}},
	{"nobody on duty", func(mai *person) {
		mai.facts.OnDuty, mai.facts.Durable, mai.facts.Web = false, false, false
		mai.Taps("hi", "1", "3")
		mai.Sees("card:full")
		mai.Hears("check.who")
		mai.Says("9")
		mai.Sees("queue", "lines", "limits")
		mai.Hears("handoff.nobody", "handoff.now", "handoff.before", "handoff.stay")
		mai.Says("1")
		mai.Hears("check.who")
		mai.Taps("2", "3")
		mai.Hears("handoff.summary")
		mai.Says("1")
		mai.Hears("handoff.keys", "handoff.about_now", "handoff.line")
		mai.Taps("5", "4")
		mai.Taps("2", "1") // another need, and the rights
		mai.Hears("check.help", "check.next")
		mai.Taps("3", "1")
		mai.Hears("check.rights", "rights.menu")
		mai.Says("6")
		mai.Hears("check.next")
		mai.facts.Shift = false
		mai.Says("1") // write, the summary is decided
		mai.Hears("handoff.unknown", "handoff.now", "handoff.before", "handoff.stay")
		mai.Says("2")
		mai.Sees("unqueue")
		mai.Hears("check.next")
		mai.Says("4")
		mai.Sees("close")
		mai.Hears("closing.thanks", "closing.clean", "closing.bye")
		for _, keep := range []string{"1", "2"} {
			mai.Taps("hi", "1", "1")
			mai.Event(flows.Taken, "")
			mai.Event(flows.Ended, "")
			mai.Hears("closing.thanks", "closing.keep")
			mai.Says(keep)
		}
		mai.Sees("keep:24h")
		mai.Says("2")
		mai.Sees("close")
		mai.Hears("closing.clean", "closing.bye")
	}},
	{"somebody may look later", func(ana *person) {
		ana.Taps("hi", "2")
		ana.Hears("check.later", "check.go_on")
		ana.Says("1")
		ana.Sees("open")
		ana.Says("8")
		ana.Hears("check.later", "check.go_on")
		ana.Taps("8", "3", "2")
		ana.Sees("close", "card:short")
		ana.Hears("check.cover")
	}},
	{"somebody is here", func(ana *person) {
		ana.Taps("hi", "4")
		ana.Sees("close", "card:short")
		ana.Hears("check.cover")
		ana.Says("99")
		ana.Sees("card:short")
		ana.Hears("check.cover")
		ana.Says("hi")
		ana.Hears("arrival.notice", "check.unseen")
	}},
	{"a person before anything else", func(ana *person) {
		ana.facts.Language, ana.facts.Country = false, false
		ana.Says("9")
		ana.Hears("arrival.language")
		ana.Says("9")
		ana.Hears("arrival.language")
		ana.Says("1")
		ana.Says("9")
		ana.Hears("arrival.country")
		ana.Says("1")
		ana.Says("9")
		ana.Hears("check.unseen")
		ana.Says("1")
		ana.Sees("open", "queue", "limits")
		ana.Hears("handoff.soon", "handoff.ahead", "handoff.before", "check.who")
		ana.Says("1")
		ana.Says("9")
		ana.Hears("handoff.waiting", "handoff.write")
		ana.Taps("3", "1", "3")
		ana.Hears("handoff.waiting", "handoff.write")
		ana.Event(flows.Silence, "")
		ana.Sees("close")
		ana.Hears()
		ana.Says("hi")
		ana.Says("1")
		ana.Hears("handoff.waiting", "handoff.write")
		ana.Event(flows.Silence, "")
		ana.Event(flows.Expired, "")
		ana.Hears()
		ana.Taps("hi", "1")
		ana.Hears("handoff.missed", "handoff.retry")
		ana.Says("1")
		ana.Sees("queue", "limits")
		ana.Event(flows.Expired, "")
		ana.Says("3")
		ana.Hears("closing.thanks", "closing.bye")
		ana.facts.Words = true
		ana.Event(flows.Return, "")
		ana.Hears("return.hello", "check.unseen")
		ana.Taps("1", "2", "6", "6", "6")
		ana.Sees("lines")
		ana.Says("4")
		ana.Hears("closing.thanks", "closing.keep")
		ana.Says("2")
		ana.Sees("keep:24h", "close")
		ana.Hears("closing.bye")
		ana.Event(flows.Return, "")
		ana.Hears("return.hello", "check.unseen")
	}},
	{"needs known, who skipped", func(ana *person) {
		ana.Taps("hi", "1", "2", "6", "1")
		ana.Says("9")
		ana.Hears("handoff.soon", "handoff.ahead", "handoff.before", "check.who")
		ana.Taps("1", "1", "1")
		ana.Hears("handoff.waiting", "handoff.write")
	}},
	{"who known, needs not", func(ana *person) {
		ana.Taps("hi", "1", "2", "1")
		ana.Says("9")
		ana.Hears("handoff.soon", "handoff.ahead", "handoff.before", "check.needs")
	}},
	{"all known but the summary", func(ana *person) {
		ana.Taps("hi", "1", "2", "1", "1")
		ana.Says("9")
		ana.Sees("queue", "limits", "summary")
		ana.Hears("handoff.soon", "handoff.ahead", "handoff.before", "handoff.summary")
	}},
	{"an adviser is there again", func(ana *person) {
		ana.Taps("hi", "1", "1")
		ana.Event(flows.Taken, "")
		ana.Event(flows.Silence, "")
		ana.Says("hi")
		ana.Hears("arrival.notice", "check.unseen")
		ana.Says("1")
		ana.Hears("handoff.taken")
		ana.Event(flows.Ended, "")
		ana.Says("1")
		ana.Sees("keep:now", "close")
		ana.Hears("closing.bye")
	}},
	{"return words, with an answer waiting", func(ana *person) {
		for _, after := range []string{"next", "queued", "held"} {
			ana.facts.Words, ana.facts.Pending = true, true
			ana.facts.Queued, ana.facts.Held = after == "queued", after == "held"
			ana.Event(flows.Return, "")
			ana.Hears("return.hello", "check.unseen")
			ana.Says("1")
			ana.Sees("open", "show-pending")
			ana.Hears(append([]string{"return.pending"}, map[string][]string{"next": {"check.next"}, "queued": {"handoff.waiting", "handoff.write"}, "held": {"handoff.taken"}}[after]...)...)
		}
	}},
	{"return words from a phone that knows nothing", func(ana *person) {
		ana.facts = flows.Facts{Words: true, Pending: true, Web: true}
		ana.Event(flows.Return, "")
		ana.Hears("return.hello", "arrival.language")
		ana.facts.Language = true
		ana.Event(flows.Return, "")
		ana.Hears("return.hello", "arrival.country")
		ana.Says("1")
		ana.Says("1")
		ana.Hears("return.pending", "check.next")
	}},
	{"the help is asked for while waiting", func(ana *person) {
		ana.Taps("hi", "1", "2", "1", "1") // at check.next
		ana.facts.Queued = true            // another device of the same conversation queued it
		ana.Says("1")
		ana.Hears("handoff.waiting", "handoff.write")
	}},
}

func TestEveryWay(t *testing.T) {
	book, edges := flows.Traced(shipped(t))
	book = book.WithMenus(menus)
	taken := map[string]bool{}
	for _, w := range slices.Concat(walks, signWalks, moreWalks, askedWalks) {
		t.Run(w.name, func(t *testing.T) {
			p := newPerson(t, book)
			w.walk(p)
			for e := range p.ways {
				taken[e] = true
			}
		})
	}
	var left []string
	for id, name := range edges {
		if !taken[id] {
			left = append(left, name)
		}
	}
	slices.Sort(left)
	for _, name := range left {
		t.Errorf("no walk takes %s", name)
	}
	t.Logf("%d of %d ways taken", len(taken), len(edges))
}

// The walks are the same on the book as shipped.
func TestWalks(t *testing.T) {
	for _, w := range slices.Concat(walks, signWalks, moreWalks, askedWalks) {
		t.Run(w.name, func(t *testing.T) { w.walk(newPerson(t, shipped(t))) })
	}
}
