package locales

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
)

var (
	learn  = flag.Bool("learn", false, "write words/*.learned: make words")
	across = flag.Bool("across", false, "print how well each writer of a corpus is understood after learning from the others")
)

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
		l := learnFrom(c, lang, from, 0)
		for _, s := range sets[file] {
			cues, n := l.look(s.text, s.kind)
			out = append(out, scored{s, l.likely(cues, n), file})
		}
	}
	return out
}

// typical says whether a corpus is what most people would write. The others are as hard as can be: near pairs (5, 8, 10 to 13, 16),
// the strangest ways of saying a thing (6), talk that asks for nothing (9). There is learned from them, but they say nothing of
// how often a message of any kind comes, and so nothing of where a bar should be.
func typical(file string) bool {
	for _, end := range []string{"-5", "-6", "-8", "-9", "-10", "-11", "-12", "-13", "-16"} {
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

// learnedOf is what a learned file is learned from: the words, the short texts, the corpora, what a cue is, and how.
func learnedOf(t testing.TB, c *Catalogues, lang string) [32]byte {
	t.Helper()
	h := sha256.New()
	for _, s := range everyday(c, lang) {
		fmt.Fprintln(h, s.text)
	}
	fmt.Fprintln(h, learnVersion, rounds, rate, decay, misspelling, strangers, hardness, keptCues, fewHard, leastBar, surely, iAmIn, means)
	files := []string{"words/" + lang + ".toml", "words/" + source + ".toml", "words/return." + lang + ".toml", "words/return." + source + ".toml"}
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
		of := learnedOf(t, c, row.Tag)
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
				if err := os.WriteFile(file, learnMean(c, row.Tag, all).bytes(t, of, need), 0o644); err != nil {
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
