package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"quietline/directory"
	"quietline/flows"
	"quietline/locales"
)

// lang is the language in which to say something: the one chosen, else the line's own.
func (b *Bot) lang(chosen string) string {
	if chosen != "" {
		return chosen
	}
	return b.cfg.Languages[0]
}

// policy is what the operator shows of numbers that nobody has tried.
func (cfg *Config) policy() directory.Unchecked {
	if cfg.Hide {
		return directory.HideUnchecked
	}
	return directory.ShowUnchecked
}

// blocks words one part of what the bot says.
func (b *Bot) blocks(c *Content, lang, country string, p *part, acts []act) []Block {
	arg := func(i int) string {
		if i < len(p.Args) {
			return p.Args[i]
		}
		return ""
	}
	switch p.Kind {
	case partCard:
		return c.Card(lang, p.ID, true, b.cfg.policy())
	case partShort:
		return c.Card(lang, p.ID, false, b.cfg.policy())
	case partLines:
		return c.Lines(lang, p.ID, arg(0), b.cfg.policy())
	case partRights:
		return c.Rights(lang, p.ID)
	case partSummary:
		a, ok := summaryOf(p.Args)
		if !ok {
			return nil
		}
		return append(c.Summary(lang, a), c.always(lang, a)...)
	case partAct:
		return c.actBlock(lang, p, acts)
	case partOutcomes:
		return c.Outcomes(lang, p.Args)
	case partService:
		return c.ServiceCard(lang, arg(0), p.ID, b.cfg.policy())
	case partTap:
		return []Block{text(c.label(lang, p.ID, arg(0), arg(1)))}
	}
	args := c.wordArgs(lang, country, p.Args)
	if _, ok := args["Statement"]; ok { // it is looked up when shown, never stored
		if args["Statement"], ok = b.cfg.Duties[lang]; !ok {
			args["Statement"] = b.cfg.Duties[b.cfg.Languages[0]]
		}
	}
	if country, ok := args["Number"]; ok {
		args["Number"] = locales.LTR(c.firstNumber(country.(string), b.cfg.policy()))
	}
	return []Block{text(c.say(lang, p.ID, args))}
}

// firstNumber is the number of a country that is named first: of a help line, else the emergency number, or none.
func (c *Content) firstNumber(country string, policy directory.Unchecked) string {
	for _, s := range c.Directory.Services(country, "", policy) {
		if s.Phone != "" {
			return s.Phone
		}
	}
	known, _ := c.Directory.Country(country)
	if known.HasEmergency() {
		return known.Emergency.Numbers[0].Digits
	}
	return ""
}

// label words a choice: a message, or the own name of a language or country.
func (c *Content) label(lang, id, menu, value string) string {
	switch menu {
	case "language":
		if l, ok := c.Words.Table().Find(value); ok {
			return l.Own
		}
		return value
	case "country":
		return c.country(lang, value)
	}
	return c.say(lang, id, nil)
}

// country is a country's name, or its code where the language has none.
func (c *Content) country(lang, code string) string {
	if name, err := c.Words.CountryName(lang, code); err == nil {
		return name
	}
	return code
}

// wordArgs words stored arguments: codes and times become names and local times.
func (c *Content) wordArgs(lang, country string, stored []string) locales.Args {
	if len(stored) == 0 {
		return nil
	}
	args := make(locales.Args, len(stored)/2)
	for i := 0; i+1 < len(stored); i += 2 {
		name, v := stored[i], stored[i+1]
		switch name {
		case "Country":
			args[name] = c.country(lang, v)
		case "When", "Until":
			args[name] = c.when(lang, country, v)
		case "Languages":
			var own []string
			for _, tag := range strings.Fields(v) {
				own = append(own, c.label(lang, "", "language", tag))
			}
			args[name] = strings.Join(own, ", ")
		case "Need", "Needs":
			var ns []string
			for _, n := range strings.Fields(v) {
				ns = append(ns, c.say(lang, "need."+n, nil))
			}
			args[name] = strings.Join(ns, ", ")
		case "First", "End":
			args[name] = c.hoursOf(lang, v)
		case "Line":
			args[name] = c.say(lang, "ask.line."+v, nil)
		case "Ahead", "Count":
			n, _ := strconv.Atoi(v)
			args[name] = n
			args["Count"] = n
		default:
			args[name] = v
		}
	}
	return args
}

// when words a time in the country's own zone, or in UTC and saying so where a country has several or none is known.
func (c *Content) when(lang, country, stored string) string {
	s, err := strconv.ParseInt(stored, 10, 64)
	if err != nil || s <= 0 {
		return ""
	}
	zone, mark := time.UTC, " UTC"
	if known, _ := c.Directory.Country(country); known.Zone != "" {
		if z, err := time.LoadLocation(known.Zone); err == nil {
			zone, mark = z, ""
		}
	}
	w, err := c.Words.When(lang, time.Unix(s, 0), zone)
	if err != nil {
		return ""
	}
	return w + mark
}

// render makes the message that a channel sends: the next piece of it, where one message of the channel does not carry the
// whole. It reports whether it is the last.
func (b *Bot) render(c *Content, t *talk, o *outmsg, limits flows.Limits) (out Outbound, last bool) {
	lang := b.lang(o.Lang)
	out = Outbound{To: Hide(t.Address), Lang: lang, Turn: turnOfOut(o.ID), Until: at(o.Until), Made: at(o.Made), Known: t.hasReceipt}
	if !o.Still {
		out.Stale = t.staleKeys()
	}
	words := o.Text
	if words == "" {
		var all []Block
		parts := unpack(o.Said)
		for i := range parts {
			bs := b.blocks(c, lang, t.Country, &parts[i], t.Acts)
			if limits.MaxSegments > 0 {
				bs = fewer(bs)
			}
			all = append(all, bs...)
		}
		words = c.Plain(lang, all)
	}
	// The phone may lie open: its screen shows the first line of every piece.
	away := t.Last > 0 && b.cfg.Now().Sub(at(t.Last)) >= awayFor && !o.Kept && t.Beforehand == nil
	for i, ch := range o.Choices {
		label := c.label(lang, ch.Text, ch.Menu, ch.ID)
		if limits.MaxSegments > 0 {
			label = locales.Texting(label)
		}
		out.Choices = append(out.Choices, Choice{ID: ch.ID, Digit: i + 1, Label: label})
	}
	head := b.cfg.Cover + "\n"
	if limits.MaxSegments > 0 {
		head = locales.Texting(head)
	}
	cut := pieces("", words, out.Choices, limits)
	if away || o.Piece > 0 || len(cut) > 1 { // cut the same whether the cover stands above a piece or not: the next begins where it ended
		cut = pieces(head, words, out.Choices, limits)
	}
	n := min(o.Piece, len(cut)-1)
	last = n == len(cut)-1
	if away {
		cut[n] = head + cut[n]
	}
	out.ID, out.Text = o.ID, Hide(cut[n])
	if n > 0 {
		out.ID += "." + strconv.Itoa(n)
	}
	if !last {
		out.Choices = nil
	}
	return out, last
}

// hasReceipt says whether a message of this id is one that was sent to the person.
func (t *talk) hasReceipt(id string) bool {
	return slices.ContainsFunc(t.Receipts, func(r receiptSealed) bool { return r.ID == id })
}

// fewestServices is how many help lines a text message names; a page names all.
const fewestServices = 3

// fewer leaves out the services past the first few, which are the checked and the most fitting ones.
func fewer(bs []Block) []Block {
	n := 0
	return slices.DeleteFunc(bs, func(k Block) bool {
		if k.Kind == "service" {
			n++
		}
		return k.Kind == "service" && n > fewestServices
	})
}

// line words one line of the log.
func (b *Bot) line(c *Content, lang, country string, e *entry, acts []act) Line {
	l := Line{Seq: e.Seq, From: From(e.From), At: at(e.At), Held: e.Held, Pause: e.Pause, Mark: e.Mark}
	if e.Text != "" {
		l.Blocks = []Block{text(e.Text)}
		return l
	}
	parts := unpack(e.Said)
	for i := range parts {
		l.Blocks = append(l.Blocks, b.blocks(c, lang, country, &parts[i], acts)...)
	}
	return l
}
