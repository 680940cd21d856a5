package check

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"quietline/flows"
	"quietline/locales"
)

// channels proves the book against what each channel carries.
func (c *checker) channels() {
	labels, _ := c.places()
	for _, ch := range c.Channels {
		for _, p := range c.order {
			c.offers(ch, p)
		}
		for _, lang := range c.Languages {
			fill := c.samples(lang)
			for _, id := range c.sent() {
				c.carried(ch, lang, id, labels[id], fill)
			}
			if ch.CallbackBytes == 0 && (ch.MaxText > 0 || ch.MaxSegments > 0) { // no buttons: the answers stand in the text
				for _, p := range c.order {
					c.question(ch, lang, p, fill)
				}
				for _, p := range c.Catalogues.Phrases() {
					c.phrase(ch, lang, p, fill)
				}
			}
		}
	}
}

// offers proves how many choices a step has, and what their ids weigh.
func (c *checker) offers(ch flows.Limits, p flows.Place) {
	s := c.steps[p]
	offered := len(s.Choices)
	if s.Menu != "" {
		offered = flows.MaxChoices
	}
	if ch.MaxChoices > 0 && offered > ch.MaxChoices {
		c.at(Channel, p, "has %d choices, %s carries %d: put the rest on a step behind a choice \"more\"", offered, ch.Channel, ch.MaxChoices)
	}
	for _, a := range s.Choices {
		if ch.CallbackBytes > 0 && len(a.ID) > ch.CallbackBytes {
			c.at(Channel, p, "choice %q is longer than the %d bytes that %s sends back: shorten its id", a.ID, ch.CallbackBytes, ch.Channel)
		}
	}
}

// sent are the messages that a channel may carry: all but those of the web page and of the desk.
func (c *checker) sent() []string {
	ids := append(c.Book.IDs(), limits...)
	for _, id := range c.Catalogues.IDs() {
		web := strings.HasPrefix(id, "page.") || strings.HasPrefix(id, "chat.") || strings.HasPrefix(id, "bot.desk.")
		if !web && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// carried proves one message in one language by itself: the bot cuts between messages first.
func (c *checker) carried(ch flows.Limits, lang, id string, label bool, fill *strings.Replacer) {
	if !c.Catalogues.Has(lang, id) {
		return // told by texts
	}
	forms, err := c.forms(lang, id)
	if err != nil {
		return // told by texts
	}
	for _, f := range forms {
		if n := utf8.RuneCountInString(f); label && ch.MaxLabel > 0 && n > ch.MaxLabel {
			c.text(Channel, lang, id, "is a label of %d letters, %s shows %d: shorten it", n, ch.Channel, ch.MaxLabel)
		}
		text := fill.Replace(f)
		if ch.MaxText > 0 && len(text) > ch.MaxText {
			c.text(Channel, lang, id, "is %d bytes long, %s carries %d: shorten it", len(text), ch.Channel, ch.MaxText)
		}
		if ch.MaxSegments == 0 {
			continue
		}
		if n := locales.Segments(locales.Texting(text)); n > ch.MaxSegments {
			c.text(Parts, lang, id, "takes %d parts with what is filled in, %s carries %d: shorten it", n, ch.Channel, ch.MaxSegments)
		}
		if sign := locales.Typographic(bare(f)); sign != "" {
			c.text(Typographic, lang, id, "holds %q, which %s cannot carry or only at the price of half its room: write it plainly", sign, ch.Channel)
			continue
		}
		if plain := locales.Texting(bare(f)); lang == "en" && !locales.GSM(plain) {
			c.text(Channel, lang, id, "holds a sign outside the GSM alphabet, which cuts the room on %s to less than half: write it with plain signs", ch.Channel)
		}
	}
}

// question proves that a question and its answers, written below it with their digits, are one message: whoever answers
// by digit must see all of them together.
func (c *checker) question(ch flows.Limits, lang string, p flows.Place, fill *strings.Replacer) {
	s := c.steps[p]
	if !s.Asks() || len(s.Say) == 0 {
		return
	}
	id := s.Say[len(s.Say)-1]
	if !c.Catalogues.Has(lang, id) {
		return // told by texts
	}
	forms, err := c.forms(lang, id)
	if err != nil {
		return // told by texts
	}
	for _, labels := range c.screens(lang, s) {
		c.together(ch, lang, id, forms, labels, "the answers of step "+p.String(), fill)
	}
}

// phrase proves the same of a question of the phrasebook.
func (c *checker) phrase(ch flows.Limits, lang string, p locales.Phrase, fill *strings.Replacer) {
	if len(p.Answers) == 0 || !c.Catalogues.Has(lang, p.ID) {
		return // it asks nothing; or told by texts
	}
	forms, err := c.forms(lang, p.ID)
	if err != nil {
		return // told by texts
	}
	var labels []string
	for _, id := range p.Answers {
		if !c.Catalogues.Has(lang, id) {
			return // told by texts
		}
		label, err := c.Catalogues.Text(lang, id, nil)
		if err != nil {
			return // told by texts
		}
		labels = append(labels, label)
	}
	c.together(ch, lang, p.ID, forms, labels, "its answers", fill)
}

// together proves that a text and the numbered labels below it are one message.
func (c *checker) together(ch flows.Limits, lang, id string, forms, labels []string, with string, fill *strings.Replacer) {
	answers := ""
	for i, l := range labels {
		answers += fmt.Sprintf("\n%d %s", i+1, l)
	}
	for _, f := range forms {
		text := locales.Texting(fill.Replace(f) + answers)
		if n := locales.Segments(text); ch.MaxSegments > 0 && n > ch.MaxSegments {
			c.text(Parts, lang, id, "takes %d parts together with %s, %s carries %d in one message: shorten it or the answers", n, with, ch.Channel, ch.MaxSegments)
		}
		if ch.MaxText > 0 && len(text) > ch.MaxText {
			c.text(Channel, lang, id, "is %d bytes long together with %s, %s carries %d: shorten it or the answers", len(text), with, ch.Channel, ch.MaxText)
		}
	}
}

// screens are the labels of a step's answers, screen by screen. Of the countries only the longest names are tried.
func (c *checker) screens(lang string, s flows.Step) [][]string {
	label := func(id string) string {
		if !c.Catalogues.Has(lang, id) {
			return "" // told by texts
		}
		text, err := c.Catalogues.Text(lang, id, nil)
		if err != nil {
			return "" // told by texts
		}
		return text
	}
	var offered []string
	last := label(flows.MsgMore)
	switch s.Menu {
	case "":
		for _, a := range s.Choices {
			offered = append(offered, label(a.Text))
		}
		return [][]string{offered}
	case "needs", "happening":
		for _, id := range items(s.Menu) {
			offered = append(offered, label(id))
		}
		if skip := label(flows.MsgSkip); longer(skip, last) < 0 {
			last = skip
		}
	case "languages":
		for _, tag := range c.Languages {
			offered = append(offered, c.own(tag))
		}
	case "countries":
		offered = c.countries(lang)
		offered = offered[:min(len(offered), flows.PageSize)]
	}
	var out [][]string
	for page := range slices.Chunk(offered, flows.PageSize) {
		out = append(out, append(slices.Clone(page), last))
	}
	return out
}

// own is a language's name in its own script.
func (c *checker) own(tag string) string {
	if l, ok := c.Catalogues.Table().Find(tag); ok {
		return l.Own
	}
	return tag
}

// countries are the names of the directory's countries in a language, the longest first.
func (c *checker) countries(lang string) []string {
	var names []string
	if c.Directory != nil {
		for _, cc := range c.Directory.Countries() {
			if name, err := c.Catalogues.CountryName(lang, cc); err == nil {
				names = append(names, name)
			}
		}
	}
	slices.SortFunc(names, longer)
	return names
}

func longer(a, b string) int { return utf8.RuneCountInString(b) - utf8.RuneCountInString(a) }

// plainest is the longest plain line of a check-in.
func (c *checker) plainest(lang string) string {
	longest := ""
	for _, id := range flows.PlainLines() {
		if text, err := c.Catalogues.Text(lang, id, nil); err == nil && len(text) > len(longest) {
			longest = text
		}
	}
	return longest
}

// samples fills placeholders with the longest of what the bot may fill in. The operator's and the adviser's own words are
// not known here: a cover is taken as 24 letters, an outside body as 80, an act as 110; the statement of duties is left
// out. The bot cuts a message that longer ones make too long.
func (c *checker) samples(lang string) *strings.Replacer {
	first := func(words []string, n int) string {
		words = slices.Clone(words)
		slices.SortFunc(words, longer)
		return strings.Join(words[:min(len(words), n)], " ")
	}
	var own, needs, when []string
	for _, tag := range c.Languages {
		own = append(own, c.own(tag))
	}
	for _, n := range flows.Needs() {
		if text, err := c.Catalogues.Text(lang, "need."+n, nil); err == nil {
			needs = append(needs, text)
		}
	}
	monday := time.Date(2026, time.January, 5, 20, 0, 0, 0, time.UTC)
	for day := range 7 {
		if text, err := c.Catalogues.When(lang, monday.AddDate(0, 0, day), time.UTC); err == nil {
			when = append(when, text+" UTC")
		}
	}
	country := ""
	if names := c.countries(lang); len(names) > 0 {
		country = names[0]
	}
	words := first(c.Catalogues.ReturnList(lang), locales.ReturnWords)
	return strings.NewReplacer(
		mark("Country"), country, mark("Cover"), strings.Repeat("x", 24), mark("Languages"), strings.Join(own, ", "),
		mark("Need"), first(needs, 1), mark("Needs"), strings.Join(needs, ", "), mark("Number"), "+1 234 567 890 12",
		mark("Body"), strings.Repeat("x", 80), mark("Whom"), strings.Repeat("x", 30), mark("What"), strings.Repeat("x", 30), mark("Why"), strings.Repeat("x", 30), mark("Till"), strings.Repeat("x", 20),
		mark("First"), first(when, 1), mark("End"), first(when, 1), mark("Line"), c.plainest(lang),
		mark("Statement"), "", mark("Until"), first(when, 1), mark("When"), first(when, 1), mark("Words"), words, mark("Duress"), words,
	)
}
