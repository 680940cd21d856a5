package flows_test

import (
	"strconv"

	"quietline/flows"
)

// What an adviser asks through the bot, and complaints about one.
var askedWalks = []struct {
	name string
	walk func(ana *person)
}{
	{"an act is asked for", func(ana *person) {
		ana.Taps("hi", "1", "1")
		ana.Event(flows.Consent, "")
		ana.Hears() // nobody holds it yet
		ana.Event(flows.Taken, "")
		ana.Event(flows.Consent, "")
		ana.Sees("show-act")
		ana.Hears("consent.ask", "consent.act")
		ana.Says("who are they")
		ana.Hears() // that is for the adviser
		ana.Says("3")
		ana.Hears("consent.explain", "consent.ask", "consent.act")
		ana.Says("2")
		ana.Sees("refuse")
		ana.Hears("consent.refused", "handoff.taken")
		ana.Says("1")
		ana.Hears()
		ana.Event(flows.Consent, "")
		ana.Says("1")
		ana.Sees("agree")
		ana.Hears("consent.agreed", "handoff.taken")
		ana.facts.Ended = true
		ana.Event(flows.Ended, "")
		ana.Sees("first-act", "show-agreed")
		ana.Hears("closing.thanks", "consent.look", "consent.act")
		ana.Says("1")
		ana.Sees("keep-act")
		ana.Hears("closing.keep")
		ana.Event(flows.Ended, "")
		ana.Says("2")
		ana.Sees("take-back")
		ana.Hears("consent.took", "closing.keep")
		ana.Says("8") // with nothing left of it there is nothing to go back to
		ana.Hears("closing.keep")
	}},
	{"a yes is taken back from the menu", func(ana *person) {
		ana.agrees(1)
		ana.Taps("hi", "1", "2", "1", "1", "6", "6")
		ana.Hears("check.more")
		ana.Says("1")
		ana.Sees("first-act", "show-agreed")
		ana.Hears("consent.look", "consent.act")
		ana.Says("1")
		ana.Sees("keep-act")
		ana.Hears("check.next")
		ana.Says("8")
		ana.Sees("show-agreed")
		ana.Hears("consent.look", "consent.act")
		ana.Taps("1", "6", "6")
		ana.agrees(0) // taken back from another device
		ana.Says("1")
		ana.Sees("first-act")
		ana.Hears("check.next")
		ana.agrees(3) // one at a time
		ana.Taps("6", "6", "1", "1")
		ana.Sees("keep-act", "show-agreed")
		ana.Hears("consent.look", "consent.act")
		ana.Says("2")
		ana.Sees("take-back", "show-agreed")
		ana.Hears("consent.took", "consent.look", "consent.act")
		ana.Says("8")
		ana.Hears("check.more")
		ana.Taps("1", "1", "1")
		ana.Sees("keep-act")
		ana.Hears("check.next")
		for i, hears := range [][]string{2: {"later.start"}, 3: {"other.known", "other.dont", "other.nameless", "other.lines", "other.next"}, 4: {"complaint.who", "complaint.about"}, 5: {"check.next"}} {
			if hears != nil {
				ana.Says("00")
				ana.facts.Durable = true
				ana.agrees(1)
				ana.Taps("hi", "1", "2", "1", "1", "6", "6", strconv.Itoa(i))
				ana.Hears(hears...)
			}
		}
		ana.Taps("6", "6", "1", "2")
		ana.Sees("take-back")
		ana.Hears("consent.took", "check.next")
	}},
	{"a child is asked in other words", func(mai *person) {
		mai.Taps("hi", "1", "2", "4", "1", "1")
		mai.Event(flows.Taken, "")
		mai.Event(flows.Report, "")
		mai.Hears() // never to a child
		mai.Event(flows.Consent, "")
		mai.Hears("consent.child", "consent.act")
		mai.Says("3")
		mai.Hears("consent.explain", "consent.child", "consent.act")
		mai.Says("2")
		mai.Sees("refuse")
		mai.Event(flows.Consent, "")
		mai.Says("1")
		mai.Sees("agree")
	}},
	{"the adviser goes while an act is asked for", func(ana *person) {
		ana.Taps("hi", "1", "1")
		ana.Event(flows.Taken, "")
		ana.Event(flows.Consent, "")
		ana.facts.Held = false // should that ever be: nobody is told that an adviser is there
		ana.Says("2")
		ana.Hears("consent.refused", "check.next")
	}},
	{"how are things: seven questions", func(ana *person) {
		ana.Taps("hi", "1", "1")
		ana.Event(flows.Taken, "")
		ana.Event(flows.Report, "")
		ana.Hears("outcomes.unknown", "outcomes.what", "outcomes.offer")
		ana.Says("2")
		ana.Sees("drop-outcomes")
		ana.Hears("outcomes.nobody", "handoff.taken")
		ana.Event(flows.Return, "")
		ana.facts.Words = true
		ana.Event(flows.Return, "")
		ana.Says("1")
		for _, how := range []string{"1", "2", "3", "4"} {
			ana.Event(flows.Report, "")
			ana.Hears("outcomes.what", "outcomes.offer")
			ana.Says("1")
			for _, need := range flows.Outcomes() {
				if heard := ana.heard[len(ana.heard)-1]; heard != "outcomes."+need {
					ana.t.Fatalf("asked %s, not %s", heard, need)
				}
				ana.Says(how)
				if how == "3" {
					ana.did = ana.did[:2]
					ana.Sees("lines:" + need)
				}
			}
			if how == "2" {
				ana.Says("2")
				ana.Sees("drop-outcomes")
				continue
			}
			ana.Says("1")
			answers := ""
			for _, need := range flows.Outcomes() {
				if how != "4" {
					answers += " " + need + "=" + map[string]string{"1": "good", "3": "low"}[how]
				}
			}
			want := "send-outcomes"
			if answers != "" {
				want += ":" + answers[1:]
			}
			ana.Sees(want)
			ana.Hears("outcomes.sent", "handoff.taken")
		}
	}},
	{"a complaint", func(ana *person) {
		ana.facts.Outside = true
		ana.Taps("hi", "1", "2", "1", "1", "6", "6", "3")
		ana.Hears("complaint.outside", "complaint.who", "complaint.about")
		ana.Says("4")
		ana.Hears("check.next")
		ana.facts.Unheard = true
		ana.Taps("6", "6", "3")
		ana.Hears("complaint.outside", "complaint.unheard", "check.next")
		ana.facts.Outside = false
		ana.Taps("6", "6", "3")
		ana.Hears("complaint.unheard", "check.next")
		ana.facts.Unheard = false
		for i, about := range []string{"adviser", "bot", "other"} {
			ana.facts.Complained = false
			ana.Taps("6", "6", "3", strconv.Itoa(i+1))
			ana.Hears("complaint.seal", "complaint.keep")
			if got := ana.state().Answers.About; got != about {
				ana.t.Errorf("a complaint about %q", got)
			}
			ana.Says([]string{"1", "2", "3"}[i])
			if i == 2 {
				ana.Sees()
				ana.Hears("check.next")
				continue
			}
			ana.Sees([][]string{{"keep:30d", "complain"}, {"complain"}}[i]...)
			ana.Hears("complaint.made", "complaint.write")
			ana.Says("they laughed at me")
			ana.Hears("complaint.kept")
			ana.Says("1")
			ana.Hears("check.next")
		}
		ana.facts.Complained = true
		ana.Taps("6", "6", "3")
		ana.Hears("complaint.there", "complaint.write")
	}},
	{"a complaint at the end of a talk", func(mai *person) {
		for _, durable := range []bool{false, true} {
			mai.facts.Durable = durable
			mai.Taps("hi", "1", "1")
			mai.Event(flows.Taken, "")
			mai.facts.Ended = true
			mai.Event(flows.Ended, "")
			mai.Says(map[bool]string{false: "3", true: "5"}[durable])
			mai.Hears("complaint.who", "complaint.about")
			mai.Says("4")
			mai.Hears("closing.keep")
			mai.Says("00")
		}
	}},
}
