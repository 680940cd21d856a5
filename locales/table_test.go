package locales_test

import (
	"testing"

	"quietline/locales"
)

func TestNoLanguageIsTakenForAnother(t *testing.T) {
	table := load(t).Table()
	// x/text's matcher gives each of these another language with high confidence (golang/go#63330).
	for _, tag := range []string{"ku", "ckb", "kmr", "ug", "prs", "uk", "be", "az", "kk", "pa-PK", "rhg", "fa", "pt", "", "*", "und", "zz", "e", "english", "en-XX", "arz", "es-FR"} {
		if l, ok := table.Find(tag); ok {
			t.Errorf("%q is taken for %q", tag, l.Tag)
		}
		if l, ok := table.FromAcceptLanguage(tag + ",*;q=0.5"); ok {
			t.Errorf("a browser that asks for %q is given %q", tag, l.Tag)
		}
	}
}

func TestTagsAndAliases(t *testing.T) {
	table := load(t).Table()
	for tag, want := range map[string]string{"en": "en", "EN": "en", "en_GB": "en", "es-419": "es", "ar-EG": "ar", "vi-VN": "vi", "AR": "ar"} {
		if l, ok := table.Find(tag); !ok || l.Tag != want {
			t.Errorf("%q: %q, %v; want %q", tag, l.Tag, ok, want)
		}
	}
	if l, _ := table.Find("ar"); !l.RTL() || l.Own != "العربية" {
		t.Errorf("Arabic: %+v", l)
	}
}

func TestAcceptLanguage(t *testing.T) {
	table := load(t).Table()
	for header, want := range map[string]string{
		"vi-VN,vi;q=0.9,en;q=0.8":            "vi",
		"ku,tr;q=0.9,ar;q=0.8,en;q=0.7":      "ar",
		"en;q=0.5, es ; q=0.9":               "es",
		"fr-FR, fr;q=0.9, ug;q=0.8, zh":      "",
		"en;q=0":                             "",
		"en;q=0, vi;q=0.1":                   "vi",
		"en;q=x, vi":                         "vi",
		"ar;q=2, es;q=1":                     "es",
		"ar;q=NaN, es;q=0.1":                 "es",
		",,;q=1,;":                           "",
		"*":                                  "",
		"es;q=0.8,ar;q=0.8":                  "es",
		"en;level=1;q=0.2":                   "en",
		"uk-UA,uk;q=0.9,ru;q=0.8,en-US;q=.7": "en",
	} {
		if l, _ := table.FromAcceptLanguage(header); l.Tag != want {
			t.Errorf("%q: %q, want %q", header, l.Tag, want)
		}
	}
}

func TestDraftedLanguagesAreOfferedOnlyWhenNamed(t *testing.T) {
	c := load(t)
	for _, l := range c.Languages() {
		if c.State(l.Tag) != locales.Drafted {
			t.Errorf("%s claims to be %s; nobody has read it yet", l.Tag, c.State(l.Tag))
		}
	}
	if got, err := c.Offered(nil); len(got) != 0 || err != nil {
		t.Errorf("nothing named: %v, %v", got, err)
	}
	got, err := c.Offered([]string{"vi", "en-GB"})
	if err != nil || len(got) != 2 || got[0].Tag != "en" || got[1].Tag != "vi" {
		t.Errorf("two named, in the order of the menu: %v, %v", got, err)
	}
	if _, err := c.Offered([]string{"en", "ku"}); err == nil {
		t.Error("an unknown name is no error")
	}
}

func FuzzAcceptLanguage(f *testing.F) {
	f.Add("vi-VN,vi;q=0.9,en;q=0.8")
	f.Add("en;q=")
	f.Add(";;,=,q")
	table := load(f).Table()
	f.Fuzz(func(t *testing.T, header string) {
		if l, ok := table.FromAcceptLanguage(header); ok {
			if again, ok := table.Find(l.Tag); !ok || again.Own != l.Own {
				t.Fatalf("%q gave %q, which the table does not have", header, l.Tag)
			}
		}
	})
}
