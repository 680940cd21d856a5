package locales_test

import (
	"cmp"
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

// dev says whether a message belongs to the part of a corpus that the words were written by; the rest was held back and
// looked at as numbers only.
func dev(text string) bool {
	h := fnv.New32a()
	h.Write([]byte(text))
	return h.Sum32()%5 < 3
}

func confusion(t *testing.T, c *locales.Catalogues, lang string, keep func(string) bool) locales.Confusion {
	t.Helper()
	f, err := os.Open("testdata/corpus/" + lang + ".tsv")
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

func TestConfusion(t *testing.T) {
	c := load(t)
	for _, lang := range strings.Fields(cmp.Or(os.Getenv("MTLANG"), "en es ar vi")) {
		table := confusion(t, c, lang, dev)
		t.Logf("dev\n%s", table)
		for _, m := range table.Mistakes {
			t.Logf("%s:%d %s → %s: %s", lang, m.Line, m.Want, m.Got, m.Text)
		}
		held := confusion(t, c, lang, func(text string) bool { return !dev(text) })
		pairs := make(map[string]int)
		for _, m := range held.Mistakes {
			pairs[m.Want+"→"+m.Got]++
		}
		t.Logf("held\n%s%v", held, pairs)
	}
}
