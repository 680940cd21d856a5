package bot

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"quietline/flows"
	"quietline/locales"
)

// understand turns a message into an event. A text is never more than that here: what it says stays outside.
func (tn *turn) understand(in *Inbound, hit wordHit) (ev flows.Event, tap *part, stale bool) {
	t := tn.t
	switch {
	case hit.found && hit.duress:
		return flows.Event{Kind: flows.Duress}, nil, false
	case hit.found:
		return flows.Event{Kind: flows.Return}, nil, false
	case in.Key != "":
		return flows.Event{Kind: in.Key}, nil, false
	case in.Other && in.Text.Empty():
		return flows.Event{Kind: flows.Free}, nil, false
	}
	offer := tn.Book.Choices(tn.st)
	if in.Page && tn.Book.Begins(tn.st) {
		offer = tn.Book.Choices(tn.firstQuestion(in.Lang != "", in.Country != ""))
	}
	chose := func(c flows.Choice) (flows.Event, *part, bool) {
		p := part{Kind: partTap, ID: c.Text}
		if c.Menu != "" {
			p.Args = []string{c.Menu, c.ID}
		}
		return flows.Event{Kind: flows.Chose, Choice: c.ID}, &p, false
	}
	if in.Choice != "" {
		if in.Turn != "" && in.Turn != turnOf(t) {
			return ev, nil, true
		}
		i := slices.IndexFunc(offer, func(c flows.Choice) bool { return c.ID == in.Choice })
		if i < 0 {
			return ev, nil, true
		}
		return chose(offer[i])
	}
	if in.Digit > 0 {
		if in.Turn != strconv.FormatUint(t.Asked, 10) || in.Digit > len(offer) {
			return ev, nil, true
		}
		return chose(offer[in.Digit-1])
	}
	var langs []string
	if t.Lang != "" {
		langs = []string{t.Lang, "en"}
		if t.Lang == "en" {
			langs = langs[1:]
		}
	}
	if cc, ok := tn.placed(in, offer); ok {
		return chose(flows.Choice{ID: cc, Menu: "country"})
	}
	if c, ok := tn.writtenOut(in, offer); ok {
		return chose(c)
	}
	key := tn.Words.Keys(in.Text.Reveal(), langs, tn.Directory.TypedEmergencyNumbers(t.Country)...)
	named := func(id string) (flows.Event, *part, bool) {
		if i := slices.IndexFunc(offer, func(c flows.Choice) bool { return c.ID == id }); i >= 0 {
			return chose(offer[i])
		}
		return flows.Event{Kind: flows.Free}, nil, false
	}
	if in.Edited && slices.Contains(answers, key.Kind) { // it was the answer to another question
		key = locales.Key{}
	}
	switch key.Kind {
	case locales.ChoiceKey:
		if key.Digit <= len(offer) {
			return chose(offer[key.Digit-1])
		}
	case locales.YesKey:
		return named("yes")
	case locales.NoWordKey:
		return named("no")
	case locales.LeaveKey:
		return flows.Event{Kind: flows.Leave}, nil, false
	case locales.EraseKey:
		return flows.Event{Kind: flows.Erase}, nil, false
	case locales.PersonKey:
		return flows.Event{Kind: flows.Person}, nil, false
	case locales.BackKey:
		return flows.Event{Kind: flows.Back}, nil, false
	case locales.UrgentKey:
		return flows.Event{Kind: flows.Urgent}, nil, false
	case locales.DangerKey:
		return flows.Event{Kind: flows.Danger}, nil, false
	case locales.SelfHarmKey:
		return flows.Event{Kind: flows.SelfHarm}, nil, false
	}
	return flows.Event{Kind: flows.Free}, nil, false
}

// writtenOut is the offered answer that a text is, as it is shown to the person.
func (tn *turn) writtenOut(in *Inbound, offer []flows.Choice) (flows.Choice, bool) {
	said := plainWords(in.Text.Reveal())
	if in.Edited || said == "" {
		return flows.Choice{}, false
	}
	i := slices.IndexFunc(offer, func(c flows.Choice) bool {
		return plainWords(tn.Content.label(cmp.Or(tn.t.Lang, "en"), c.Text, c.Menu, c.ID)) == said
	})
	if i < 0 {
		return flows.Choice{}, false
	}
	return offer[i], true
}

func plainWords(s string) string {
	return strings.Join(strings.FieldsFunc(locales.Normal(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }), " ")
}

// desk is what the adviser is given of a message: words, or that it was none.
func (tn *turn) desk(in *Inbound) string {
	words := in.Text.Reveal()
	mark := ""
	switch {
	case in.Other:
		mark = tn.Content.say("en", "bot.desk.other", nil)
	case in.Edited:
		mark = tn.Content.say("en", "bot.desk.edited", nil)
	}
	if mark != "" && words != "" {
		mark += " "
	}
	return mark + words
}

// firstQuestion is the state that a sitting begins with.
func (tn *turn) firstQuestion(lang, country bool) flows.State {
	f := tn.facts()
	f.Language, f.Country = f.Language || lang, f.Country || country
	st, _ := flows.Next(tn.Book, tn.st, flows.Event{Kind: flows.Begin, Facts: f})
	return st
}

func (tn *turn) offered(choice string) bool {
	return slices.ContainsFunc(tn.Book.Choices(tn.st), func(c flows.Choice) bool { return c.ID == choice })
}

// answers are the keys that mean something only as the answer to the question that stands.
var answers = []locales.KeyKind{locales.ChoiceKey, locales.YesKey, locales.NoWordKey, locales.BackKey}
