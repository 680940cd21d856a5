package flows_test

import (
	"strconv"

	"quietline/flows"
)

// What somebody reads, taps and is offered besides the way to a person.
var moreWalks = []struct {
	name string
	walk func(ana *person)
}{
	{"numbers in two taps, and no question", func(ana *person) {
		ana.facts = flows.Facts{Country: true}
		ana.Taps("hi", "1", "5")
		ana.Sees("card:short")
		ana.Hears("check.unseen")
	}},
	{"what is happening, tapped", func(ana *person) {
		ana.Taps("hi", "1", "2", "5") // not sure who it is about
		ana.Hears("happening.trouble", "happening.ask")
		ana.Taps("6", "6")
		ana.Hears("check.next")
		ana.Taps("6", "2")
		ana.Hears("happening.trouble", "happening.ask")
		ana.Says("2")
		ana.Hears("happening.thanks", "happening.next")
		ana.Says("2")
		ana.Sees("lines:papers")
		ana.Hears("check.help", "happening.next")
		ana.Says("1")
		ana.Hears("happening.ask")
		ana.Taps("6", "2") // sex or pictures
		ana.Says("2")
		ana.Sees("lines:safety")
		ana.Says("3")
		ana.Hears("rights.two", "rights.help", "rights.police", "rights.menu")
		for i, says := range [][]string{2: {"rights.beside", "rights.lawyer"}, 3: {"rights.forced"}, 4: {"rights.papers"}} {
			if says != nil {
				ana.Says(strconv.Itoa(i))
				ana.Hears(append(says, "rights.menu")...)
			}
		}
		ana.Says("5")
		ana.Hears("handoff.summary")
		ana.Says("4")
		ana.Taps("6", "2", "3", "5")
		ana.Hears("check.next")
		ana.Taps("6", "2", "1", "4")
		ana.Hears("handoff.summary")
		ana.Says("1")
		ana.Hears("handoff.soon", "handoff.ahead", "handoff.before", "check.needs")
		ana.Says("1")
		ana.Says("1")
		ana.Taps("6", "2", "5", "5") // while waiting: the summary is shown again
		ana.Hears("handoff.summary")
	}},
	{"not sure who it is about, while waiting", func(ana *person) {
		ana.Taps("hi", "1", "1", "5")
		ana.Hears("check.needs")
	}},
	{"tips, traces, and ways to keep this", func(ana *person) {
		ana.Taps("hi", "1", "2", "1", "1", "6", "3")
		ana.Hears("plan.start", "plan.menu")
		for i, says := range [][]string{{"plan.where"}, {"plan.whom"}, {"plan.bag", "plan.phone"}, {"plan.word"}, {"plan.leaving", "plan.after"}} {
			ana.Says(strconv.Itoa(i + 1))
			ana.Hears(append(says, "plan.menu")...)
		}
		ana.Says("6")
		ana.Hears("check.next")
		ana.Taps("6", "5")
		ana.Hears("traces.page", "traces.menu")
		for i, browser := range []string{"chrome", "safari", "samsung", "firefox", "other"} {
			ana.Says("1")
			ana.Hears("traces.one", "traces.browser")
			ana.Says(strconv.Itoa(i + 1))
			ana.Hears("traces."+browser, "traces.account", "traces.menu")
		}
		ana.Taps("1", "6")
		ana.Hears("traces.menu")
		for i, says := range [][]string{2: {"traces.call"}, 3: {"traces.hidden"}, 4: {"traces.watched", "traces.device"}} {
			if says != nil {
				ana.Says(strconv.Itoa(i))
				ana.Hears(append(says, "traces.menu")...)
			}
		}
		ana.Says("5")
		ana.Hears("check.next")
		ana.Taps("6", "6")
		ana.Hears("check.more")
		ana.Says("1")
		ana.Hears("later.start")
		ana.Says("2")
		ana.Sees("lines")
		ana.Hears("later.number", "later.start")
		ana.Says("3")
		ana.Hears("later.nothing", "later.start")
		ana.Says("1")
		ana.Sees("make-words")
		ana.Hears("closing.made", "closing.forced", "later.where", "closing.learn")
		ana.Says("1")
		ana.Hears("check.next")
		ana.Taps("6", "6", "1", "1")
		ana.Hears("later.have", "closing.forced")
		ana.Says("2")
		ana.Hears("check.next")
		ana.Taps("6", "6", "1", "1", "1")
		ana.Sees("make-words")
		ana.Says("1")
		ana.Taps("6", "6", "1", "4")
		ana.Hears("check.next")
		ana.Taps("6", "6", "4")
		ana.Hears("check.next")
	}},
	{"traces of each channel", func(mai *person) {
		for says, f := range map[string]flows.Facts{"traces.chat": {Clears: true}, "traces.app": {Brief: true}, "traces.text": {}} {
			f.Language, f.Country, f.OnDuty = true, true, true
			mai.facts = f
			mai.Taps("hi", "1", "2", "1", "1", "5", "5")
			mai.Hears(says, "traces.menu")
			mai.Says("00")
		}
	}},
	{"somebody else, and a cleaner who saw something", func(mai *person) {
		mai.Taps("hi", "1", "2", "2")
		mai.Sees("lines:report")
		mai.Hears("other.known", "other.dont", "other.nameless", "other.lines", "other.next")
		mai.Says("3")
		mai.Hears("other.talk", "other.next")
		mai.Says("4")
		mai.Hears("check.needs")
		mai.Taps("1", "6", "6", "2")
		mai.Hears("other.known", "other.dont", "other.nameless", "other.lines", "other.next")
		mai.Says("5")
		mai.Hears("check.next")
		mai.Says("00")
		mai.Taps("hi", "1", "2", "3")
		mai.Hears("other.saw", "other.dont", "other.nameless", "other.lines", "other.next")
		mai.Says("2")
		mai.Hears("handoff.summary")
		mai.Says("8")
		mai.Says("1") // also happening to me
		mai.Hears("other.mine", "happening.trouble", "happening.ask")
		mai.Says("9")
		mai.Hears("handoff.soon", "handoff.ahead", "handoff.before", "check.needs")
		mai.Says("00")
		mai.Taps("hi", "1", "1", "3")
		mai.Hears("other.saw", "other.dont", "check.needs")
	}},
	{"a child, and nobody trained for children", func(mai *person) {
		mai.Taps("hi", "1", "2", "4")
		mai.Sees("limits")
		mai.Hears("child.start", "child.told", "child.ask")
		mai.Says("3")
		mai.Hears("check.who")
		mai.Taps("4", "2")
		mai.Hears("check.who")
		mai.Taps("4", "1")
		mai.Sees("lines:child")
		mai.Hears("child.brave", "child.lines", "check.next")
		mai.Says("3")
		mai.Says("1")
		mai.Hears("check.help", "check.next")
		mai.Says("2")
		mai.Hears("hurt.start")
		mai.Says("6")
		mai.Hears("check.next")
		mai.Taps("4", "6", "5", "4") // rights, and back; more; the child's own question again
		mai.Hears("child.start", "child.told", "child.ask")
		mai.Says("3")
		mai.Hears("check.next")
		mai.Says("1")
		mai.Sees("queue", "limits", "summary")
		mai.Hears("handoff.untrained", "handoff.soon", "handoff.ahead", "handoff.before", "handoff.summary")
		mai.Says("00")
		mai.Taps("hi", "1", "2", "4", "1", "6")
		mai.Hears("closing.thanks", "closing.bye")
	}},
	{"a child, and somebody trained for children", func(mai *person) {
		mai.facts.ChildTrained = true
		mai.Taps("hi", "1", "1", "4", "1")
		mai.Hears("child.brave", "child.lines", "check.needs")
		mai.Says("00")
		mai.facts.ChildTrained = true
		mai.Taps("hi", "1", "2", "4", "1", "1")
		mai.Hears("handoff.soon", "handoff.ahead", "handoff.before", "check.needs")
		mai.Says("00")
		mai.facts.ChildTrained = false
		mai.Taps("hi", "1", "1", "4", "1")
		mai.Hears("child.brave", "child.lines", "handoff.untrained", "check.needs")
		mai.Says("00")
		mai.facts.OnDuty, mai.facts.Shift = false, true
		mai.Taps("hi", "1", "1")
		mai.Sees("card:full", "queue-urgent", "lines", "limits")
		mai.Taps("1", "4", "1")
		mai.Hears("child.brave", "child.lines", "handoff.first", "check.needs")
		mai.Says("00")
		mai.facts.Shift = true
		mai.Taps("hi", "1", "2", "4", "1", "1")
		mai.Sees("queue", "lines:child", "limits")
		mai.Hears("handoff.first", "handoff.nobody", "handoff.now", "handoff.before", "handoff.stay")
	}},
	{"hurt, in every way", func(ana *person) {
		for i, c := range []struct {
			lines string
			says  []string
		}{
			{"lines:care", []string{"hurt.selfharm", "hurt.already", "hurt.listen"}},
			{"", []string{"hurt.overdose"}},
			{"", []string{"hurt.bleeding"}},
			{"lines:medical", []string{"hurt.pregnant", "hurt.doctor"}},
			{"lines:medical", []string{"hurt.rape", "hurt.rape_ask", "hurt.doctor"}},
		} {
			for _, yes := range []bool{false, true} {
				ana.Taps("hi", "1", "2", "1", "1", "6", "1")
				ana.Hears("hurt.start")
				ana.Says(strconv.Itoa(i + 1))
				if c.lines == "" {
					ana.Sees("card:full")
				} else {
					ana.Sees("card:full", c.lines)
				}
				ana.Hears(append(c.says[:len(c.says):len(c.says)], "hurt.person")...)
				if !yes {
					ana.Says("2")
					ana.Hears("check.next")
					ana.Says("0")
					continue
				}
				ana.Says("1")
				queue := "queue"
				if c.lines == "" {
					queue = "queue-urgent"
				}
				ana.Sees(queue, "limits", "summary")
				ana.Says("1")
				ana.Taps("6", "1", strconv.Itoa(i+1)) // once more, while waiting
				if c.lines == "" {
					ana.Sees("card:full", "queue-urgent", "limits")
				}
				ana.Hears(append(c.says[:len(c.says):len(c.says)], map[bool][]string{true: {"handoff.urgent", "handoff.soon", "handoff.ahead", "handoff.before", "handoff.waiting", "handoff.write"},
					false: {"handoff.waiting", "handoff.write"}}[c.lines == ""]...)...)
				ana.Says("0")
				ana.facts.Queued = false
			}
		}
	}},
	{"words about hurting oneself", func(ana *person) {
		ana.Event(flows.SelfHarm, "")
		ana.Sees("card:short")
		ana.Hears("arrival.notice", "check.unseen")
		ana.Says("1")
		ana.Sees("open", "card:full", "lines:care")
		ana.Hears("hurt.selfharm", "hurt.already", "hurt.listen", "hurt.person")
		ana.Says("1")
		ana.Event(flows.Taken, "")
		ana.Event(flows.SelfHarm, "")
		ana.Sees("alert-adviser:selfharm")
		ana.Hears()
		ana.Event(flows.Silence, "")
		ana.Event(flows.SelfHarm, "")
		ana.Sees("alert-adviser:selfharm", "card:short")
		ana.Says("1")
		ana.Hears("handoff.taken") // the adviser knows
		ana.Event(flows.Silence, "")
		ana.facts.Words = true // in other hands, perhaps
		ana.Event(flows.SelfHarm, "")
		ana.Says("1")
		ana.Hears("hurt.selfharm", "hurt.already", "hurt.listen", "hurt.person")
	}},
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
		ana.Event(flows.Ended, "")
		ana.Sees("show-agreed")
		ana.Hears("closing.thanks", "consent.look", "consent.act")
		ana.Says("1")
		ana.Hears("closing.keep")
		ana.Event(flows.Ended, "")
		ana.Says("2")
		ana.Sees("take-back")
		ana.Hears("consent.took", "closing.keep")
	}},
	{"a yes is taken back from the menu", func(ana *person) {
		ana.facts.Agreed = true
		ana.Taps("hi", "1", "2", "1", "1", "6", "6")
		ana.Hears("check.more")
		ana.Says("1")
		ana.Sees("show-agreed")
		ana.Hears("consent.look", "consent.act")
		ana.Says("1")
		ana.Hears("check.next")
		ana.Taps("6", "6")
		ana.facts.Agreed = false // taken back from another device
		ana.Says("1")
		ana.Hears("check.next")
		for i, hears := range [][]string{2: {"later.start"}, 3: {"other.known", "other.dont", "other.nameless", "other.lines", "other.next"}, 4: {"complaint.who", "complaint.about"}, 5: {"check.next"}} {
			if hears != nil {
				ana.facts.Agreed = true
				ana.Says("00")
				ana.facts.Agreed, ana.facts.Durable = true, true
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
		ana.facts.Held = false // the loss is on its way
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
		ana.facts.Outside = false
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
