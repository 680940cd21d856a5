package flows

import (
	"fmt"
	"slices"
)

// Traced is the book with a step on every edge that says "edge.<n>", so that a walk shows which ways it took. It also
// returns the edges' names by that id. The engine walks it like any other book.
func Traced(b *Book) (*Book, map[string]string) {
	edges := map[string]string{}
	flows := slices.Clone(b.flows)
	for i := range flows {
		f := &flows[i]
		var extra []Step
		cut := func(from Place, what string, to *Place) {
			if *to == (Place{}) {
				return
			}
			n := fmt.Sprintf("edge.%03d", len(edges))
			edges[n] = fmt.Sprintf("%s: %s → %s (%s)", f.File, from, *to, what)
			p := Place{f.Name, "edge" + n[5:]}
			extra = append(extra, Step{Place: p, File: f.File, Say: []string{n}, To: *to})
			*to = p
		}
		f.Steps = slices.Clone(f.Steps)
		for j := range f.Steps {
			s := &f.Steps[j]
			s.Choices, s.Branch = slices.Clone(s.Choices), slices.Clone(s.Branch)
			for k := range s.Choices {
				cut(s.Place, "choice "+s.Choices[k].ID, &s.Choices[k].To)
			}
			for k := range s.Branch {
				cut(s.Place, fmt.Sprintf("branch %d", k+1), &s.Branch[k].To)
			}
			cut(s.Place, "to", &s.To)
		}
		f.Steps = append(f.Steps, extra...)
	}
	t := &Book{flows: flows, steps: map[Place]*node{}, again: map[string]*node{}}
	if errs := t.link(); len(errs) > 0 {
		panic(errs[0])
	}
	return t.WithMenus(Menus{}), edges
}
