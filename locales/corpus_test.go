package locales_test

import (
	"hash/fnv"
	"os"
	"strings"
	"testing"

	"quietline/locales"
)

// emergency are the emergency numbers that the corpora's writers had in mind.
var emergency = map[string][]string{
	"en": {"112", "911", "999", "000", "111"},
	"es": {"112", "911", "091", "061", "062", "092", "080", "085", "088", "066", "123", "105", "133", "128"},
	"ar": {"112", "911", "999", "122", "123", "180", "998", "997", "17", "15", "19", "190", "198", "1021"},
	"vi": {"113", "114", "115", "112", "911"},
}

// dev says whether a message of a second corpus belongs to the part that the words were written by; of the first corpora
// all do. The rest is held back: its lines were never read while the words were written, so it tells how well messages are
// understood that nobody foresaw.
func dev(text string) bool {
	h := fnv.New32a()
	h.Write([]byte(text))
	return h.Sum32()%5 < 3
}

func held(text string) bool { return !dev(text) }

func confusion(t *testing.T, c *locales.Catalogues, lang, corpus string, keep func(string) bool) locales.Confusion {
	t.Helper()
	f, err := os.Open("testdata/corpus/" + corpus + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := c.Confusion(lang, f, emergency[lang], keep)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// aims are what every corpus should reach: the least precision and recall, and the most of the hard negatives taken for it.
var aims = map[string]struct{ precision, recall, hard float64 }{
	"leave": {0.995, 0.95, 0}, "erase": {0.995, 0.95, 0}, "back": {0, 0.95, 1}, "danger": {0, 0.99, 0.05}, "person": {0, 0.99, 0.05}, "selfharm": {0, 0.95, 0.05},
}

// short are the aims that what was read misses, as least recall: pictures, "are you a bot", words that tell two things.
var short = map[string]map[string]float64{
	"en-2": {"leave": 0.89, "person": 0.90}, "es-2": {"person": 0.95, "danger": 0.98}, "vi": {"leave": 0.93, "back": 0.92}, "vi-2": {"leave": 0.93},
}

func TestTheWordsReachTheirAims(t *testing.T) {
	c := load(t)
	for lang := range emergency {
		for corpus, keep := range map[string]func(string) bool{lang: nil, lang + "-2": dev} {
			table := confusion(t, c, lang, corpus, keep)
			for _, r := range table.Rows {
				aim, ok := aims[r.Intent]
				if least, ok := short[corpus][r.Intent]; ok {
					aim.recall = least
				}
				if ok && (r.Precision() < aim.precision || r.Recall() < aim.recall || table.False(r.Intent) > aim.hard) {
					t.Errorf("%s misses its aim\n%s", r.Intent, table)
					for _, m := range table.Mistakes {
						t.Logf("%s:%d %s is taken for %s: %s", corpus, m.Line, m.Want, m.Got, m.Text)
					}
				}
			}
		}
	}
}

// Second corpora (xx-2.tsv) were written by others, without sight of the words or of the first corpora, to be as different
// as they could. Before a word was changed for them, recall of all their messages was, in percent:
//
//	     leave erase person back danger selfharm   false of the hard ones, as danger
//	en   41.9  55.7  70.1  50.0  72.2   62.8       5 of 72
//	es   53.3  54.1  67.6  62.5  75.4   71.7       6 of 73
//	ar   34.0  34.8  81.5  59.1  69.0   83.3       0 of 58
//	vi   54.0  31.8  75.9  85.7  77.8   78.6       4 of 52
//
// That is what to expect of people whose ways of writing nobody foresaw.

// What is held back of the second corpora falls short of the aims. These are its figures; they may only get better, in
// percent.
var heldRecall = map[string]map[string]float64{
	"en": {"leave": 65.7, "erase": 73, "person": 82.3, "back": 85.7, "danger": 84.2, "selfharm": 73.3},
	"es": {"leave": 75.7, "erase": 75, "person": 80, "back": 100, "danger": 90.1, "selfharm": 78.9},
	"ar": {"leave": 42.8, "erase": 64.7, "person": 84.6, "back": 70, "danger": 70, "selfharm": 91.6},
	"vi": {"leave": 73.6, "erase": 57.1, "person": 95.4, "back": 66.6, "danger": 85, "selfharm": 87.5},
}

// mostFalse is how many of the held back hard negatives may be taken for danger, mostErased how many messages for erase.
var (
	mostFalse  = map[string]int{"en": 1, "es": 4, "ar": 0, "vi": 1}
	mostErased = map[string]int{"en": 1}
)

func TestWhatIsHeldBackGetsNoWorse(t *testing.T) {
	c := load(t)
	for lang := range emergency {
		table := confusion(t, c, lang, lang+"-2", held)
		for _, r := range table.Rows {
			if 100*r.Recall() < heldRecall[lang][r.Intent] {
				t.Errorf("%s was understood better\n%s", r.Intent, table)
			}
			if r.Intent == "leave" && r.Hard > 0 || r.Intent == "erase" && r.False > mostErased[lang] || r.Intent == "danger" && r.Hard > mostFalse[lang] {
				t.Errorf("%s is found where it is not\n%s", r.Intent, table)
			}
		}
		t.Logf("held back\n%s", table)
	}
}

// A corpus whose intent nobody knows is refused.
func TestConfusionRefusesWhatItCannotRead(t *testing.T) {
	c := load(t)
	for _, text := range []string{"go\tleave now\t\n", "leave\t\n", "leave"} {
		if _, err := c.Confusion("en", strings.NewReader(text), nil, nil); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// An erase too many cannot be undone: what comes near it and means something else.
func TestNothingIsErasedByMistake(t *testing.T) {
	c := load(t)
	for lang, texts := range map[string][]string{
		"en": {"he deleted everything", "they said delete everything", "do you delete my messages", "dont delete this", "do not delete anything", "delete my number from his phone", "they will erase all", "deleted", "can you delete my debt", "i clean everything", "no delete", "i cannot delete it", "they make us delete everything", "why was it deleted"},
		"es": {"borró todo", "no borres nada", "no borren esto", "él borra todo", "van a borrar todo", "yo limpio todo el día", "me borraron todo"},
		"ar": {"لا تمسح", "لا تحذف شي", "بمسح الأرض", "مسح كل الصور", "امسح البلاط", "متمسحش حاجة"},
		"vi": {"đừng xóa", "dung xoa", "dung xoa het", "nó xóa hết rồi", "họ xóa tin nhắn của em", "em không xóa"},
	} {
		for _, text := range texts {
			if got := c.Keys(text, []string{lang, "en"}).Kind; got == locales.EraseKey {
				t.Errorf("%s %q erases", lang, text)
			}
		}
	}
}

// How people write in fear and haste: none of these is a form in a file.
func TestWordsAsPeopleWriteThem(t *testing.T) {
	c := load(t)
	for lang, cases := range map[string]map[string]locales.KeyKind{
		"en": {"DELEEETE   everythinggg!!!": locales.EraseKey, "pls delte evrything now 🙏": locales.EraseKey, "stop stop stop": locales.LeaveKey, "he will check my phone, delete everything": locales.EraseKey, "bye... 👋": locales.LeaveKey, "0 please": locales.LeaveKey, "🆘": locales.DangerKey, "room 911": "", "he says he will kkkill me": locales.DangerKey},
		"es": {"vorra todo x fabor": locales.EraseKey, "yama a la polisia": locales.DangerKey, "kiero ablar con una persona": locales.PersonKey},
		"ar": {"emsa7 kol 7aga": locales.EraseKey, "ana fe khatar": locales.DangerKey, "انساااان": locales.PersonKey},
		"vi": {"XOA HET DI EM": locales.EraseKey, "nó có daooo": locales.DangerKey, "quay lại câu hỏi trước": locales.BackKey},
	} {
		for text, want := range cases {
			if got := c.Keys(text, []string{lang, "en"}).Kind; got != want {
				t.Errorf("%s %q: %q, want %q", lang, text, got, want)
			}
		}
	}
}
