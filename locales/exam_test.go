package locales_test

import (
	"testing"
)

// An exam is messages that nothing was learned from (testdata/exam), written to be fair: each means one thing to any careful
// reader. xx.tsv was looked at when the bars were chosen, xx-2.tsv was not: when it was first asked, in percent,
//
//	     leave erase person back danger selfharm   false of the hard ones, as danger
//	en   94.5  98    100    100  100    100        3 of 70
//	es   100   100   98     100  98     97.5       6 of 70
//	ar   94.5  96    100    100  94     97.5       2 of 70
//	vi   94.5  100   100    100  100    100        2 of 70
//
// and of what was taken for leave 99.5 was leave, for erase 100 erase. Before anything was learned the lists alone reached
// 40 to 57 for leave, 53 to 62 for erase, 60 to 75 for danger, with 13 to 20 false of 100 hard ones, on messages they had not
// seen. All were drafted by no native speaker: people will be understood less well than exams.

// leastRecall is what must be reached in every language, in percent, and mostHard how many of a hundred hard negatives may be
// taken for it; they may only get better.
var (
	leastRecall = map[string]float64{"leave": 92, "erase": 96, "person": 98, "back": 100, "danger": 96, "selfharm": 95}
	mostHard    = map[string]float64{"leave": 1.2, "erase": 0, "person": 2, "back": 0, "danger": 8.2, "selfharm": 4.3}
	leastRight  = map[string]float64{"leave": 98, "erase": 99.9}
)

func TestExams(t *testing.T) {
	c := load(t)
	for lang := range emergency {
		for _, paper := range []string{lang, lang + "-2"} {
			table := confusion(t, c, lang, "exam/"+paper)
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

// All languages together, the aims: a door that stays silent for one in a hundred in danger is one too many.
func TestExamsTogether(t *testing.T) {
	c := load(t)
	found, all, hard, hards := map[string]int{}, map[string]int{}, map[string]int{}, 0
	for lang := range emergency {
		for _, paper := range []string{lang, lang + "-2"} {
			table := confusion(t, c, lang, "exam/"+paper)
			hards += table.Hard
			for _, r := range table.Rows {
				found[r.Intent] += r.Found
				all[r.Intent] += r.N
				hard[r.Intent] += r.Hard
			}
		}
	}
	for intent, least := range map[string]float64{"leave": 0.95, "erase": 0.98, "person": 0.99, "back": 1, "danger": 0.99, "selfharm": 0.99} {
		recall, false := float64(found[intent])/float64(all[intent]), float64(hard[intent])/float64(hards)
		t.Logf("%-9s recall %.3f, %.3f of the hard ones", intent, recall, false)
		if recall < least || false > 0.05 {
			t.Errorf("%s: recall %.3f of at least %.3f, %.3f of the hard ones are taken for it", intent, recall, least, false)
		}
	}
}
