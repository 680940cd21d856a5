package flows

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A node is a step made ready for walking.
type node struct {
	Step
	offer  []Choice
	ways   []way // Answers' destinations, in the order of Choices
	branch []turnout
	to     *node
}

// A way is where one choice leads.
type way struct {
	answer *Answer
	to     *node
}

// A turnout is a branch with its conditions as bits.
type turnout struct {
	yes, no cond
	to      *node
}

// Load reads every *.toml at the top of shipped and then of content, whose flows take the place of shipped ones of the
// same name; content may be nil or a folder that does not exist. Anything that cannot be understood is an error that
// names the file, the step and the mend; all of them are returned together, and no book.
func Load(shipped, content fs.FS) (*Book, error) {
	byName := map[string]Flow{}
	var faults []error
	for _, src := range []fs.FS{shipped, content} {
		flows, errs := read(src)
		faults = append(faults, errs...)
		for _, f := range flows {
			byName[f.Name] = f
		}
	}
	var all []Flow
	for _, f := range byName {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Flow) int { return strings.Compare(a.Name, b.Name) })
	b := &Book{flows: all, steps: map[Place]*node{}, again: map[string]*node{}}
	faults = append(faults, b.link()...)
	if len(faults) > 0 {
		return nil, fmt.Errorf("reading the flows: %w", errors.Join(faults...))
	}
	return b.WithMenus(Menus{}), nil
}

// read parses all files of one source. Two files of one source must not hold the same flow.
func read(src fs.FS) ([]Flow, []error) {
	if src == nil {
		return nil, nil
	}
	entries, err := fs.ReadDir(src, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, []error{fmt.Errorf("listing the flow files: %w", err)}
	}
	var (
		flows []Flow
		errs  []error
		seen  = map[string]string{}
	)
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".toml" {
			continue
		}
		text, err := fs.ReadFile(src, e.Name())
		if err != nil {
			errs = append(errs, fmt.Errorf("opening %s: %w", e.Name(), err))
			continue
		}
		f, err := Parse(e.Name(), string(text))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if other, ok := seen[f.Name]; ok {
			errs = append(errs, fmt.Errorf("%s: flow %q is already in %s; keep one of them", f.File, f.Name, other))
			continue
		}
		seen[f.Name] = f.File
		flows = append(flows, f)
	}
	return flows, errs
}

// link resolves every name and makes the nodes.
func (b *Book) link() []error {
	var errs []error
	for i := range b.flows {
		f := &b.flows[i]
		for j := range f.Steps {
			s := &f.Steps[j]
			b.steps[s.Place] = &node{Step: *s}
		}
	}
	names := map[string]string{} // flow name → start
	for i := range b.flows {
		names[b.flows[i].Name] = b.flows[i].Start
	}
	find := func(s *Step, p *Place) *node {
		if *p == (Place{}) {
			return nil
		}
		if p.Step == "" { // a bare word: a step of this flow, or else a flow
			if n, ok := b.steps[Place{s.Place.Flow, p.Flow}]; ok {
				*p = n.Place
				return n
			}
			p.Step = names[p.Flow]
		}
		n, ok := b.steps[*p]
		if !ok {
			want := p.String()
			if p.Step == "" {
				want = p.Flow
			}
			errs = append(errs, fmt.Errorf("%s: step %q leads to %q, which is not there%s", s.File, s.Place.Step, want, nearest(want, b.targets(s.Place.Flow))))
			return nil
		}
		return n
	}
	for i := range b.flows {
		f := &b.flows[i]
		for j := range f.Steps {
			s := &f.Steps[j]
			n := b.steps[s.Place]
			for k := range s.Choices {
				a := &s.Choices[k]
				n.ways = append(n.ways, way{answer: a, to: find(s, &a.To)})
				n.offer = append(n.offer, a.Choice)
			}
			for k := range s.Branch {
				br := &s.Branch[k]
				n.branch = append(n.branch, turnout{yes: bits(br.If), no: bits(br.Not), to: find(s, &br.To)})
			}
			n.to = find(s, &s.To)
			n.Step = *s
		}
		for _, at := range []struct{ key, name string }{{"start", f.Start}, {"again", f.Again}} {
			if _, ok := b.steps[Place{f.Name, at.name}]; !ok {
				errs = append(errs, fmt.Errorf("%s: %s = %q is not a step of this flow%s", f.File, at.key, at.name, nearest(at.name, b.targets(f.Name))))
			}
		}
		b.again[f.Name] = b.steps[Place{f.Name, f.Again}]
	}
	return append(errs, b.enter(names)...)
}

// enter finds the steps that events lead to.
func (b *Book) enter(names map[string]string) []error {
	var errs []error
	for _, e := range []struct {
		to     **node
		p      Place
		open   bool // may be sensitive: reached in an open sitting only
		reason string
	}{
		{&b.entry.arrival, Place{"arrival", names["arrival"]}, false, "every conversation begins there"},
		{&b.entry.cover, Place{"check", "cover"}, false, "it is what is shown when nothing else may be"},
		{&b.entry.person, Place{"handoff", "person"}, false, "9 leads there"},
		{&b.entry.left, Place{"closing", "left"}, false, "0 leads there"},
		{&b.entry.erased, Place{"closing", "erased"}, false, "00 leads there"},
		{&b.entry.hello, Place{"return", "hello"}, false, "return words lead there"},
		{&b.entry.taken, Place{"handoff", "taken"}, true, "an adviser's claim leads there"},
		{&b.entry.lost, Place{"handoff", "lost"}, true, "a lost adviser leads there"},
		{&b.entry.expired, Place{"handoff", "expired"}, true, "an unanswered handoff leads there"},
		{&b.entry.selfharm, Place{"hurt", "selfharm"}, true, "words about hurting oneself lead there"},
		{&b.entry.consent, Place{"consent", names["consent"]}, true, "an adviser's question for a yes leads there"},
		{&b.entry.report, Place{"outcomes", names["outcomes"]}, true, "the self-report that an adviser offers begins there"},
		{&b.entry.ended, Place{"closing", "ended"}, true, "the end of an adviser's talk leads there"},
	} {
		n, ok := b.steps[e.p]
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("step %q is missing: %s; add it to flow %q", e.p.String(), e.reason, e.p.Flow))
		case n.Sensitive && !e.open:
			errs = append(errs, fmt.Errorf("%s: step %q must not be sensitive: %s, also before a sitting is open", n.File, e.p.Step, e.reason))
		}
		*e.to = n
	}
	return errs
}

// targets are the names a step of this flow may lead to.
func (b *Book) targets(flow string) []string {
	var out []string
	for p := range b.steps {
		if p.Flow == flow {
			out = append(out, p.Step)
		}
		out = append(out, p.String())
	}
	slices.Sort(out)
	return out
}
