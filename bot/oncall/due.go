package oncall

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"quietline/bot"
	"quietline/line"
)

// A key names what a step was told of: a conversation's handle, as grave or not; the empty handle is that nobody is on
// duty.
type key struct {
	handle string
	grave  bool
}

// A cause is one reason to tell somebody.
type cause struct {
	key
	since time.Time // unseen since
	grave time.Time // grave since; zero: it is not
}

// watch is what was seen of queue and rota in earlier looks, in this process.
type watch struct {
	grave  map[string]time.Time // by handle: first seen to be grave
	alerts map[string]time.Time // by handle: first seen to be held with danger that nobody acknowledged

	there  bool      // at the last look somebody was on duty
	came   time.Time // when somebody was last seen to be on duty, by this process
	nobody time.Time // since when the alarm is that nobody is on duty; zero: it is not
	gone   bool      // somebody was, and went
	told   bool      // some step was told of it
	known  time.Time // when somebody said that they have seen it; zero: nobody did, or it holds no more

	due bool // some step was to be told of something
}

// ends is the end of the alarm that nobody is on duty.
func (w *watch) ends() { w.nobody, w.told, w.known = time.Time{}, false, time.Time{} }

// seen says whether somebody has seen that nobody is on duty, not so long ago that they may have fallen asleep over it.
func (w *watch) seen(now time.Time) bool { return !w.known.IsZero() && now.Sub(w.known) < bot.SeenFor }

// A decision is one message to send.
type decision struct {
	step    int
	message Message
	tells   map[key]bool
}

// due looks at queue and rota and says what is to be sent now; the steps named are busy until their send ends.
func (p *Pager) due() []decision {
	now := p.cfg.Now()
	crew := p.cfg.Line.Crew(now)
	var items []bot.Item
	b := p.cfg.Bot()
	if b != nil {
		items = b.Queue()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	causes := p.causes(items, now)
	if b != nil {
		causes = append(causes, p.nobody(items, crew, now)...)
	}
	whole := make(map[key]bool, len(causes))
	for _, c := range causes {
		whole[c.key] = true
		if c.key.grave { // whoever is told that it is grave knows of it
			whole[key{c.handle, false}] = true
		}
	}
	due := p.dueNow(causes, crew, now)
	p.watch.due = slices.ContainsFunc(due, func(of []cause) bool { return len(of) > 0 })
	var out []decision
	for i := range p.steps {
		s := &p.steps[i]
		maps.DeleteFunc(s.told, func(k key, _ bool) bool { return !whole[k] })
		if len(due[i]) == 0 {
			s.failed = false
			continue
		}
		fresh := s.failed || now.Sub(s.last) >= p.cfg.Steps[i].Repeat
		for _, c := range due[i] {
			fresh = fresh || !s.told[c.key]
		}
		if s.busy || !fresh || !s.last.IsZero() && now.Sub(s.last) < Pause {
			continue
		}
		s.busy, s.last = true, now
		d := decision{i, Message{Title: p.cfg.Title}, maps.Clone(whole)}
		nobody := slices.ContainsFunc(due[i], func(c cause) bool { return c.handle == "" })
		if !nobody {
			delete(d.tells, key{}) // it is not told of that yet
		}
		d.message.Text, d.message.Urgent = p.words(causes, nobody)
		out = append(out, d)
	}
	return out
}

// causes are the people of whom somebody must be told: who waits and nobody has seen it, and who is in danger while the
// holder does not react.
func (p *Pager) causes(items []bot.Item, now time.Time) []cause {
	w := &p.watch
	grave, alerts := map[string]time.Time{}, map[string]time.Time{}
	var out []cause
	for i := range items {
		it := &items[i]
		switch {
		case it.Mode != bot.Waiting:
			if !it.Alert && !it.Duress {
				continue
			}
			at := first(w.alerts, it.Handle, now)
			alerts[it.Handle] = at
			if at = at.Add(heldFor); !at.After(now) {
				out = append(out, cause{key{it.Handle, true}, at, at})
			}
		case it.Waits():
			since := it.Since
			if !it.Seen.IsZero() {
				again := it.Seen.Add(bot.SeenFor)
				if again.After(now) {
					continue
				}
				since = again.Add(-p.cfg.Steps[0].After) // the steps begin anew, the first at once
			}
			c := cause{key: key{it.Handle, p.grave(*it, now)}, since: since}
			if c.key.grave {
				c.grave = first(w.grave, it.Handle, now)
				grave[it.Handle] = c.grave
			}
			out = append(out, c)
		}
	}
	w.grave, w.alerts = grave, alerts
	return out
}

// grave is [bot.Item.Grave], but for a child just after the start: the desks of who was on duty before it are not heard
// from yet.
func (p *Pager) grave(it bot.Item, now time.Time) bool {
	if now.Sub(p.began) < deskWithin && !it.Trained {
		it.Child = false
	}
	return it.Grave()
}

func first(known map[string]time.Time, handle string, now time.Time) time.Time {
	if at, ok := known[handle]; ok {
		return at
	}
	return now
}

// nobody is the alarm that nobody is on duty: the last one went while somebody waits or a shift goes on, or a shift goes
// on to which nobody came.
func (p *Pager) nobody(items []bot.Item, crew line.Crew, now time.Time) []cause {
	w := &p.watch
	went := w.there && !crew.Anyone
	w.there = crew.Anyone
	if crew.Anyone {
		w.came = now
		w.ends()
		return nil
	}
	waits := false
	for i := range items {
		waits = waits || items[i].Waits()
	}
	late := p.began
	if crew.From.After(late) {
		late = crew.From
	}
	late = late.Add(comeWithin)
	if !w.nobody.IsZero() && crew.From.After(w.nobody) {
		w.ends() // a new shift, to which somebody may come yet
	}
	promised := crew.Open && (crew.To.IsZero() || crew.To.Sub(now) > lastOfShift)
	switch {
	case !w.nobody.IsZero():
		if !waits && !crew.Open {
			w.ends()
			return nil
		}
		if !w.known.IsZero() && !w.seen(now) {
			w.nobody, w.known = now, time.Time{} // the steps begin anew
		}
	case went && (waits || promised):
		w.nobody, w.gone = now, true
	case promised && !late.After(now) && (w.came.IsZero() || w.came.Before(crew.From)):
		w.nobody, w.gone = now, false
	}
	if w.nobody.IsZero() || w.seen(now) {
		return nil
	}
	return []cause{{since: w.nobody}}
}

// dueNow says for each step of which causes it is to be told by now.
func (p *Pager) dueNow(causes []cause, crew line.Crew, now time.Time) [][]cause {
	out := make([][]cause, len(p.steps))
	leads, rest := p.order()
	for _, c := range causes {
		order, base := append(append([]int{}, leads...), rest...), c.since
		if !c.key.grave {
			order = order[:0]
			for i := range p.steps {
				order = append(order, i)
			}
		}
		failing := false // the step before it is due, and its last try failed
		for _, i := range order {
			s := &p.cfg.Steps[i]
			open := s.Always || crew.Open
			var at time.Time
			switch {
			case c.key.grave && s.Lead:
				at = c.grave.Add(s.After - p.cfg.Steps[leads[0]].After)
			case c.handle == "" && !open && p.watch.told:
				continue // once is enough: nobody is promised to be there now
			case c.handle == "":
				at = base.Add(s.After - p.cfg.Steps[0].After)
			case !open: // only when the step before cannot be told
				at = now.Add(time.Hour)
			default:
				if from := crew.From; !s.Always && from.After(base) {
					base = from // who waited through the night: the steps begin with the shift
				}
				at = base.Add(s.After)
			}
			if at.After(now) && !failing {
				continue
			}
			out[i] = append(out[i], c)
			failing = p.steps[i].failed
		}
	}
	return out
}

// order are the steps as danger goes through them: those for leads, then the others.
func (p *Pager) order() (leads, rest []int) {
	for i, s := range p.cfg.Steps {
		if s.Lead {
			leads = append(leads, i)
		} else {
			rest = append(rest, i)
		}
	}
	return leads, rest
}

// words are what a step is told: how many wait unseen, whether any of them is in danger, and that nobody is on duty. There
// are no others.
func (p *Pager) words(all []cause, nobody bool) (text string, urgent bool) {
	people := 0
	for _, c := range all {
		if c.handle != "" {
			people++
			urgent = urgent || c.key.grave
		}
	}
	var parts []string
	if people > 0 {
		parts = append(parts, fmt.Sprintf("%d waiting", people))
	}
	if urgent {
		parts = append(parts, "urgent")
	}
	if nobody {
		if p.watch.gone {
			parts = append(parts, "nobody on duty any more")
		} else {
			parts = append(parts, "nobody on duty")
		}
	}
	return strings.Join(parts, ", "), urgent
}
