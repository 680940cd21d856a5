package locales_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"quietline/locales"
)

// An exam is messages that nothing was learned from (testdata/exam), written to be fair: each means one thing to any careful
// reader. All were drafted by no native speaker: people will be understood less well.
//
// The papers xx and xx-2 have been looked at: rules for short messages and bars (see meaning.go, leastBar) were chosen with
// their figures in view, and some of their messages ("bye", "112") also stand in what was learned. They reach their aims,
// also without those (TestExamsUnseen). What that is worth, the papers xx-3 say, which were asked when all of that stood
// (TestNewPapers): of 100 messages, all languages together,
//
//	leave erase person back danger selfharm   false of the hard ones, as danger
//	93    95    97.5   100  98.7   100        7.1 (the aim: 5)
//
// so a message to leave, to erase or for a person is missed twice as often as it should be, and one in fourteen of those that
// only sound like danger brings a card. They may be looked at from now on; another new paper is then owed.
//
// Before anything was learned the lists alone reached 40 to 57 for leave, 53 to 62 for erase, 60 to 75 for danger with 13 to
// 20 false of 100 hard ones, on messages they had not seen.

// leastRecall is what must be reached in every language, in percent, and mostHard how many of a hundred hard negatives may be
// taken for it; they may only get better.
var (
	leastRecall = map[string]float64{"leave": 90, "erase": 92, "person": 96, "back": 96, "danger": 96, "selfharm": 95}
	mostHard    = map[string]float64{"leave": 1.2, "erase": 0, "person": 3.3, "back": 0, "danger": 8.6, "selfharm": 4.3}
	leastRight  = map[string]float64{"leave": 98, "erase": 99.9}
)

func TestExams(t *testing.T) {
	c := load(t)
	for lang := range emergency {
		for _, paper := range []string{lang, lang + "-2"} {
			table := confusion(t, c, lang, "exam/"+paper, nil)
			t.Logf("%s\n%s", paper, table)
			for _, r := range table.Rows {
				if 100*r.Recall() < leastRecall[r.Intent] || r.Intent != "none" && 100*table.False(r.Intent) > mostHard[r.Intent] || 100*r.Precision() < leastRight[r.Intent] {
					t.Errorf("%s: %s was understood better\n%s", paper, r.Intent, table)
				}
			}
			for _, m := range table.Mistakes {
				t.Logf("%s:%d %s is taken for %s: %s", paper, m.Line, m.Want, m.Got, m.Text)
			}
		}
	}
}

// newPapers is what the papers xx-3 came out as when they were first asked, with the least recall and the most of the hard
// ones taken for it, in all languages together; they may only get better.
var newPapers = map[string]struct{ recall, hard float64 }{
	"leave": {0.93, 0}, "erase": {0.95, 0.0042}, "person": {0.975, 0.0125}, "back": {1, 0}, "danger": {0.986, 0.071}, "selfharm": {1, 0.021},
}

func TestNewPapers(t *testing.T) {
	c := load(t)
	found, all, hard, hards := map[string]int{}, map[string]int{}, map[string]int{}, 0
	for lang := range emergency {
		table := confusion(t, c, lang, "exam/"+lang+"-3", nil)
		hards += table.Hard
		for _, r := range table.Rows {
			found[r.Intent] += r.Found
			all[r.Intent] += r.N
			hard[r.Intent] += r.Hard
		}
	}
	for intent, was := range newPapers {
		recall, false := float64(found[intent])/float64(all[intent]), float64(hard[intent])/float64(hards)
		t.Logf("%-9s recall %.4f of %d, %.4f of %d hard ones", intent, recall, all[intent], false, hards)
		if recall < was.recall || false > was.hard {
			t.Errorf("%s was understood better: recall %.4f, at least %.4f; %.4f of the hard ones, at most %.4f", intent, recall, was.recall, false, was.hard)
		}
	}
}

// together is how all papers in all languages came out: recall, and the share of the hard negatives found, by intent.
func together(t *testing.T, keep func(lang string) func(string) bool) (recall, false map[string]float64) {
	t.Helper()
	c := load(t)
	found, all, hard, hards := map[string]int{}, map[string]int{}, map[string]int{}, 0
	for lang := range emergency {
		for _, paper := range []string{lang, lang + "-2"} {
			table := confusion(t, c, lang, "exam/"+paper, keep(lang))
			hards += table.Hard
			for _, r := range table.Rows {
				found[r.Intent] += r.Found
				all[r.Intent] += r.N
				hard[r.Intent] += r.Hard
			}
		}
	}
	recall, false = map[string]float64{}, map[string]float64{}
	for intent := range leastRecall {
		recall[intent], false[intent] = float64(found[intent])/float64(all[intent]), float64(hard[intent])/float64(hards)
		t.Logf("%-9s recall %.4f of %d, %.4f of %d hard ones", intent, recall[intent], all[intent], false[intent], hards)
	}
	return recall, false
}

// All languages together. Of the hard negatives five in a hundred may be taken for danger.
func TestExamsTogether(t *testing.T) {
	recall, false := together(t, func(string) func(string) bool { return nil })
	for intent, least := range map[string]float64{"leave": 0.95, "erase": 0.98, "person": 0.99, "back": 0.99, "danger": 0.99, "selfharm": 0.99} {
		if recall[intent] < least || false[intent] > 0.05 {
			t.Errorf("%s: recall %.3f of at least %.3f, %.3f of the hard ones are taken for it", intent, recall[intent], least, false[intent])
		}
	}
}

// The same without what also stands in what was learned.
func TestExamsUnseen(t *testing.T) {
	recall, false := together(t, func(lang string) func(string) bool { return unseen(t, lang) })
	for intent, least := range map[string]float64{"leave": 0.955, "erase": 0.98, "person": 0.991, "back": 1, "danger": 0.992, "selfharm": 0.996} {
		if recall[intent] < least || false[intent] > 0.05 {
			t.Errorf("%s was understood better: recall %.4f, at least %.4f; %.4f of the hard ones", intent, recall[intent], least, false[intent])
		}
	}
}

// unseen keeps the messages of an exam that do not stand, but for case and punctuation, in what was learned.
func unseen(t *testing.T, lang string) func(string) bool {
	t.Helper()
	words := func(s string) string {
		return strings.Join(strings.FieldsFunc(locales.Normal(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) }), " ")
	}
	files, err := filepath.Glob("testdata/corpus/" + lang + "-*.tsv")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, file := range append(files, "testdata/corpus/"+lang+".tsv") {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(b), "\n") {
			if fields := strings.Split(line, "\t"); len(fields) > 1 {
				known[words(fields[1])] = true
			}
		}
	}
	return func(text string) bool { return !known[words(text)] }
}
