package bot

import (
	"slices"
	"strings"
	"time"

	"quietline/directory"
	"quietline/flows"
	"quietline/locales"
)

// say renders a message. A message that cannot be rendered has been refused by the checker; should one slip through,
// the English stands in rather than silence, for a door that stays silent can cost a life.
func (c *Content) say(lang, id string, args locales.Args) string {
	s, err := c.Words.Text(lang, id, args)
	if err != nil && lang != "en" {
		s, err = c.Words.Text("en", id, args)
	}
	if err != nil {
		return ""
	}
	return s
}

func text(s string) Block { return Block{Kind: "text", Text: s} }

// Card is the emergency card of a country (S3). Short, it holds only the country's name and public emergency numbers,
// as any notice prints them; full, it also says who answers, offers a checked line that is not the police, and what
// else can make a person safer.
func (c *Content) Card(lang, country string, full bool, policy directory.Unchecked) []Block {
	known, _ := c.Directory.Country(country)
	name := c.country(lang, known.Code)
	if country == "" {
		name = ""
	}
	var out []Block
	if full {
		out = append(out, text(c.say(lang, "card.call", nil)))
	}
	switch {
	case known.HasEmergency():
		if name != "" {
			out = append(out, text(name))
		}
		for _, n := range known.Emergency.Numbers {
			var kinds []string
			for _, k := range n.Kinds {
				if full { // "police" would be a telling word before a sitting
					kinds = append(kinds, c.say(lang, "emergency."+string(k), nil))
				}
			}
			out = append(out, Block{Kind: "number", Name: strings.Join(kinds, " · "), Number: n.Digits, Dial: n.Digits,
				Source: strings.Join(known.Emergency.Source.URLs, " "), On: c.on(lang, known.Emergency.Checked, known.Emergency.Source)})
		}
	case name != "":
		out = append(out, text(c.say(lang, "card.none", locales.Args{"Country": name})))
	default:
		out = append(out, text(c.say(lang, "card.nocountry", nil)))
	}
	if !full {
		return out
	}
	for i, r := range known.Silent { // beside the numbers: only what the operator's own source says
		if i == 0 {
			out = append(out, text(c.say(lang, "card.silent", nil)))
		}
		out = append(out, c.right(lang, r))
	}
	if s, ok := c.Directory.NotPolice(country); ok {
		out = append(out, text(c.say(lang, "card.notpolice", nil)), c.service(lang, s))
	}
	said := false
	for _, r := range known.Rights { // only what a source says; of most countries nothing is known
		if !r.Card {
			continue
		}
		if !said {
			out, said = append(out, text(c.say(lang, "card.papers", locales.Args{"Country": name}))), true
		}
		out = append(out, c.right(lang, r))
	}
	return append(out, text(c.say(lang, "card.places", nil)), text(c.say(lang, "card.where", nil)))
}

// Lines are the country's services for a need ("" for all), checked ones first, each with who answers, hours and one
// mark: checked by this line, or not tried (S9).
func (c *Content) Lines(lang, country, need string, policy directory.Unchecked) []Block {
	services := c.services(country, need, policy)
	if len(services) == 0 {
		return []Block{text(c.say(lang, "lines.none", nil))}
	}
	out := make([]Block, 0, len(services))
	for _, s := range services {
		out = append(out, c.service(lang, s))
	}
	return out
}

// reports are the kinds of line that what somebody saw may be told to.
var reports = []string{"trafficking_hotline", "labour", "police"}

// services are those for a need, or one of the other lists of flows.
func (c *Content) services(country, need string, policy directory.Unchecked) []directory.Service {
	keep := func(is func(s directory.Service) bool) []directory.Service {
		return slices.DeleteFunc(slices.Clone(c.Directory.Services(country, "", policy)), func(s directory.Service) bool { return !is(s) })
	}
	switch need {
	case flows.LinesForChildren:
		own := keep(func(s directory.Service) bool { return slices.Contains(s.Audience, "children") })
		if len(own) > 0 {
			return own
		}
		return keep(func(s directory.Service) bool { return slices.Contains(s.Audience, "all") })
	case flows.LinesForReports:
		return keep(func(s directory.Service) bool { return slices.Contains(reports, s.Kind) })
	}
	return c.Directory.Services(country, need, policy)
}

func (c *Content) service(lang string, s directory.Service) Block {
	b := Block{Kind: "service", Name: s.Name, Local: s.NameLocal, Number: s.Phone, Dial: s.Dial,
		Source: strings.Join(s.Source.URLs, " "), On: c.on(lang, s.Checked, s.Source)}
	who := "who." + string(s.Who)
	if s.Police() && !s.Who.Authority() {
		who = "lines.police"
	}
	if s.Kind == "crisis_line" { // the name seldom says for whom it is
		b.Notes = append(b.Notes, c.say(lang, "kind."+s.Kind, nil))
	}
	b.Notes = append(b.Notes, c.hours(lang, s.Hours), c.say(lang, who, nil))
	if !slices.Contains(s.Audience, "all") {
		var who []string
		for _, a := range s.Audience {
			who = append(who, c.say(lang, "audience."+a, nil))
		}
		b.Notes = append(b.Notes, strings.Join(who, ", "))
	}
	if s.Checked != nil {
		b.Notes = append(b.Notes, c.say(lang, "lines.checked", nil))
	} else {
		b.Notes = append(b.Notes, c.say(lang, "lines.untried", nil))
	}
	return b
}

// hours words a service's hours: "day and night", the week's spans, or "hours not known, you can try".
func (c *Content) hours(lang string, h directory.Hours) string {
	switch {
	case !h.Known:
		return c.say(lang, "hours.unknown", nil)
	case h.Always:
		return c.say(lang, "hours.always", nil)
	}
	var spans []string
	for _, x := range h.Stretches() {
		days := c.day(lang, x.First)
		if x.Last != x.First {
			days += "–" + c.day(lang, x.Last)
		}
		spans = append(spans, days+" "+c.Words.LTR(lang, locales.LTR(clock(x.From)+"–"+clock(x.To))))
	}
	return c.say(lang, "hours.week", locales.Args{"Spans": strings.Join(spans, ", ")})
}

func (c *Content) day(lang string, d time.Weekday) string {
	return c.say(lang, "weekday."+string(rune('1'+(int(d)+6)%7)), nil)
}

func clock(minute int) string {
	return string([]byte{byte('0' + minute/600), byte('0' + minute/60%10), ':', byte('0' + minute%60/10), byte('0' + minute%10)})
}

// on words the date of a fact: "checked on" if the operator tried it, else "found on".
func (c *Content) on(lang string, k *directory.Check, s directory.Source) string {
	if k != nil {
		return c.say(lang, "lines.checkedon", locales.Args{"Date": locales.LTR(k.On.Format(time.DateOnly))})
	}
	return c.say(lang, "lines.foundon", locales.Args{"Date": locales.LTR(s.ReadOn.Format(time.DateOnly))})
}

// Rights are the country's rights in plain words, each with its source.
func (c *Content) Rights(lang, country string) []Block {
	known, _ := c.Directory.Country(country)
	if len(known.Rights) == 0 {
		return []Block{text(c.say(lang, "rights.none", nil))}
	}
	out := []Block{text(c.say(lang, "rights.notadvice", nil))}
	for _, r := range known.Rights {
		out = append(out, c.right(lang, r))
	}
	return out
}

func (c *Content) right(lang string, r directory.Right) Block {
	return Block{Kind: "right", Text: c.say(lang, r.MessageID(), nil), Source: strings.Join(r.Source.URLs, " "), On: c.on(lang, nil, r.Source)}
}

// Summary is what an adviser would see of the tapped choices with the person's yes: who it is for, danger, what is
// happening, needs.
func (c *Content) Summary(lang string, a flows.Answers) []Block {
	var out []Block
	if a.Who != "" {
		out = append(out, text(c.say(lang, "summary.who."+a.Who, nil)))
	}
	if a.Danger != "" {
		out = append(out, text(c.say(lang, "summary.danger."+a.Danger, nil)))
	}
	for _, h := range a.Happening {
		out = append(out, text("• "+c.say(lang, "happening."+h, nil)))
	}
	for _, n := range a.Needs {
		out = append(out, text("• "+c.say(lang, "need."+n, nil)))
	}
	if len(out) == 0 {
		out = append(out, text(c.say(lang, "summary.nothing", nil)))
	}
	return out
}

// always is what whoever answers sees in any case, for it decides who may take the conversation and how soon; the person
// reads so beside the summary.
func (c *Content) always(lang string, a flows.Answers) []Block {
	var out []Block
	if a.Age == "child" {
		out = append(out, text("• "+c.say(lang, "summary.child", nil)))
	}
	for _, f := range a.Flags {
		out = append(out, text("• "+c.say(lang, "summary.flag."+f, nil)))
	}
	if len(out) == 0 {
		return nil
	}
	return append([]Block{text(c.say(lang, "summary.always", nil))}, out...)
}

// The marks of a summary's arguments past who and danger; a need has none.
const (
	markChild     = "child"
	markHappening = "is:"
	markFlag      = "flag:"
)

// summaryArgs are the arguments of a summary's part, from which summaryOf reads the answers again.
func summaryArgs(a flows.Answers) []string {
	args := append([]string{a.Who, a.Danger}, a.Needs...)
	for _, h := range a.Happening {
		args = append(args, markHappening+h)
	}
	for _, f := range a.Flags {
		args = append(args, markFlag+f)
	}
	if a.Age == "child" {
		args = append(args, markChild)
	}
	return args
}

func summaryOf(args []string) (a flows.Answers, ok bool) {
	if len(args) < 2 {
		return a, false
	}
	a.Who, a.Danger = args[0], args[1]
	for _, s := range args[2:] {
		if h, is := strings.CutPrefix(s, markHappening); is {
			a.Happening = append(a.Happening, h)
		} else if f, is := strings.CutPrefix(s, markFlag); is {
			a.Flags = append(a.Flags, f)
		} else if s == markChild {
			a.Age = "child"
		} else {
			a.Needs = append(a.Needs, s)
		}
	}
	return a, true
}

// Plain writes blocks as one text, for channels that have only text. In a right-to-left language numbers and names
// that may be Latin keep their own direction.
func (c *Content) Plain(lang string, blocks []Block) string {
	name, number := func(s string) string { return s }, func(s string) string { return s }
	if l, ok := c.Words.Table().Find(lang); ok && l.RTL() {
		name = func(s string) string { return "\u2068" + s + "\u2069" } // first strong isolate: its own direction
		number = func(s string) string { return c.Words.LTR(lang, locales.LTR(s)) }
	}
	var b strings.Builder
	for i, k := range blocks {
		if i > 0 {
			b.WriteByte('\n')
		}
		switch k.Kind {
		case "number", "service":
			if k.Name != "" {
				b.WriteString(name(k.Name) + ": ")
			}
			b.WriteString(number(k.Number))
			if len(k.Notes) > 0 {
				b.WriteString(" (" + strings.Join(k.Notes, " · ") + ")")
			}
		default:
			b.WriteString(k.Text)
		}
	}
	return b.String()
}
