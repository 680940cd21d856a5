package flows

import (
	"maps"
	"slices"
)

var needs = []string{"housing", "safety", "support", "care", "purpose", "medical", "education", "legal", "papers", "basics"}

// Needs are the codes that the needs menu offers, in its order. check proves that they are the directory's own.
func Needs() []string { return slices.Clone(needs) }

// A Flow is one flow as written.
type Flow struct {
	Name      string
	File      string // where it was read, for messages to whoever edits it
	Start     string // step names
	Again     string
	Review    string // "drafted", "read", "tried"
	ReadBy    string // who read or tried it: a role or pseudonym; unless drafted
	ReadOn    string // the day, 2006-01-02; unless drafted
	ReadAs    string // the Digest of what was read; unless drafted
	Digest    string // names what the flow does now, whatever its comments and layout
	Rationale string
	Steps     []Step
}

// A Step is one step as written, with every name resolved.
type Step struct {
	Place     Place
	File      string
	Say       []string
	Sensitive bool
	Do        []Effect
	Choices   []Answer
	Menu      string // "languages", "countries", "needs", "happening"
	To        Place  // zero: none
	Branch    []Branch
	Free      string // message id; not empty: text that is no choice is taken here
	Rest      bool
}

// Asks says whether the step waits for one of its choices.
func (s *Step) Asks() bool { return len(s.Choices) > 0 || s.Menu != "" }

// Next are all places the step can lead to, each once, in the order written.
func (s *Step) Next() []Place {
	var out []Place
	add := func(p Place) {
		if p != (Place{}) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, c := range s.Choices {
		add(c.To)
	}
	for _, b := range s.Branch {
		add(b.To)
	}
	add(s.To)
	return out
}

// An Answer is a choice as written: what it is called, what it sets and does, and where it leads.
type Answer struct {
	Choice
	Set map[string]string // "who", "age", "flag", "about", "danger", "share", "trace", "ready", "run", "at", "line", "miss", "outcome"
	Do  []Effect
	To  Place
}

// A Branch is one way on: taken when all of If hold and none of Not does. Both empty: always.
type Branch struct {
	If, Not []string
	To      Place
}

// String is "flow.step".
func (p Place) String() string { return p.Flow + "." + p.Step }

// Menus are the items of the menus that differ from line to line; see Book.WithMenus.
type Menus struct {
	Languages []string // tags, in the order offered
	Countries []string // ISO 3166-1 alpha-2 codes, in the order offered
}

// PageSize is how many items a menu shows on one screen; the sixth choice leads on.
const PageSize = MaxChoices - 1

// The choices that lead on from a menu's screen.
const (
	More = "more" // the next screen; after the last one the first
	Skip = "skip" // on the last screen of the needs and the happening menu: pick nothing
)

// A Book is all flows, ready to be walked. It does not change and may be used by any number of goroutines; slices it
// hands out are its own and must not be written to.
type Book struct {
	flows []Flow
	steps map[Place]*node
	again map[string]*node
	menus map[string][][]Choice // pages by menu
	entry struct {
		arrival, cover, person, left, erased, hello, taken, ended, lost, expired, selfharm, consent, report *node
	}
}

// Flows are the flows as written, by name.
func (b *Book) Flows() []Flow { return b.flows }

// Step finds one step as written.
func (b *Book) Step(p Place) (Step, bool) {
	n, ok := b.steps[p]
	if !ok {
		return Step{}, false
	}
	return n.Step, true
}

// IDs are all message ids the book can say or offer as a label, sorted. Menu items bring their own names and are not
// among them, except needs ("need.<code>") and what is happening ("happening.<code>").
func (b *Book) IDs() []string {
	set := map[string]bool{MsgNumber: true}
	effects := func(es []Effect) {
		for _, e := range es {
			if e.ID != "" {
				set[e.ID] = true
			}
		}
	}
	for i := range b.flows {
		for j := range b.flows[i].Steps {
			s := &b.flows[i].Steps[j]
			for _, id := range s.Say {
				set[id] = true
			}
			effects(s.Do)
			for _, c := range s.Choices {
				set[c.Text] = true
				effects(c.Do)
			}
			if s.Free != "" {
				set[s.Free] = true
			}
			if s.Menu != "" {
				set[MsgMore] = true
			}
			if s.Menu == "needs" {
				set[MsgSkip] = true
				for _, n := range needs {
					set["need."+n] = true
				}
			}
			if s.Menu == "happening" {
				set[MsgSkip] = true
				for _, h := range happenings {
					set["happening."+h] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// WithMenus is the same book with these menus.
func (b *Book) WithMenus(m Menus) *Book {
	c := *b
	c.menus = map[string][][]Choice{
		"languages": pages(m.Languages, func(id string) Choice { return Choice{ID: id, Menu: "language"} }, Choice{ID: More, Text: MsgMore}),
		"countries": pages(m.Countries, func(id string) Choice { return Choice{ID: id, Menu: "country"} }, Choice{ID: More, Text: MsgMore}),
		"needs":     pages(needs, func(id string) Choice { return Choice{ID: id, Text: "need." + id} }, Choice{ID: Skip, Text: MsgSkip}),
		"happening": pages(happenings, func(id string) Choice { return Choice{ID: id, Text: "happening." + id} }, Choice{ID: Skip, Text: MsgSkip}),
	}
	return &c
}

// pages cuts items into screens. Every screen but the last ends with "more"; the last ends with last, unless that is
// "more" and there is only one screen.
func pages(items []string, choice func(string) Choice, last Choice) [][]Choice {
	var out [][]Choice
	for chunk := range slices.Chunk(items, PageSize) {
		page := make([]Choice, 0, MaxChoices)
		for _, id := range chunk {
			page = append(page, choice(id))
		}
		out = append(out, append(page, Choice{ID: More, Text: MsgMore}))
	}
	if n := len(out); n > 0 {
		page := out[n-1][:len(out[n-1])-1]
		if last.ID != More || n > 1 {
			page = append(page, last)
		}
		out[n-1] = page
	}
	return out
}

// Choices are the choices on screen in this state, in the order of their digits; none when nothing is asked.
func (b *Book) Choices(s State) []Choice {
	n := b.at(s)
	if n == nil || n.Sensitive && !s.Open {
		return nil
	}
	return b.choices(n, s.Page)
}

// Ask is the question's choices as an effect, or false when nothing is asked.
func (b *Book) Ask(s State) (Effect, bool) {
	n := b.at(s)
	cs := b.Choices(s)
	if len(cs) == 0 {
		return Effect{}, false
	}
	return Effect{Do: Ask, Sensitive: n.Sensitive, Choices: cs}, true
}

// Aside says whether a question stands that the adviser put through the bot (Consent, Report): while the adviser holds the
// conversation, the choices of this question alone are answers; everything else the person writes is for the adviser. The
// caller takes the question back when the adviser writes, so that no digit meant for one is taken for the other.
func (b *Book) Aside(s State) bool {
	n := b.at(s)
	return n != nil && s.Open && n.Asks() && (n.Place.Flow == b.entry.consent.Place.Flow || n.Place.Flow == b.entry.report.Place.Flow)
}

// offers says whether a choice is on screen.
func (b *Book) offers(s State, id string) bool {
	return slices.ContainsFunc(b.Choices(s), func(c Choice) bool { return c.ID == id })
}

// TakesText says whether text that is no choice is welcome in this state and is to be kept for the adviser.
func (b *Book) TakesText(s State) bool {
	n := b.at(s)
	return n != nil && n.Free != "" && !s.Shut && (s.Open || !n.Sensitive)
}

// Begins says whether the next message that is no key meets the beginning: nothing was ever asked, or the sitting is
// closed and nothing is asked now. Next treats Chose, Free, Person and Back as a Begin then.
func (b *Book) Begins(s State) bool {
	if s.Flow == "" {
		return true
	}
	if s.Open {
		return false
	}
	n := b.at(s)
	return n != nil && (n.Sensitive || !n.Asks())
}

// at finds the step where a state stands: nil when it is gone from the book, or nobody can stand there any more.
func (b *Book) at(s State) *node {
	if n := b.steps[Place{s.Flow, s.Step}]; n != nil && (n.Asks() || n.Rest) {
		return n
	}
	return nil
}

// choices are what a step offers on one screen of its menu. Pages beyond the last are the first.
func (b *Book) choices(n *node, page int) []Choice {
	if n.Menu == "" {
		return n.offer
	}
	ps := b.menus[n.Menu]
	if len(ps) == 0 {
		return nil
	}
	if page < 0 || page >= len(ps) {
		page = 0
	}
	return ps[page]
}
