package check

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"quietline/flows"
	"quietline/locales"
)

// firsts are the flows in the order a person meets them; others follow by name.
var firsts = []string{"arrival", "check", "handoff"}

// state says in plain words how far a flow was reviewed.
func state(f flows.Flow) string {
	switch f.Review {
	case "read":
		return fmt.Sprintf("read by a practitioner (%s, %s)", f.ReadBy, f.ReadOn)
	case "tried":
		return fmt.Sprintf("tried with paid survivor advisers (%s, %s)", f.ReadBy, f.ReadOn)
	}
	return "drafted: nobody else has read it yet"
}

// inOrder are a book's flows as a reader meets them.
func inOrder(b *flows.Book) []flows.Flow {
	all := slices.Clone(b.Flows())
	place := func(f flows.Flow) int {
		if i := slices.Index(firsts, f.Name); i >= 0 {
			return i
		}
		return len(firsts)
	}
	slices.SortStableFunc(all, func(a, b flows.Flow) int { return place(a) - place(b) })
	return all
}

// Page returns the page that shows the drawings of all flows, in Markdown. The drawing of a flow is dir/NAME.svg beside it.
func Page(b *flows.Book, dir string) []byte {
	var out bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&out, format, args...) }
	p(`# The conversations

What the automatic service says, in what order, and which answer leads where. For whoever reviews it; no programming is
needed. This page and its drawings are made from the flows and the English texts by ` + "`quietline check --graph docs`" + `: do not
edit them. ` + "`quietline check --transcript es`" + ` prints the same as text, in Spanish; and so in every language.

How to read a drawing:

- A box is a step: what is said, then in small letters what else is shown or done. Its name stands above.
- Under a box stand the answers, or what decides, each on the arrow along which it leads.
- A green box with a plain edge may be seen by anybody who looks at the screen: it must say nothing that tells. A blue box
  with a broken edge is shown only after the person has said that nobody sees.
- A box with a thick edge ends there. A yellow pill leads on elsewhere: to another flow, or to a step of this one.
- Not drawn, because they work at every step: 0 leaves, 00 deletes everything, 9 brings a person, 8 goes back, 99 and words
  of danger bring the emergency card. [Square brackets] are filled in when it is said.

`)
	all := inOrder(b)
	for _, f := range all {
		p("- [%s](#%s)\n", f.Name, f.Name)
	}
	for _, f := range all {
		p("\n## %s\n\n%s\n\nReview: %s. File: `%s`.\n\n", f.Name, f.Rationale, state(f), f.File)
		p("![The flow %s, step by step](%s/%s.svg)\n", f.Name, dir, f.Name)
	}
	return out.Bytes()
}

// Transcript returns all flows as they read in a language, or the one named. Every step stands there once and every way on
// once: a path is followed until it comes to what was shown before, and then the next one is taken up where it left.
func Transcript(words *locales.Catalogues, lang string, b *flows.Book, only string) []byte {
	t := teller{plain: plain{words, lang}, steps: map[flows.Place]flows.Step{}, told: map[flows.Place]bool{}}
	for _, f := range b.Flows() {
		for _, s := range f.Steps {
			t.steps[s.Place] = s
		}
	}
	for _, f := range inOrder(b) {
		if only != "" && f.Name != only {
			continue
		}
		fmt.Fprintf(&t.out, "%s\n%s\n%s\n\nReview: %s.\n", strings.ToUpper(f.Name), strings.Repeat("=", len(f.Name)), strings.Join(wrap(f.Rationale, 100), "\n"), state(f))
		t.flow = f
		for _, s := range f.Steps {
			if s.Place.Step == f.Start || leads(f, s) != "" {
				t.from(s.Place, "")
			}
		}
		for _, s := range f.Steps {
			t.from(s.Place, "another flow leads here")
		}
		t.out.WriteByte('\n')
	}
	return t.out.Bytes()
}

// A teller writes one transcript.
type teller struct {
	plain
	flow  flows.Flow
	steps map[flows.Place]flows.Step
	told  map[flows.Place]bool
	out   bytes.Buffer
}

// from tells all that follows from a step that was not told yet.
func (t *teller) from(at flows.Place, why string) {
	if t.told[at] {
		return
	}
	if w := leads(t.flow, t.steps[at]); w != "" {
		why = w
	}
	fmt.Fprintf(&t.out, "\n--- %s", at)
	if why != "" {
		fmt.Fprintf(&t.out, " (%s)", why)
	}
	t.out.WriteString("\n")
	todo := t.tell(at)
	for len(todo) > 0 { // the last one left is the nearest to what was just read
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		fmt.Fprintf(&t.out, "\n--- back at %s\n", next.at)
		todo = append(todo, t.follow(next.at, next.road)...)
	}
}

// A left is a way on that was not followed yet.
type left struct {
	at   flows.Place
	road road
}

// tell says a step and follows its first way on; the others are left.
func (t *teller) tell(at flows.Place) []left {
	s := t.steps[at]
	t.told[at] = true
	seen := ""
	if !s.Sensitive && len(s.Say) > 0 {
		seen = " (anybody may see this)"
	}
	for i, id := range s.Say {
		note := ""
		if i == 0 {
			note = seen
		}
		t.lines("  ", t.text(id)+note)
	}
	for _, e := range s.Do {
		t.lines("  + ", t.does(e))
	}
	if s.Menu != "" {
		t.lines("  + ", "offers "+listed[s.Menu])
		for _, id := range items(s.Menu) {
			t.lines("     ", t.text(id))
		}
	}
	if s.Free != "" {
		t.lines("  + ", "words written here are taken and answered: "+t.text(s.Free))
	}
	for i, a := range s.Choices {
		t.lines("     ", fmt.Sprintf("%d %s", i+1, t.text(a.Text)))
	}
	if s.Rest {
		t.lines("  . ", "nothing is asked")
		return nil
	}
	roads := t.roads(s)
	var todo []left
	for i := len(roads) - 1; i > 0; i-- {
		todo = append(todo, left{at, roads[i]})
	}
	if len(roads) > 0 {
		todo = append(todo, t.follow(at, roads[0])...)
	}
	return todo
}

// follow takes one way on, up to what was told before or to another flow.
func (t *teller) follow(at flows.Place, r road) []left {
	step := t.steps[at]
	for _, n := range r.notes {
		if step.Asks() {
			t.lines("> ", n)
		} else {
			t.lines("  : ", n)
		}
	}
	switch {
	case r.to.Flow != at.Flow:
		fmt.Fprintf(&t.out, "  -> goes on in the flow %s, at %s\n", r.to.Flow, r.to.Step)
		return nil
	case t.told[r.to]:
		fmt.Fprintf(&t.out, "  -> as above, at %s\n", r.to.Step)
		return nil
	}
	fmt.Fprintf(&t.out, "  -- %s\n", r.to.Step)
	return t.tell(r.to)
}

// lines writes a text, each of its lines behind a mark.
func (t *teller) lines(mark, text string) {
	for _, l := range wrap(text, 100) {
		t.out.WriteString(mark + l + "\n")
		mark = strings.Repeat(" ", len(mark))
	}
}
