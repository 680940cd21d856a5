package check

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/BurntSushi/toml"

	"quietline/flows"
	"quietline/locales"
)

//go:embed words/*.toml
var wordFiles embed.FS

// A prose is what the checker knows of one language's sentences: words/xx.toml, which explains each list.
type prose struct {
	Orders   []string          `toml:"orders"`
	Asks     []string          `toml:"asks"`
	Calm     []string          `toml:"calm"`
	Counts   []string          `toml:"counts"`
	Promises []string          `toml:"promises"`
	Not      []string          `toml:"not"`
	Sentence int               `toml:"sentence"`
	Grade    float64           `toml:"grade"`
	Easy     map[string]string `toml:"easy"`

	orders, asks, calm, counts, promises []phrase
}

// A phrase is words in a row; one that ends in "*" stands for every word that begins so.
type phrase struct {
	written string
	words   []string
}

// proses are all languages' lists, read once: they are part of the program.
var proses = sync.OnceValues(func() (map[string]*prose, error) {
	out := map[string]*prose{}
	names, err := fs.Glob(wordFiles, "words/*.toml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var p prose
		meta, err := toml.DecodeFS(wordFiles, name, &p)
		if err != nil {
			return nil, fmt.Errorf("check/%s: %w", name, err)
		}
		if odd := meta.Undecoded(); len(odd) > 0 {
			return nil, fmt.Errorf("check/%s: unknown key %q", name, odd[0])
		}
		for _, l := range []struct {
			from []string
			to   *[]phrase
		}{{p.Orders, &p.orders}, {p.Asks, &p.asks}, {p.Calm, &p.calm}, {p.Counts, &p.counts}, {p.Promises, &p.promises}} {
			for _, written := range l.from {
				*l.to = append(*l.to, phrase{written, starred(written)})
			}
		}
		out[strings.TrimSuffix(strings.TrimPrefix(name, "words/"), ".toml")] = &p
	}
	return out, nil
})

// starred are a phrase's words; the star stays on its word.
func starred(written string) []string {
	var out []string
	for _, field := range strings.Fields(written) {
		ws := words(field)
		if n := len(ws); n > 0 && strings.HasSuffix(field, "*") {
			ws[n-1] += "*"
		}
		out = append(out, ws...)
	}
	return out
}

// words are the words of a text in small letters, in order. Accents stay: in some languages they are the word.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
}

// in finds a phrase among words, from a place on; -1: it is not there.
func (p phrase) in(ws []string) int {
	for i := 0; i+len(p.words) <= len(ws); i++ {
		if p.at(ws[i:]) {
			return i
		}
	}
	return -1
}

func (p phrase) at(ws []string) bool {
	if len(ws) < len(p.words) || len(p.words) == 0 {
		return false
	}
	for i, w := range p.words {
		if stem, wild := strings.CutSuffix(w, "*"); wild && !strings.HasPrefix(ws[i], stem) || !wild && ws[i] != w {
			return false
		}
	}
	return true
}

// within returns the first of some phrases that words hold.
func within(ps []phrase, ws []string) (phrase, bool) {
	i := slices.IndexFunc(ps, func(p phrase) bool { return p.in(ws) >= 0 })
	if i < 0 {
		return phrase{}, false
	}
	return ps[i], true
}

// A sentence is a stretch of text up to its stop.
type sentence struct {
	words []string
	asks  bool // it ends with a question mark
}

// sentences cuts a text at its stops and at the ends of lines.
func sentences(text string) []sentence {
	var out []sentence
	start := 0
	cut := func(end int, asks bool) {
		if ws := words(text[start:end]); len(ws) > 0 {
			out = append(out, sentence{ws, asks})
		}
		start = end
	}
	for i, r := range text {
		switch r {
		case '?', '؟', '？':
			cut(i, true)
		case '.', '!', '۔', '。', '！', '\n', ':', '¿', '¡', '።', '।':
			cut(i, false)
		}
	}
	cut(len(text), false)
	return out
}

// ask says whether a sentence asks for something: a question, or an order to tell, write or send.
func (p *prose) ask(s sentence) bool {
	return s.asks || slices.ContainsFunc(p.orders, func(o phrase) bool { return o.at(s.words) || len(s.words) > 1 && o.at(s.words[1:]) })
}

// promised returns the first promise that words make. "We cannot promise" is none.
func (p *prose) promised(ws []string) (phrase, bool) {
	for _, f := range p.promises {
		i := f.in(ws)
		if i >= 0 && !slices.ContainsFunc(ws[max(0, i-3):i], func(w string) bool { return slices.Contains(p.Not, w) }) {
			return f, true
		}
	}
	return phrase{}, false
}

// prose proves what one text says in one language, whoever shows it to a person.
func (c *checker) prose(lang, id string, forms []string, label bool) {
	p := c.proses[lang]
	for _, f := range forms {
		text := bare(f)
		c.mixed(lang, id, text)
		c.address(lang, id, text)
		c.carrier(lang, id, text, label)
		if p == nil {
			continue
		}
		for _, s := range sentences(text) {
			if _, calm := within(p.calm, s.words); p.ask(s) && !calm && !label {
				if f, ok := within(p.asks, s.words); ok {
					c.text(Asked, lang, id, "asks %q: the line asks nobody who they are, where they are, what happened or why; take the question out", f.written)
				}
			}
			if f, ok := within(p.counts, s.words); ok && s.asks && !label {
				c.text(Natural, lang, id, "asks %q, to which 0, 8, 9 or 99 would be an answer and is a key: ask in other words", f.written)
			}
			if f, ok := p.promised(s.words); ok {
				c.text(Promise, lang, id, "says %q, which nobody can promise or call somebody: say what is true instead", f.written)
			}
		}
		c.readable(lang, id, f, label, p)
	}
}

// addressed finds web and e-mail addresses and names that begin with @.
var addressed = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+|\b[a-z0-9][a-z0-9-]+(?:\.[a-z0-9-]{2,})*\.[a-z]{2,}\b|@[a-z0-9_]{3,}`)

// address finds a web address in prose: it would outlive what it points to, and nobody checks it.
func (c *checker) address(lang, id, text string) {
	if a := addressed.FindString(text); a != "" {
		c.text(Address, lang, id, "holds the address %q: addresses come from the directory alone, with their source; take it out (or put a space after the full stop)", a)
	}
}

// carrier finds the words that carriers and Twilio take for themselves, where a person is told to send one or may answer
// with one. "YES" as an answer is let through: it is passed on, and only lifts a block.
func (c *checker) carrier(lang, id, text string, label bool) {
	taken := func(w string) bool { return slices.Contains(locales.CarrierWords, w) }
	if w := strings.ToUpper(strings.Join(words(text), " ")); label && taken(w) && w != "YES" {
		c.text(Carrier, lang, id, "whoever writes this answer out sends %q, which the telephone carrier takes: use other words", w)
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if taken(w) && w != "END" && w != "YES" || (w == "END" || w == "YES") && strings.ToUpper(text) != text {
			c.text(Carrier, lang, id, "names the word %s, which the telephone carrier takes: never tell anybody to send it", w)
		}
	}
	for _, m := range told.FindAllStringSubmatch(text, -1) {
		if w := strings.ToUpper(m[1]); taken(w) {
			c.text(Carrier, lang, id, "tells a person to send %q, which the telephone carrier takes: name the key's digit", m[1])
		}
	}
}

// told finds a single word that is quoted, which is how a word to send is written.
var told = regexp.MustCompile(`["“«'‘]([A-Za-z]+)["”»'’]`)

// shown says whether a message may reach a person at all: what only staff read is held to none of this.
func shown(id string) bool { return !strings.HasPrefix(id, "bot.desk.") }

// openly are the messages that anybody may see though no flow says them: all of the page before its button, of the
// written conversation, and of the bot. Those that come later, or whose words any notice prints, are named.
func openly(id string) bool {
	switch id {
	case "page.danger", "page.lines", "page.rights", "page.source", "page.traces", "page.traces.text", "chat.adviser":
		return false // beyond the button, or in an open sitting
	case "page.more.hint":
		return false // the button itself, which says that words about help will appear: the page's one question
	}
	return strings.HasPrefix(id, "page.") || strings.HasPrefix(id, "chat.") || strings.HasPrefix(id, "down.") ||
		slices.Contains([]string{"bot.slow", "bot.toolong", "bot.limited", "bot.other", "bot.edited", "card.none", "card.nocountry"}, id) ||
		slices.Contains(flows.PlainLines(), id)
}
