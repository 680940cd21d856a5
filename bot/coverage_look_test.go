package bot

import (
	"fmt"
	"strings"
	"unicode"

	"quietline/flows"
)

// look reads all that the person can read after a deed, and fails on what must not be there.
func (o *tour) look(d deed, before, after *talk, said []part) {
	s, c := o.s, o.content
	at := fmt.Sprintf("%s: after %v at %s.%s", o.address, d, before.Flow.Flow, before.Flow.Step)
	lang := "en"
	if after.Lang == o.lang || !o.page() && before.Lang == o.lang || o.page() && before.Handle == "" && o.away != "nothing" {
		lang = o.lang
	}
	calm := !before.Flow.Open && !after.Flow.Open
	for _, p := range said {
		var words []string
		for _, b := range s.bot.blocks(c, lang, after.Country, &p, after.Acts) {
			words = append(words, b.Text+b.Name+b.Number)
			if strings.TrimSpace(b.Text+b.Name+b.Number) == "" {
				o.fail("%s: %s %s says nothing", at, p.Kind, p.ID)
			}
		}
		text := strings.Join(words, "\n")
		if p.Kind == "" {
			if !c.Words.Has(lang, p.ID) {
				o.fail("%s: %s has no words in %s", at, p.ID, lang)
			}
			o.speaks(at, lang, text)
		}
		if !calm {
			continue
		}
		if p.Kind == partTap && p.ID == "" { // a language or country
			continue
		}
		if p.Kind != "" && p.Kind != partShort && p.Kind != partTap || o.telling[p.ID] {
			o.fail("%s: %s %s is said before a sitting: %q", at, p.Kind, p.ID, text)
		}
		if p.Kind != partShort {
			if tell := c.Words.Discreet(lang, text); tell != nil {
				o.fail("%s: %q is said before a sitting: %q", at, tell, text)
			}
		}
	}
	if o.page() {
		v, err := s.bot.View(s.ctx, "web", Hide(o.address))
		s.ok(err)
		if v.Gone {
			return
		}
		if v.Lang != lang {
			o.fail("%s: the page speaks %s", at, v.Lang)
		}
		o.offered(at, lang, calm, v.Choices)
		for _, l := range v.Lines {
			if strings.TrimSpace(c.Plain(lang, l.Blocks)) == "" {
				o.fail("%s: an empty line on the page", at)
			}
			if calm && l.From == FromAdviser {
				o.fail("%s: the page shows what an adviser wrote", at)
			}
		}
		o.delivered += len(said)
		return
	}
	if len(after.Out) > 0 {
		o.fail("%s: %d messages were not sent", at, len(after.Out))
	}
	for _, out := range o.carrier.sent {
		if out.To.Reveal() != o.address { // somebody of before
			continue
		}
		o.delivered++
		if len(out.Choices) > 0 {
			o.turn = out.Turn
			o.offered(at, lang, calm, out.Choices)
		}
		if out.Lang != lang {
			o.fail("%s: in %s, not %s: %q", at, out.Lang, lang, out.WithChoices())
		}
		for line := range strings.Lines(out.WithChoices()) {
			if id := o.foreign[strings.TrimSpace(line)]; id != "" && lang != "en" {
				o.fail("%s: %s is said in English: %q", at, id, line)
			}
		}
		left := d.do == doKey && (d.arg == string(flows.Leave) || d.arg == string(flows.Erase))
		if tell := c.Words.Discreet(lang, out.Text.Reveal()); left && tell != nil {
			o.fail("%s: the goodbye says %q", at, tell)
		}
	}
	for _, f := range o.carrier.faults {
		o.fail("%s: %s", at, f)
	}
	o.carrier.faults = nil
}

// offered looks at the answers on the screen.
func (o *tour) offered(at, lang string, calm bool, choices []Choice) {
	for _, ch := range choices {
		if strings.TrimSpace(ch.Label) == "" {
			o.fail("%s: choice %q has no label", at, ch.ID)
		}
		if id := o.foreign[ch.Label]; id != "" && lang != "en" {
			o.fail("%s: %s is offered in English: %q", at, id, ch.Label)
		}
		if tell := o.content.Words.Discreet(lang, ch.Label); calm && tell != nil {
			o.fail("%s: %q is offered before a sitting", at, tell)
		}
	}
}

// speaks fails unless a longer text is written as its language is.
func (o *tour) speaks(at, lang, text string) {
	letters, arabic, marked := 0, 0, 0
	if body := o.s.cfg.Body; body != "" {
		text = strings.ReplaceAll(text, body, "")
	}
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
			if unicode.Is(unicode.Arabic, r) {
				arabic++
			}
			if r > 0x7f {
				marked++
			}
		}
	}
	switch {
	case letters < 25:
	case lang == "ar" && arabic*10 < letters*6, lang != "ar" && arabic > 0, lang == "vi" && marked*20 < letters, lang == "en" && marked > 0:
		o.fail("%s: this is not %s: %q", at, lang, text)
	}
}
