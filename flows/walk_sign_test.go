package flows_test

import "quietline/flows"

// What is sent only because somebody asked for it: check-ins and the plain line.
var signWalks = []struct {
	name string
	walk func(ana *person)
}{
	{"a check-in, in every way", func(ana *person) {
		ana.facts.Web, ana.facts.Zone = false, true
		ana.Taps("hi", "1", "2", "1", "1")
		for _, run := range []string{"11", "12", "13", "21", "22", "23", "31", "32"} {
			at, line, miss := run[1:], run[1:], string('1'+run[0]%2)
			ana.Hears("check.help", "check.next")
			ana.Says("5")
			if run != "11" {
				ana.Sees("show-check-in")
				ana.Hears("checkin.there", "checkin.now")
				ana.Says("3")
			}
			ana.Hears("checkin.what", "checkin.often")
			ana.Says(run[:1])
			ana.Says(run[1:])
			ana.Hears("checkin.window")
			if run == "32" {
				at, line = "4", "4"
			}
			ana.Taps(at)
			ana.Hears("checkin.line")
			ana.Says(line)
			ana.Hears("checkin.miss")
			ana.Says(miss)
			ana.Hears("checkin.confirm")
			ana.Says("2") // change
			ana.Hears("checkin.what", "checkin.often")
			ana.Taps("8", "1")
			ana.Sees("check-in")
			ana.Hears("checkin.set", "check.next")
			ana.Taps("2", "1") // another need
		}
		ana.Taps("5", "1") // keep it
		ana.Hears("check.next")
		ana.Taps("5", "2")
		ana.Sees("stop-check-in")
		ana.Hears("checkin.stopped", "check.next")
		ana.Taps("5", "5") // not now
		ana.Hears("check.next")
		ana.Taps("5", "4") // whatever is there, be there one or not
		ana.Sees("stop-check-in")
		ana.Hears("checkin.ended", "check.next")
		ana.Taps("5", "1", "1", "1", "1", "1", "1")
		ana.Taps("5", "3", "4") // one that may be seen
		ana.Sees("stop-check-in")
		ana.Hears("checkin.stopped", "check.next")
		ana.facts.Zone = false
		ana.Taps("5", "1", "1")
		ana.Hears("checkin.about")
		ana.Says("2")
		ana.Hears("check.next")
		ana.Taps("5", "1", "1", "1", "1", "1", "3") // all but a yes
		ana.Hears("check.next")
	}},
	{"a check-in, asked for on the page", func(mai *person) {
		mai.Taps("hi", "1", "2", "1", "1", "5")
		mai.Hears("checkin.page", "checkin.web")
		mai.Says("2")
		mai.Hears("check.next")
		mai.Taps("5", "1")
		mai.Sees("make-words")
		mai.Hears("closing.made", "closing.learn")
		mai.Says("1")
		mai.Hears("check.next")
		mai.Says("5")
		mai.Hears("checkin.page", "check.next")
	}},
	{"a check-in, asked for where nothing arrives after a day", func(mai *person) {
		mai.facts.Web, mai.facts.Brief = false, true
		mai.Taps("hi", "1", "2", "1", "1", "5")
		mai.Hears("checkin.app", "checkin.web")
		mai.Says("2")
		mai.Hears("check.next")
		mai.Taps("5", "1", "1", "5")
		mai.Hears("checkin.app", "check.next")
	}},
	{"a check-in at the end of a talk", func(mai *person) {
		mai.Taps("hi", "1", "1")
		mai.Event(flows.Taken, "")
		mai.facts.Ended = true
		mai.Event(flows.Ended, "")
		mai.Hears("closing.thanks", "closing.keep")
		mai.Taps("4", "2")
		mai.Hears("closing.keep")
		mai.facts.Queued = true // another device of the same conversation
		mai.Taps("4", "2")
		mai.Hears("handoff.waiting", "handoff.write")
	}},
	{"a plain line when an answer waits", func(ana *person) {
		ana.facts.Web = false
		for _, zone := range []bool{false, true} {
			for n := 1; n <= 5; n++ {
				ana.facts.Zone = zone
				ana.Taps("hi", "1", "1", "6", "6", "6", "1")
				ana.Hears("handoff.keys", map[bool]string{false: "handoff.about_now", true: "handoff.by_day"}[zone], "handoff.line")
				ana.Says(string(rune('0' + n)))
				if n < 5 {
					ana.Sees("ready")
				}
				ana.Hears("handoff.waiting", "handoff.write")
				ana.Taps("3", "1", "1") // once for each handoff
				ana.Hears("handoff.keys", "handoff.waiting", "handoff.write")
				ana.Says("00")
			}
		}
	}},
}
