package locales

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

// What words/xx.learned holds is made here, from testdata/corpus, and never from testdata/exam: `make words`.
// Learning is multinomial logistic regression over the cues of a message, by stochastic gradients (AdaGrad). How likely an
// intent must be to be taken is found by learning from all writers but one and asking what that one wrote, for each in turn.

var (
	learn  = flag.Bool("learn", false, "write words/*.learned: make words")
	across = flag.Bool("across", false, "print how well each writer of a corpus is understood after learning from the others")
)

// How learning is done. Changing one of them, or what a cue is, asks for learnVersion + 1.
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

// leastBar is the lowest bar: below it hardly anything is gained. Nobody may wait for a danger card to be surer than that.
var leastBar = [intents]float32{atLeave: 0.6, atErase: 0.65, atPerson: 0.3, atBack: 0.3, atDanger: 0.2, atSelfHarm: 0.25, atNone: 1}

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
	files, err := filepath.Glob("testdata/" + folder + "/" + lang + "*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatal("no corpus of ", lang, " in ", folder, err)
	}
	slices.Sort(files)
	return files
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

// look returns the cues of a text that were seen, and how many it has.
func (l *learner) look(text string, kind KeyKind, put bool) (cues []int32, n int) {
	cut := cutText(kept(text))
	if len(cut.bare) == 0 {
		return nil, 0
	}
	seen := map[cue]bool{}
	visit := func(c cue) {
		if seen[c] {
			return
		}
		seen[c] = true
		n++
		i, ok := l.index[c]
		if !ok && put {
			i = int32(len(l.index))
			l.index[c] = i
			ok = true
		}
		if ok {
			cues = append(cues, i)
		}
	}
	visit(cueOf('F', string(kind)))
	l.g.cues(cut, 0, len(cut.bare), visit)
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

// learnFrom learns from some messages.
func learnFrom(c *Catalogues, lang string, from []*sample) *learner {
	l := &learner{c: c, lang: lang, g: c.langs[lang].words, index: map[cue]int32{}, rand: rand.New(rand.NewPCG(1, 2))}
	times := map[cue]int{}
	for _, s := range from {
		seen := map[cue]bool{}
		cut := cutText(kept(s.text))
		visit := func(c cue) {
			if !seen[c] {
				seen[c] = true
				times[c]++
			}
		}
		visit(cueOf('F', string(s.kind)))
		l.g.cues(cut, 0, len(cut.bare), visit)
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
		s.cues, s.n = l.look(s.text, s.kind, false)
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
				if cues, n = l.look(text, s.kind, false); n == 0 {
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

// A scored is one message and how likely each intent was.
type scored struct {
	*sample
	p    [intents]float64
	file string
}

// acrossWriters asks each file's messages of what was learned from the others.
func acrossWriters(c *Catalogues, lang string, sets map[string][]*sample) (out []scored) {
	for _, file := range sortedKeys(sets) {
		from := everyday(c, lang)
		for _, other := range sortedKeys(sets) {
			if other != file {
				from = append(from, sets[other]...)
			}
		}
		l := learnFrom(c, lang, from)
		for _, s := range sets[file] {
			cues, n := l.look(s.text, s.kind, false)
			out = append(out, scored{s, l.likely(cues, n), file})
		}
	}
	return out
}

// typical says whether a corpus is what most people would write. The others are as hard as can be: near pairs (5, 8, 10, 11),
// the strangest ways of saying a thing (6), talk that asks for nothing (9). There is learned from them, but they say nothing of
// how often a message of any kind comes, and so nothing of where a bar should be.
func typical(file string) bool {
	for _, end := range []string{"-5", "-6", "-8", "-9", "-10", "-11"} {
		if strings.HasSuffix(file, end+".tsv") {
			return false
		}
	}
	return true
}

// bars are the thresholds: for what may be taken away the one from which hardly any is wrong, for the others the one from
// which few hard negatives pass.
func bars(all []scored) (need [intents]float32) {
	hard := 0
	for _, s := range all {
		if s.hard {
			hard++
		}
	}
	for k := range atNone {
		var of []scored
		for _, s := range all {
			if s.p[k] > 0.05 {
				of = append(of, s)
			}
		}
		sort.SliceStable(of, func(i, j int) bool { return of[i].p[k] > of[j].p[k] })
		right, wrong, hardWrong := 0, 0, 0
		need[k] = 0.95
		for i, s := range of {
			switch {
			case s.intent == k:
				right++
			default:
				wrong++
				if s.hard {
					hardWrong++
				}
			}
			if i+1 < len(of) && of[i+1].p[k] == s.p[k] {
				continue
			}
			ok := float64(hardWrong) <= fewHard*float64(hard)
			if sure := surely[k]; sure > 0 {
				ok = float64(right) >= sure*float64(right+wrong)
			}
			if ok {
				need[k] = float32(s.p[k])
			}
		}
		need[k] = max(need[k], leastBar[k])
	}
	need[atNone] = 1
	return need
}

func report(name string, need [intents]float32, all []scored) {
	l := &learned{head: head{Need: need}}
	var n, found, falses, hards [intents]int
	hard := 0
	for _, s := range all {
		var p likely
		for k := range p {
			p[k] = float32(s.p[k])
		}
		got := slices.Index(Intents, intentOf(l.decide(p, formed{kind: s.kind}, len(cutText(kept(s.text)).bare))))
		n[s.intent]++
		if s.hard {
			hard++
		}
		if got == s.intent {
			found[got]++
			continue
		}
		falses[got]++
		if s.hard {
			hards[got]++
		}
	}
	fmt.Printf("%s, %d messages, %d hard\n", name, len(all), hard)
	for k, intent := range Intents {
		fmt.Printf("  %-9s %5d recall %5.1f precision %5.1f hard %4.1f need %.2f\n", intent, n[k], 100*share(found[k], n[k]), 100*share(found[k], found[k]+falses[k]), 100*share(hards[k], hard), need[k])
	}
}

// learnedOf is what a learned file is learned from: the words, the texts, the corpora, what a cue is, and how.
func learnedOf(t testing.TB, lang string) [32]byte {
	t.Helper()
	h := sha256.New()
	fmt.Fprintln(h, learnVersion, rounds, rate, decay, misspelling, strangers, hardness, keptCues, fewHard, leastBar, surely, iAmIn)
	files := []string{"languages.toml", lang + ".toml", source + ".toml", "words/" + lang + ".toml", "words/" + source + ".toml", "words/return." + lang + ".toml", "words/return." + source + ".toml"}
	for _, code := range []string{"cues", "normal", "match", "whole", "grammar", "spelling", "arabizi", "together"} {
		files = append(files, code+".go")
	}
	for _, file := range append(files, corpusFiles(t, "corpus", lang)...) {
		b, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		fmt.Fprintln(h, file, len(b))
		h.Write(b)
	}
	return [32]byte(h.Sum(nil))
}

// bytes is the file: only the cues that weigh most.
func (l *learner) bytes(t testing.TB, of [32]byte, need [intents]float32) []byte {
	type heavy struct {
		cue  cue
		at   int
		much float64
	}
	var all []heavy
	top := 0.0
	for c, i := range l.index {
		row := l.w[int(i)*intents:][:intents]
		mean, much := 0.0, 0.0
		for _, w := range row {
			mean += float64(w) / intents
		}
		for _, w := range row {
			much = max(much, math.Abs(float64(w)-mean))
		}
		all = append(all, heavy{c, int(i) * intents, much})
	}
	sort.Slice(all, func(i, j int) bool {
		return all[i].much > all[j].much || all[i].much == all[j].much && all[i].cue < all[j].cue
	})
	all = all[:min(len(all), keptCues)]
	slices.SortFunc(all, func(a, b heavy) int { return int(int64(a.cue) - int64(b.cue)) })
	for _, h := range all {
		for _, w := range l.w[h.at:][:intents] {
			top = max(top, math.Abs(float64(w)))
		}
	}
	var b bytes.Buffer
	b.WriteString(learnedAs)
	err := binary.Write(&b, binary.LittleEndian, head{Of: of, Keys: uint32(len(all)), Need: need, Max: float32(top)})
	for _, h := range all {
		if err == nil {
			err = binary.Write(&b, binary.LittleEndian, uint32(h.cue))
		}
	}
	for _, h := range all {
		for _, w := range l.w[h.at:][:intents] {
			b.WriteByte(byte(int8(math.Round(float64(w) / top * math.MaxInt8))))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withoutLearned hides what was learned before, so that nothing new is learned from it.
type withoutLearned struct{ fs.FS }

func (f withoutLearned) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".learned") {
		return nil, fs.ErrNotExist
	}
	return f.FS.Open(name)
}

// Whoever changed words or a corpus has it learned again.
func TestLearnedIsOfToday(t *testing.T) {
	c, err := Load(withoutLearned{Shipped()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range c.table.rows {
		file := "words/" + row.Tag + ".learned"
		of := learnedOf(t, row.Tag)
		if *learn || *across {
			sets := map[string][]*sample{}
			all := everyday(c, row.Tag)
			for _, f := range corpusFiles(t, "corpus", row.Tag) {
				sets[f] = samples(t, c, row.Tag, f)
				all = append(all, sets[f]...)
			}
			rows := acrossWriters(c, row.Tag, sets)
			need := bars(slices.DeleteFunc(slices.Clone(rows), func(s scored) bool { return !typical(s.file) }))
			if *across {
				for f := range sets {
					report(f, need, slices.DeleteFunc(slices.Clone(rows), func(s scored) bool { return s.file != f }))
				}
			}
			report(row.Tag+", each writer after learning from the others", need, rows)
			if *learn {
				if err := os.WriteFile(file, learnFrom(c, row.Tag, all).bytes(t, of, need), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := readLearned(b)
		if err != nil {
			t.Fatalf("%s %v", file, err)
		}
		if l.Of != of {
			t.Errorf("%s was learned from other words or messages than there are: run make words", file)
		}
	}
}
