package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/flows"
)

// constant is a condition that never or always holds on some channels, and why.
var constant = []struct {
	name, channels string
	holds          bool
	why            string
}{
	{"web", "web", true, "it is the page"},
	{"web", "telegram sms whatsapp", false, "a chat is not the page"},
	{"clears", "telegram", true, "its messages can be taken off the phone"},
	{"clears", "web sms whatsapp", false, "nothing that was sent can be taken off the phone, and a page leaves nothing"},
	{"brief", "whatsapp", true, "it takes nothing a day after the person's last message"},
	{"brief", "web telegram sms", false, "a message may come later, or there is none to send"},
	{"limited", "web", false, "a page's address lives as long as its sitting: pages are slowed by their gate"},
	{"asked", "web whatsapp", false, "a check-in is set only where it can be sent"},
}

// lacking are ways that no conversation on these channels takes, and why.
var lacking = []struct{ way, channels, why string }{
	{"return.ask → arrival.country", "telegram sms whatsapp", "another phone brings neither language nor country; a page can bring the one alone"},
}

// begins are where events lead.
var begins = []string{"arrival.start", "check.cover", "handoff.person", "closing.left", "closing.erased", "return.hello", "handoff.taken", "handoff.lost",
	"handoff.expired", "hurt.selfharm", "consent.start", "outcomes.start", "closing.ended"}

// unreached are the ways that this channel cannot take, with the reason: those of the tables, and those behind them.
func (o *tour) unreached() map[string]string {
	known := map[string]*bool{}
	why := map[string]string{}
	for _, c := range constant {
		if strings.Contains(c.channels, o.limits.Channel) {
			known[c.name], why[c.name] = &c.holds, c.why
		}
	}
	out := map[string]string{}
	for id, w := range o.ways {
		for _, l := range lacking {
			if strings.HasPrefix(w.String(), l.way) && strings.Contains(l.channels, o.limits.Channel) {
				out[id] = l.why
			}
		}
	}
	for _, f := range o.content.Book.Flows() {
		for _, s := range f.Steps {
			taken := "" // an earlier branch that always holds
			for i, b := range s.Branch {
				bad, sure := taken, true
				for _, c := range slices.Concat(b.If, b.Not) {
					switch k := known[c]; {
					case k == nil:
						sure = false
					case *k != slices.Contains(b.If, c):
						bad, sure = why[c], false
					}
				}
				for id, w := range o.ways {
					if w.from == s.Place && w.what == fmt.Sprintf("branch %d", i+1) && bad != "" {
						out[id] = bad
					}
				}
				if taken == "" && sure && bad == "" {
					if taken = "it goes another way always"; len(b.If)+len(b.Not) > 0 {
						taken = why[append(slices.Clone(b.If), b.Not...)[0]]
					}
				}
			}
		}
	}
	there := map[string]bool{}
	for _, at := range begins {
		there[at] = true
	}
	for more := true; more; {
		more = false
		for id, w := range o.ways {
			if out[id] == "" && there[w.from.String()] && !there[w.to.String()] {
				there[w.to.String()], more = true, true
			}
		}
	}
	for id, w := range o.ways {
		if out[id] == "" && !there[w.from.String()] {
			out[id] = "only such ways lead there"
		}
	}
	return out
}

// TestEveryWayThroughTheBot leads people along every step and edge of the shipped book, in every language, on every kind of
// channel, through the bot's own doors and the sealed store; and looks at every message that is sent and every page shown.
func TestEveryWayThroughTheBot(t *testing.T) { everyWay(t) }

// BenchmarkEveryWay is how long that takes: planning, and every way in four languages on four kinds of channel.
func BenchmarkEveryWay(b *testing.B) {
	for b.Loop() {
		everyWay(b)
	}
}

func everyWay(t testing.TB) {
	began := time.Now()
	languages, kinds := shippedLanguages(t), ChannelLimits
	if raceDetector { // a sample
		languages, kinds = []string{"ar"}, []flows.Limits{ChannelLimits[0], ChannelLimits[2]}
	}
	reached := map[string][]string{} // goal: channels
	all := map[string]string{}
	var book *tour
	for _, limits := range kinds {
		o := newTour(t, limits, languages[0])
		all, book = o.all(), o
		p := &planner{tour: o, got: map[string]*spot{}, in: map[string]circle{}}
		for _, c := range circles {
			if !c.limited || !o.page() {
				p.explore(c)
			}
		}
		plans := append(p.plans(), p.moves("nothing"), p.moves("language"))
		if raceDetector {
			plans = slices.DeleteFunc(plans, func(x plan) bool { return len(x.places)%5 > 0 })
		}
		cannot := o.unreached()
		var summary []string
		for _, lang := range languages {
			o := newTour(t, limits, lang)
			got := map[string]bool{}
			for _, x := range plans {
				for _, g := range o.ride(x) {
					if !got[g] {
						got[g] = true
						if lang == languages[0] {
							reached[g] = append(reached[g], limits.Channel)
						}
					}
				}
			}
			summary = append(summary, fmt.Sprintf("%s %d of %d", lang, len(got), len(all)))
			if raceDetector {
				continue
			}
			for g, name := range all {
				switch {
				case got[g] && cannot[g] != "":
					t.Errorf("%s, %s: %s is taken, and the table says that it cannot be: %s", limits.Channel, lang, name, cannot[g])
				case !got[g] && cannot[g] == "" && p.got[g] != nil:
					t.Errorf("%s, %s: nobody takes %s: planned as %+v %v", limits.Channel, lang, name, p.in[g], p.got[g].deeds())
				case !got[g] && cannot[g] == "":
					t.Errorf("%s, %s: nobody takes %s: no plan was found", limits.Channel, lang, name)
				}
			}
		}
		why := map[string]int{}
		for _, reason := range cannot {
			why[reason]++
		}
		t.Logf("%s: %s ways and menu items; %d plans, %d turns looked at; %d cannot be taken there: %v", limits.Channel, strings.Join(summary, ", "), len(plans), p.turns, len(cannot), why)
	}
	if raceDetector {
		return
	}
	steps, ran := 0, map[flows.Place]bool{}
	for g := range reached {
		if w, ok := book.ways[g]; ok {
			ran[w.from], ran[w.to] = true, true
		}
	}
	for _, f := range book.content.Book.Flows() {
		for _, s := range f.Steps {
			if strings.HasPrefix(s.Place.Step, "edge") {
				continue
			}
			if steps++; !ran[s.Place] {
				t.Errorf("step %s is run on no channel", s.Place)
			}
		}
	}
	t.Logf("%d of %d ways and menu items, %d of %d steps, over all channels; %v", len(reached), len(all), len(ran), steps, time.Since(began).Round(time.Second))
	for g, name := range all {
		if reached[g] == nil {
			t.Errorf("%s is taken on no channel", name)
		}
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v: at most a minute", took)
	}
}
