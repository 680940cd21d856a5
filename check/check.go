package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"quietline/directory"
	"quietline/flows"
	"quietline/locales"
)

// Input is everything that must fit together.
type Input struct {
	Book       *flows.Book
	Catalogues *locales.Catalogues
	Directory  *directory.Directory
	Languages  []string       // tags offered; empty: all of the catalogues
	Channels   []flows.Limits // what each channel carries; empty: no channel's limits are checked
}

// Class is a kind of fault.
type Class string

// The classes, in the order of the issue they come from: the graph, the keys, what leaves the line, the words, the channels.
const (
	Unreachable Class = "unreachable step"
	DeadEnd     Class = "dead end"
	Trap        Class = "loop without a way out" // questions that lead to each other and never to an end
	Loop        Class = "unbounded loop"         // steps that follow each other for ever with no question
	Keys        Class = "key taken away"         // 0, 00, 8 or 9 does not do what it must from some step (S2, S4)
	Choices     Class = "too many choices"       // more than flows.MaxChoices
	Unopened    Class = "sensitive before open"  // S1
	Uncovered   Class = "cover not first"        // away from the web the first line is the line's harmless name
	Far         Class = "person too far"         // more than three taps from the language to waiting, or more than four messages in all (S4)
	Danger      Class = "danger not answered"    // 99, a danger word, or danger = yes is not answered in the same turn (S3)
	Silent      Class = "nobody answers"         // a message, a lost or late adviser or a silence after which nothing is said (S4)
	Consent     Class = "without consent"        // something is passed on, kept or sent that the person did not choose there (S6, S7)
	NeedsDiffer Class = "needs differ"           // the menu's needs are not the directory's

	Textless    Class = "choice without text"   // in English
	Missing     Class = "missing text"          // in a language
	Mixed       Class = "another language"      // in a text: another script, or English that nobody translated
	Plural      Class = "plural form missing"   // a number would have no text
	Placeholder Class = "placeholder mismatch"  // between a language and English
	Unknown     Class = "unknown placeholder"   // nobody fills it in
	Telling     Class = "telling word"          // in what may be shown before a sitting is open, or in a name of the line (S1)
	Natural     Class = "key as natural answer" // 0, 00, 8, 9 or 99, or a word for them, answers a question (S2)
	Asked       Class = "question not ours"     // asks who somebody is, where they are, or why (S5)
	Promise     Class = "promise nobody keeps"  // "you are safe", "nobody will know" (S9)
	Number      Class = "number in prose"       // numbers come from the directory alone (S9)
	Address     Class = "address in prose"      // and so do web addresses
	Carrier     Class = "carrier's word"        // STOP, HELP and their like never reach us: nobody is told or made to send one
	Reading     Class = "hard to read"          // English above grade 5; elsewhere sentences that are too long
	Reviewed    Class = "drafted as reviewed"   // a flow says that it was read or tried, and it or its texts were not

	Channel     Class = "too much for a channel" // flows.Limits: buttons, labels, what a button sends back, bytes
	Parts       Class = "too many SMS parts"
	Typographic Class = "typographic sign" // in what a plain telephone is to show
)

// Classes are all kinds of fault, in the order of their description above.
func Classes() []Class {
	return []Class{
		Unreachable, DeadEnd, Trap, Loop, Keys, Choices, Unopened, Uncovered, Far, Danger, Silent, Consent, NeedsDiffer,
		Textless, Missing, Mixed, Plural, Placeholder, Unknown, Telling, Natural, Asked, Promise, Number, Address, Carrier, Reading, Reviewed,
		Channel, Parts, Typographic,
	}
}

// A Fault is one thing that is wrong, for whoever edits a flow or a catalogue.
type Fault struct {
	Class   Class
	File    string // "check.toml", "es.toml"; empty: the whole book
	Step    string // "check.unseen", or the message id for a text; empty: the whole file
	Lang    string // for texts
	Message string // file, step, what is wrong and what mends it
}

// Error is the message: a Fault is an error.
func (f Fault) Error() string { return f.Message }

// Check proves the input and returns all faults, sorted by file and step; none: the book may meet people.
func Check(in Input) []Fault {
	c := checker{Input: in, steps: map[flows.Place]flows.Step{}, seen: map[Fault]bool{}}
	if len(c.Languages) == 0 {
		for _, l := range in.Catalogues.Languages() {
			c.Languages = append(c.Languages, l.Tag)
		}
	}
	for _, f := range in.Book.Flows() {
		for _, s := range f.Steps {
			c.steps[s.Place] = s
			c.order = append(c.order, s.Place)
		}
	}
	proses, err := proses()
	if err != nil {
		return []Fault{{Message: err.Error()}}
	}
	c.proses = proses
	c.graph()
	c.loops()
	c.shape()
	c.keys()
	c.reachPerson()
	c.danger()
	c.silence()
	c.consent()
	c.reviews()
	c.texts()
	c.rights()
	c.channels()
	slices.SortStableFunc(c.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Step, b.Step), cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Class, b.Class))
	})
	return c.faults
}

type checker struct {
	Input
	steps  map[flows.Place]flows.Step
	order  []flows.Place
	reach  map[node]bool
	proses map[string]*prose
	faults []Fault
	seen   map[Fault]bool
}

// at adds a fault of a step.
func (c *checker) at(class Class, p flows.Place, format string, args ...any) {
	file := c.steps[p].File
	c.add(Fault{Class: class, File: file, Step: p.String(), Message: fmt.Sprintf("%s: step %s: ", file, p.Step) + fmt.Sprintf(format, args...)})
}

// text adds a fault of a message in a language.
func (c *checker) text(class Class, lang, id, format string, args ...any) {
	file := lang + ".toml"
	c.add(Fault{Class: class, File: file, Step: id, Lang: lang, Message: fmt.Sprintf("%s: message %q%s: ", file, id, c.usedBy(id)) + fmt.Sprintf(format, args...)})
}

func (c *checker) add(f Fault) {
	if !c.seen[f] {
		c.seen[f] = true
		c.faults = append(c.faults, f)
	}
}

// usedBy names the first step that says or offers a message.
func (c *checker) usedBy(id string) string {
	for _, p := range c.order {
		s := c.steps[p]
		if slices.Contains(s.Say, id) || s.Free == id || slices.ContainsFunc(s.Choices, func(a flows.Answer) bool { return a.Text == id }) {
			return fmt.Sprintf(" (%s, step %s)", s.File, p.Step)
		}
	}
	return ""
}

// does says whether one of the effects is among those named.
func does(es []flows.Effect, what ...flows.Do) bool {
	return slices.ContainsFunc(es, func(e flows.Effect) bool { return slices.Contains(what, e.Do) })
}

// shape looks at each step by itself.
func (c *checker) shape() {
	for _, p := range c.order {
		s := c.steps[p]
		if n := len(s.Choices); n > flows.MaxChoices {
			c.at(Choices, p, "has %d choices, at most %d fit one screen and one digit each: put the rest on a step behind a choice \"more\"", n, flows.MaxChoices)
		}
		for _, a := range s.Choices {
			if a.ID == "leave" || a.ID == "erase" || a.ID == "person" || a.ID == "back" || a.ID == "urgent" || strings.Trim(a.ID, "0123456789") == "" {
				c.at(Keys, p, "choice %q has the name of a key, which must work everywhere: give it another id", a.ID)
			}
			if !c.Catalogues.Has("en", a.Text) {
				c.at(Textless, p, "choice %q has no text: add message %q to en.toml, or name another with text = …", a.ID, a.Text)
			}
		}
		if s.Asks() && len(s.Say) == 0 {
			c.at(Textless, p, "offers choices and says nothing: add the question to say")
		}
		if !s.Asks() && !s.Rest && s.To == (flows.Place{}) && !slices.ContainsFunc(s.Branch, func(b flows.Branch) bool { return len(b.If)+len(b.Not) == 0 }) {
			c.at(DeadEnd, p, "leads nowhere when no branch is taken: add to = …, a last branch without if, or rest = true")
		}
	}
	if !slices.Equal(flows.Needs(), directory.Needs) {
		c.add(Fault{Class: NeedsDiffer, Message: fmt.Sprintf("the needs menu offers %v, the directory has %v: make them the same", flows.Needs(), directory.Needs)})
	}
}
