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
		mai.facts.ChildTrained, mai.facts.ChildBusy = true, true // and with somebody else
		mai.Taps("hi", "1", "1", "4", "1")
		mai.Hears("child.brave", "child.lines", "handoff.busy", "check.needs")
		mai.Says("00")
		mai.facts.ChildTrained, mai.facts.ChildBusy = true, true
		mai.Taps("hi", "1", "2", "4", "1", "1")
		mai.Sees("queue", "lines:child", "limits")
		mai.Hears("handoff.busy", "handoff.now", "handoff.before", "check.needs")
		mai.Says("00")
		mai.facts.ChildTrained, mai.facts.ChildBusy = true, true
		mai.Taps("hi", "1", "2", "4", "1", "2", "2", "1")
		mai.Sees("queue-urgent", "limits")
		mai.Hears("handoff.urgent", "handoff.busy", "handoff.before", "check.needs")
		mai.Says("00")
		mai.facts.ChildTrained = false
		mai.Taps("hi", "1", "1", "4", "1")
		mai.Hears("child.brave", "child.lines", "handoff.untrained", "check.needs")
		mai.Says("00")
		mai.facts.OnDuty, mai.facts.Shift = false, true
		mai.Taps("hi", "1", "1")
		mai.Sees("card:full", "queue-urgent", "limits")
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
		ana.Says("00")
		ana.Event(flows.SelfHarm, "")
		ana.Says("9") // and asked for a person
		ana.Hears("arrival.notice", "check.unseen")
		ana.Says("1")
		ana.Hears("hurt.selfharm", "hurt.already", "hurt.listen", "handoff.soon", "handoff.ahead", "handoff.before", "check.who")
		ana.Event(flows.Silence, "")
		ana.facts.Pending, ana.facts.Queued = true, false
		ana.Event(flows.SelfHarm, "")
		ana.Says("1")
		ana.Hears("return.pending", "hurt.selfharm", "hurt.already", "hurt.listen", "hurt.person")
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
}
