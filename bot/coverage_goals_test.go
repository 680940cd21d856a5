package bot

import (
	"fmt"
	"slices"
	"strings"

	"quietline/flows"
)

// takeMarksOf takes the marks of the ways out of what the record says and sends, and tells which they were.
func takeMarksOf(t *talk) (marks []string) {
	if t == nil {
		return nil
	}
	clean := func(said string) string {
		return pack(slices.DeleteFunc(unpack(said), func(p part) bool {
			is := p.Kind == "" && strings.HasPrefix(p.ID, "edge.")
			if is {
				marks = append(marks, p.ID)
			}
			return is
		}))
	}
	for i := range t.Out {
		t.Out[i].Said = clean(t.Out[i].Said)
	}
	for i := range t.Log {
		t.Log[i].Said = clean(t.Log[i].Said)
	}
	t.Out = slices.DeleteFunc(t.Out, func(x outmsg) bool { return x.Said == "" && x.Text == "" && len(x.Choices) == 0 })
	t.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return e.Said == "" && e.Text == "" })
	return marks
}

// goals are what a deed reached: ways by their marks, items of menus, and the two ways out, whose words are not in the record.
func (o *tour) goals(before, after flows.State, f flows.Facts, d deed, marks []string) (out []string) {
	out = append(out, marks...)
	if s, ok := o.content.Book.Step(flows.Place{Flow: before.Flow, Step: before.Step}); d.do == doTap && ok && s.Menu != "" && s.Menu != "languages" {
		out = append(out, fmt.Sprintf("item %s %s", s.Place, d.arg))
	}
	from := map[string]string{string(flows.Leave): "left", string(flows.Erase): "erased"}[d.arg]
	if d.do == doKey && from != "" {
		st, _ := o.content.Book.Step(flows.Place{Flow: "closing", Step: from})
		for i, b := range st.Branch {
			holds := func(names []string, want bool) bool {
				return !slices.ContainsFunc(names, func(n string) bool { return map[string]bool{"web": o.page(), "clears": o.limits.Clears}[n] != want })
			}
			if holds(b.If, true) && holds(b.Not, false) {
				for id, w := range o.ways {
					if w.from == st.Place && w.what == fmt.Sprintf("branch %d", i+1) {
						out = append(out, id)
					}
				}
				break
			}
		}
	}
	return out
}

// all are all goals there are on any channel.
func (o *tour) all() map[string]string {
	out := map[string]string{}
	for id, w := range o.ways {
		out[id] = w.String()
	}
	for _, f := range o.content.Book.Flows() {
		for _, s := range f.Steps {
			var items []string
			switch s.Menu {
			case "needs":
				items = append(flows.Needs(), flows.Skip, flows.More)
			case "happening":
				items = append(flows.Happenings(), flows.Skip, flows.More)
			case "countries":
				items = append(slices.Clone(tourCountries), flows.More)
			}
			for _, i := range items {
				g := fmt.Sprintf("item %s %s", s.Place, i)
				out[g] = g
			}
		}
	}
	return out
}
