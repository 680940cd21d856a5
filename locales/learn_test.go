package locales

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// What words/xx.learned holds is made here, from testdata/corpus, and never from testdata/exam: `make words`.
// Learning is multinomial logistic regression over the cues of a message, by stochastic gradients (AdaGrad). How likely an
// intent must be to be taken is found by learning from all writers but one and asking what that one wrote, for each in turn.

// How learning is done. Changing the learning itself asks for learnVersion + 1; all else is in learnedOf.
const (
	learnVersion = 1
	rounds       = 12
	rate         = 0.5
	decay        = 1e-4 // of weights
	misspelling  = 0.4  // of messages, in each round
	strangers    = 0.25 // of messages get a word that is none: names and words nobody foresaw mean nothing
	hardness     = 2    // a hard negative counts so many times
	keptCues     = 100000
	fewHard      = 0.05 // of the hard negatives may be taken for danger, self-harm, a wish for a person, back
)

// leastBar is the lowest bar of each intent: high for what takes something away, low where a card too many is better.
var leastBar = [intents]float32{atLeave: 0.7, atErase: 0.65, atPerson: 0.3, atBack: 0.3, atDanger: 0.2, atSelfHarm: 0.25, atNone: 1}

// surely is how much of what is taken for leave and for erase must be right, among messages that others wrote and labelled.
var surely = map[int]float64{atLeave: 0.98, atErase: 0.985}

// A sample is a message of a corpus.
type sample struct {
	intent int
	hard   bool
	text   string
	kind   KeyKind // by its forms
	cues   []int32 // known ones
	n      int     // all
}

type learner struct {
	c     *Catalogues
	lang  string
	g     *grammar
	index map[cue]int32
	w, gg []float32
	rand  *rand.Rand
}

func corpusFiles(t testing.TB, folder, lang string) []string {
	t.Helper()
	first := "testdata/" + folder + "/" + lang
	files, err := filepath.Glob(first + "-*.tsv")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return append(files, first+".tsv")
}

func samples(t testing.TB, c *Catalogues, lang, file string) (out []*sample) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	langs := []string{lang, source}
	if lang == source {
		langs = langs[1:]
	}
	for n, line := range strings.Split(string(b), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.SplitN(line, "\t", 3)
		intent := slices.Index(Intents, fields[0])
		if intent < 0 || len(fields) < 2 {
			t.Fatalf("%s:%d is no message", file, n+1)
		}
		s := &sample{intent: intent, text: fields[1], hard: intent == atNone && len(fields) > 2 && strings.Contains(fields[2], "hard")}
		if cut := cutText(kept(s.text)); len(cut.bare) > 0 {
			s.kind = c.byForms(cut, langs, true, nil).kind
			out = append(out, s)
		}
	}
	return out
}

// iAmIn says where somebody is. A language without says the name alone.
var iAmIn = map[string]string{"en": "I am in %s", "es": "estoy en %s", "ar": "أنا في %s", "vi": "em ở %s"}

// everyday are messages that mean nothing here: the words that return words are made of, alone and by threes, and what
// people answer who type a language or a country.
func everyday(c *Catalogues, lang string) (out []*sample) {
	r := rand.New(rand.NewPCG(3, 4))
	put := func(text string) {
		if cut := cutText(kept(text)); len(cut.bare) > 0 {
			s := &sample{intent: atNone, text: text}
			s.kind = c.byForms(cut, []string{lang, source}, true, nil).kind
			out = append(out, s)
		}
	}
	for _, tag := range []string{lang, source} {
		words := c.langs[tag].ret.list
		for _, w := range words {
			put(w)
			put(bare(kept(w)))
			put(w + " " + words[r.IntN(len(words))] + " " + words[r.IntN(len(words))])
		}
	}
	for _, row := range c.table.rows {
		put(row.Own)
	}
	for _, tag := range []string{lang, source} {
		l := c.langs[tag]
		for _, cc := range sortedKeys(l.countries) {
			put(l.countries[cc])
			put(fmt.Sprintf(iAmIn[tag], l.countries[cc]))
		}
		for _, id := range c.ids { // answers written out a moment too late; what is a key by the lists may be meant as one
			m := l.messages[id]
			if text := m.forms["other"]; len(m.holders) == 0 && len(strings.Fields(text)) <= 4 {
				n := len(out)
				put(text)
				if len(out) > n && out[n].kind != NoKey {
					out = out[:n]
				}
			}
		}
	}
	return out
}

// each visits the cues of a text whose forms mean kind, each once.
func (l *learner) each(text string, kind KeyKind, visit func(cue)) {
	cut := cutText(kept(text))
	if len(cut.bare) == 0 {
		return
	}
	seen := map[cue]bool{}
	once := func(c cue) {
		if !seen[c] {
			seen[c] = true
			visit(c)
		}
	}
	once(cueOf('F', string(kind)))
	l.g.cues(cut, 0, len(cut.bare), once)
}

// look returns the cues of a text that are learned of, and how many it has.
func (l *learner) look(text string, kind KeyKind) (cues []int32, n int) {
	l.each(text, kind, func(c cue) {
		n++
		if i, ok := l.index[c]; ok {
			cues = append(cues, i)
		}
	})
	return cues, n
}

func (l *learner) likely(cues []int32, n int) (p [intents]float64) {
	s := 1 / math.Sqrt(float64(n)+1)
	for _, i := range cues {
		row := l.w[int(i)*intents:][:intents]
		for k, w := range row {
			p[k] += float64(w)
		}
	}
	top, total := math.Inf(-1), 0.0
	for k := range p {
		p[k] *= s
		top = max(top, p[k])
	}
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		total += p[k]
	}
	for k := range p {
		p[k] /= total
	}
	return p
}

func (l *learner) step(intent int, weight float64, cues []int32, n int) {
	p := l.likely(cues, n)
	s := weight / math.Sqrt(float64(n)+1)
	for k := range p {
		d := p[k]
		if k == intent {
			d--
		}
		d *= s
		if math.Abs(d) < 1e-5 {
			continue
		}
		for _, i := range cues {
			j := int(i)*intents + k
			g := d + decay*float64(l.w[j])
			l.gg[j] += float32(g * g)
			l.w[j] -= float32(rate * g / (math.Sqrt(float64(l.gg[j])) + 1e-2))
		}
	}
}

// means is from how many learnings, each in an order of its own and with slips of its own, the weights are the mean: what
// one of them learned by chance counts less.
const means = 5

// learnMean is learnFrom, several times.
func learnMean(c *Catalogues, lang string, from []*sample) *learner {
	all := make([]*learner, means)
	var wg sync.WaitGroup
	for i := range all {
		own := make([]*sample, len(from))
		for j, s := range from {
			copied := *s
			own[j] = &copied
		}
		wg.Go(func() { all[i] = learnFrom(c, lang, own, uint64(i)) })
	}
	wg.Wait()
	mean := all[0]
	for j := range mean.w {
		sum := float32(0)
		for _, l := range all {
			sum += l.w[j]
		}
		mean.w[j] = sum / means
	}
	return mean
}

// learnFrom learns from some messages.
func learnFrom(c *Catalogues, lang string, from []*sample, seed uint64) *learner {
	l := &learner{c: c, lang: lang, g: c.langs[lang].words, index: map[cue]int32{}, rand: rand.New(rand.NewPCG(1, 2+seed))}
	times := map[cue]int{}
	for _, s := range from {
		l.each(s.text, s.kind, func(c cue) { times[c]++ })
	}
	var often []cue
	for c, n := range times {
		if n > 1 {
			often = append(often, c)
		}
	}
	slices.Sort(often)
	for i, c := range often {
		l.index[c] = int32(i)
	}
	for _, s := range from {
		s.cues, s.n = l.look(s.text, s.kind)
	}
	l.w, l.gg = make([]float32, len(l.index)*intents), make([]float32, len(l.index)*intents)
	order := l.rand.Perm(len(from))
	for range rounds {
		l.rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			s := from[i]
			cues, n := s.cues, s.n
			text := s.text
			if l.rand.Float64() < strangers {
				text = withStranger(l.rand, text, from[l.rand.IntN(len(from))].text)
			}
			if l.rand.Float64() < misspelling {
				text = misspell(l.rand, text)
			}
			if text != s.text {
				if cues, n = l.look(text, s.kind); n == 0 {
					continue
				}
			}
			weight := 1.0
			if s.hard {
				weight = hardness
			}
			l.step(s.intent, weight, cues, n)
		}
	}
	return l
}

// withStranger puts the shuffled letters of a word of another message somewhere into a text.
func withStranger(r *rand.Rand, text, other string) string {
	words, others := strings.Fields(text), strings.Fields(other)
	if len(others) == 0 {
		return text
	}
	word := []rune(others[r.IntN(len(others))])
	r.Shuffle(len(word), func(i, j int) { word[i], word[j] = word[j], word[i] })
	return strings.Join(slices.Insert(words, r.IntN(len(words)+1), string(word)), " ")
}

// misspell makes a slip or more of a thumb.
func misspell(r *rand.Rand, text string) string {
	rs := []rune(text)
	for range 1 + len(rs)/25 {
		if len(rs) < 4 {
			break
		}
		i := 1 + r.IntN(len(rs)-2)
		switch r.IntN(4) {
		case 0:
			rs = slices.Delete(rs, i, i+1)
		case 1:
			rs[i], rs[i-1] = rs[i-1], rs[i]
		case 2:
			rs = slices.Insert(rs, i, rs[i])
		case 3:
			rs[i] = rs[r.IntN(len(rs))]
		}
	}
	return string(rs)
}
