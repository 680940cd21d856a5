package check

import (
	"maps"
	"slices"
	"strings"

	"quietline/flows"
)

// A node is a step entered in a certain way: with a sitting open or not, and with or without the person having just
// answered a question with one of its choices (a menu of languages is no answer to being seen).
type node struct {
	at    flows.Place
	open  bool
	asked bool
}

// entries are where events lead, as flows.Next has it.
func (c *checker) entries() []node {
	at := func(flow, step string, open bool) node {
		return node{at: flows.Place{Flow: flow, Step: step}, open: open}
	}
	return []node{
		{at: c.start("arrival")},
		at("check", "cover", false), at("closing", "left", false), at("closing", "erased", false), at("return", "hello", false),
		at("handoff", "person", false), at("handoff", "person", true),
		at("handoff", "taken", true), at("handoff", "lost", true), at("handoff", "expired", true), at("closing", "ended", true),
		at("hurt", "selfharm", true), {at: c.start("consent"), open: true}, {at: c.start("outcomes"), open: true},
	}
}

// start is where a flow begins.
func (c *checker) start(flow string) flows.Place {
	for _, f := range c.Book.Flows() {
		if f.Name == flow {
			return flows.Place{Flow: flow, Step: f.Start}
		}
	}
	return flows.Place{}
}

// after is the sitting after some effects.
func after(open bool, es []flows.Effect) bool {
	for _, e := range es {
		switch e.Do {
		case flows.OpenSitting:
			open = true
		case flows.CloseSitting:
			open = false
		}
	}
	return open
}

// next are the nodes one step on. Of the conditions only "open" is known; every other may hold or not.
func (c *checker) next(n node) []node {
	s := c.steps[n.at]
	open := after(n.open, s.Do)
	var out []node
	for _, a := range s.Choices {
		out = append(out, node{a.To, after(open, a.Do), true})
	}
	asked := n.asked && s.Menu == ""
	for _, b := range s.Branch {
		if slices.Contains(b.If, "open") && !open || slices.Contains(b.Not, "open") && open {
			continue
		}
		out = append(out, node{b.To, open, asked})
		rest := func(w string) bool { return w == "open" }
		if !slices.ContainsFunc(b.If, func(w string) bool { return !rest(w) }) && !slices.ContainsFunc(b.Not, func(w string) bool { return !rest(w) }) {
			return out // always taken
		}
	}
	if s.To != (flows.Place{}) {
		out = append(out, node{s.To, open, asked})
	}
	return out
}

// graph walks from every entry and proves what a graph can show: every step is met, none is a trap, and nothing sensitive
// is met before a choice opened the sitting.
func (c *checker) graph() {
	c.reach = map[node]bool{}
	from := map[node]flows.Place{}
	todo := c.entries()
	for len(todo) > 0 {
		n := todo[0]
		todo = todo[1:]
		if c.reach[n] {
			continue
		}
		c.reach[n] = true
		s := c.steps[n.at]
		if s.Sensitive && !n.open {
			c.at(Unopened, n.at, "is sensitive and is reached from %s before a sitting is open: lead there through a choice that opens one (do = [\"open\"]), or say nothing telling in it", name(from[n]))
			continue // what follows would be met by nobody: the engine shows the cover
		}
		c.openly(n, s)
		for _, m := range c.next(n) {
			if !c.reach[m] {
				if _, ok := from[m]; !ok {
					from[m] = n.at
				}
				todo = append(todo, m)
			}
		}
	}
	for _, p := range c.order {
		if !c.reach[node{p, false, false}] && !c.reach[node{p, true, false}] && !c.reach[node{p, false, true}] && !c.reach[node{p, true, true}] {
			c.at(Unreachable, p, "no choice, branch or to leads here: lead to it, or take it out")
		}
	}
	c.traps()
}

func name(p flows.Place) string {
	if p == (flows.Place{}) {
		return "an event"
	}
	return p.String()
}

// openly proves of one node that what it does may be done there.
func (c *checker) openly(n node, s flows.Step) {
	tells := func(e flows.Effect) bool { return e.Sensitive }
	if !s.Sensitive {
		if i := slices.IndexFunc(s.Do, tells); i >= 0 {
			c.at(Unopened, n.at, "does %q but is not marked sensitive: add sensitive = true", s.Do[i].Do)
		}
		for _, a := range s.Choices {
			if slices.ContainsFunc(a.Do, tells) {
				c.at(Unopened, n.at, "choice %q does what must wait for a sitting, but the step is not marked sensitive: add sensitive = true", a.ID)
			}
		}
	}
	if does(s.Do, flows.OpenSitting) && !n.open && !n.asked {
		c.at(Unopened, n.at, "opens a sitting that the person did not choose to open: put a question before it whose choices lead here")
	}
	if s.Rest && after(n.open, s.Do) && n.at != (flows.Place{Flow: "handoff", Step: "taken"}) {
		c.at(DeadEnd, n.at, "rests while the sitting stays open, so the person is left with nothing: add do = [\"close\"], or ask what comes next")
	}
}

// traps finds steps from which no end can be reached.
func (c *checker) traps() {
	good := map[flows.Place]bool{}
	for _, p := range c.order {
		good[p] = c.steps[p].Rest
	}
	for changed := true; changed; {
		changed = false
		for _, p := range c.order {
			s := c.steps[p]
			if !good[p] && slices.ContainsFunc(s.Next(), func(q flows.Place) bool { return good[q] }) {
				good[p], changed = true, true
			}
		}
	}
	met := map[flows.Place]bool{}
	for n := range c.reach {
		met[n.at] = true
	}
	for _, p := range c.order {
		s := c.steps[p]
		if met[p] && !good[p] && (s.Asks() || s.To != (flows.Place{}) || len(s.Branch) > 0) {
			c.at(Trap, p, "no way from here ever comes to an end: add a choice that leads to closing")
		}
	}
}

// loops finds steps that follow each other for ever with no question between them.
func (c *checker) loops() {
	for _, p := range c.order {
		c.follow(p, nil, map[string]bool{})
	}
}

// follow walks on from a step that asks nothing, with the conditions that must and must not hold on the way there.
func (c *checker) follow(p flows.Place, path []flows.Place, known map[string]bool) {
	s := c.steps[p]
	if s.Asks() || s.Rest {
		return
	}
	if i := slices.Index(path, p); i >= 0 {
		if i == 0 {
			var names []string
			for _, q := range append(path, p) {
				names = append(names, q.String())
			}
			c.at(Loop, p, "goes round for ever with no question: %s; ask something on the way, or lead out of it", strings.Join(names, " → "))
		}
		return
	}
	path = append(path[:len(path):len(path)], p)
	known = maps.Clone(known)
	for _, e := range s.Do {
		switch e.Do {
		case flows.OpenSitting:
			known["open"] = true
		case flows.CloseSitting:
			known["open"] = false
			delete(known, "mine")
			delete(known, "wanted")
		case flows.Queue, flows.QueueUrgent:
			known["queued"], known["wanted"] = true, false
		case flows.Unqueue:
			known["queued"] = false
		case flows.MakeWords:
			known["words"], known["mine"] = true, true
		case flows.SetCheckIn, flows.StopCheckIn:
			known["asked"] = e.Do == flows.SetCheckIn
		case flows.Agree:
			known["agreed"] = true
		case flows.TakeBack: // others may stand
			delete(known, "agreed")
		case flows.Complain:
			known["complained"] = true
		}
	}
	for _, b := range s.Branch {
		here := maps.Clone(known)
		if holds(here, b) {
			c.follow(b.To, path, here)
		}
		if len(b.If)+len(b.Not) == 0 {
			return
		}
		// A branch of one condition that was not taken says that it does not hold.
		if len(b.If) == 1 && len(b.Not) == 0 {
			if known[b.If[0]] {
				return
			}
			known[b.If[0]] = false
		}
		if len(b.Not) == 1 && len(b.If) == 0 {
			if v, ok := known[b.Not[0]]; ok && !v {
				return
			}
			known[b.Not[0]] = true
		}
	}
	if s.To != (flows.Place{}) {
		c.follow(s.To, path, known)
	}
}

// holds adds a branch's conditions to what is known, or says that they cannot hold.
func holds(known map[string]bool, b flows.Branch) bool {
	for _, w := range b.If {
		if v, ok := known[w]; ok && !v {
			return false
		}
		known[w] = true
	}
	for _, w := range b.Not {
		if known[w] {
			return false
		}
		known[w] = false
	}
	return true
}
