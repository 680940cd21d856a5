package locales_test

import (
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"quietline/locales"
)

// arabic is small with a second, right-to-left language.
func arabic(t testing.TB) *locales.Catalogues {
	t.Helper()
	c, err := locales.Load(small(), fstest.MapFS{
		"languages.toml": file("[[language]]\ntag = \"ar\"\nown = \"العربية\"\ndir = \"rtl\"\n"),
		"ar.toml": file(`["card.call"]
other = "الرقم {{.Number}}"
["queue.ahead"]
zero = "لا أحد، {{.Count}}"
one = "شخص واحد، {{.Count}}"
two = "شخصان، {{.Count}}"
few = "{{.Count}} أشخاص"
many = "{{.Count}} شخصا"
other = "{{.Count}} شخص"
`),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNumbersAreIsolatedInRightToLeftOnly(t *testing.T) {
	c := arabic(t)
	for lang, want := range map[string]string{"en": "Call +44 999", "ar": "الرقم \u2066+44 999\u2069"} {
		if got, err := c.Text(lang, "card.call", locales.Args{"Number": locales.LTR("+44 999")}); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", lang, got, err, want)
		}
	}
	if got := c.LTR("ar", "GB7K"); got != "\u2066GB7K\u2069" {
		t.Errorf("LTR: %q", got)
	}
}

func TestArabicPlurals(t *testing.T) {
	c := arabic(t)
	for n, want := range map[int]string{
		0: "لا أحد، 0", 1: "شخص واحد، 1", 2: "شخصان، 2", 3: "3 أشخاص", 10: "10 أشخاص", 11: "11 شخصا", 99: "99 شخصا", 100: "100 شخص", 103: "103 أشخاص",
	} {
		if got, err := c.Text("ar", "queue.ahead", locales.Args{"Count": n}); got != want || err != nil {
			t.Errorf("%d: %q, %v; want %q", n, got, err, want)
		}
	}
}

func TestNothingMissingIsFilledSilently(t *testing.T) {
	c := arabic(t)
	for name, call := range map[string]struct {
		lang, id string
		args     locales.Args
		want     error
	}{
		"language":           {"tr", "card.call", locales.Args{"Number": "1"}, locales.ErrLanguage},
		"alias is no tag":    {"ar-EG", "card.call", locales.Args{"Number": "1"}, locales.ErrLanguage},
		"message":            {"ar", "card.gone", nil, locales.ErrMessage},
		"placeholder":        {"ar", "card.call", locales.Args{"Nummer": "1"}, locales.ErrPlaceholder},
		"no arguments":       {"ar", "card.call", nil, locales.ErrPlaceholder},
		"count":              {"ar", "queue.ahead", nil, locales.ErrPlaceholder},
		"count of text":      {"ar", "queue.ahead", locales.Args{"Count": "3"}, locales.ErrPlaceholder},
		"value of odd type":  {"ar", "card.call", locales.Args{"Number": time.Second}, locales.ErrPlaceholder},
		"message in English": {"en", "card.gone", nil, locales.ErrMessage},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.Text(call.lang, call.id, call.args)
			if got != "" || !errors.Is(err, call.want) {
				t.Errorf("%q, %v; want %v", got, err, call.want)
			}
		})
	}
}

// What English has and another language lacks is an error in that language, not an English text.
func TestEnglishNeverStandsIn(t *testing.T) {
	c, err := locales.Load(small(), fstest.MapFS{
		"languages.toml": file("[[language]]\ntag = \"es\"\nown = \"Español\"\ndir = \"ltr\"\n"),
		"es.toml":        file("[\"card.call\"]\nother = \"Llame {{.Number}}\"\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Text("es", "queue.ahead", locales.Args{"Count": 1}); got != "" || !errors.Is(err, locales.ErrMessage) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestValuesAreNotTemplates(t *testing.T) {
	c := arabic(t)
	if got, err := c.Text("en", "card.call", locales.Args{"Number": "{{.Count}}"}); got != "Call {{.Count}}" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWhen(t *testing.T) {
	c := load(t)
	zone, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	sunday := time.Date(2026, time.November, 29, 22, 40, 0, 0, time.UTC) // Monday 04:10 there
	if got, err := c.When("en", sunday, zone); got != "Mon 04:10" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := c.When("en", sunday, time.UTC); got != "Sun 22:40" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestCountryNames(t *testing.T) {
	c := load(t)
	for cc, want := range map[string]string{
		"GB": "United Kingdom", "SZ": "Eswatini", "MK": "North Macedonia", "XK": "Kosovo", "TR": "Türkiye", "VN": "Vietnam", "CZ": "Czechia", "SS": "South Sudan",
	} {
		if got, err := c.CountryName("en", cc); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", cc, got, err, want)
		}
	}
	for _, cc := range []string{"", "ZZ", "gb", "EU", "XX"} {
		if got, err := c.CountryName("en", cc); !errors.Is(err, locales.ErrCountry) {
			t.Errorf("%q: %q, %v", cc, got, err)
		}
	}
	// A language that the library does not list has no names, not its relative's.
	kurdish, err := locales.Load(small(), fstest.MapFS{
		"languages.toml": file("[[language]]\ntag = \"ku\"\nown = \"Kurdî\"\ndir = \"ltr\"\n"),
		"ku.toml":        file("[\"card.call\"]\nother = \"{{.Number}}\"\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := kurdish.CountryName("ku", "GB"); !errors.Is(err, locales.ErrCountry) {
		t.Errorf("Kurdish: %q, %v", got, err)
	}
}

func BenchmarkTextPlain(b *testing.B) {
	c := load(b)
	for b.Loop() {
		if _, err := c.Text("en", "weekday.1", nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTextPlaceholder(b *testing.B) {
	c := arabic(b)
	args := locales.Args{"Number": locales.LTR("112")}
	for b.Loop() {
		if _, err := c.Text("ar", "card.call", args); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTextPlural(b *testing.B) {
	c := arabic(b)
	args := locales.Args{"Count": 3}
	for b.Loop() {
		if _, err := c.Text("ar", "queue.ahead", args); err != nil {
			b.Fatal(err)
		}
	}
}
