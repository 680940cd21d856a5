package desk

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"quietline/locales"
)

// The desk's texts stand in the templates and in the code in English; what translates them stands in locales/desk. A test
// collects the English ones: {{t "…"}} in templates, words.t("…"), message and note with a text, and said("…").

// said marks a text of the desk that is translated where it is shown.
func said(english string) string { return english }

// words are the desk's texts in one language.
type words struct {
	lang string
	cat  *locales.Catalogues
}

// t is a text in the language, its places filled in as fmt does. A translation may take them in another order: %[2]s.
func (in words) t(english string, args ...any) string {
	text := in.cat.Desk(in.lang, english)
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// dir is the direction of the language: ltr or rtl.
func (in words) dir() string {
	if l, ok := in.cat.Table().Find(in.lang); ok && l.Dir != "" {
		return l.Dir
	}
	return "ltr"
}

// in is the desk in one language.
func (d *desk) in(lang string) words { return words{lang, d.Content().Words} }

// words are the texts in the language of whoever asks.
func (d *desk) words(r *http.Request) words {
	if s, ok := d.seatOf(r); ok && s.DeskLang != "" {
		return d.in(s.DeskLang)
	}
	return d.in(d.accepted(r.Header.Get("Accept-Language")))
}

// accepted is the language of the catalogues that a browser likes best; English when it names none of them.
func (d *desk) accepted(header string) string {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return "en"
	}
	table := d.Content().Words.Table()
	for _, tag := range tags {
		if l, ok := table.Find(tag.String()); ok {
			return l.Tag
		}
		if base, _ := tag.Base(); base.String() != "" {
			if l, ok := table.Find(base.String()); ok {
				return l.Tag
			}
		}
	}
	return "en"
}

// parsed are the pages in one language.
func (d *desk) parsed(lang string) (*template.Template, error) {
	return template.New("").Funcs(funcs).Funcs(template.FuncMap{
		"t":    func(english string, args ...any) string { return d.in(lang).t(english, args...) },
		"lang": func() string { return lang },
		"dir":  func() string { return d.in(lang).dir() },
		"day":  func(t time.Time) string { return d.in(lang).day(t) },
	}).ParseFS(files, "templates/*.html")
}

// months are for dates in the desk's languages.
var months = []string{said("Jan"), said("Feb"), said("Mar"), said("Apr"), said("May"), said("Jun"), said("Jul"), said("Aug"), said("Sep"), said("Oct"), said("Nov"), said("Dec")}

var fullMonths = []string{said("January"), said("February"), said("March"), said("April"), said("May"), said("June"), said("July"), said("August"), said("September"), said("October"), said("November"), said("December")}

// weekdays begin with Sunday, as time.Weekday does.
var weekdays = []string{said("Sunday"), said("Monday"), said("Tuesday"), said("Wednesday"), said("Thursday"), said("Friday"), said("Saturday")}

// day is a date of UTC, such as 2 Jan 2026.
func (in words) day(t time.Time) string {
	t = t.UTC()
	return in.t("%d %s %d", t.Day(), in.t(months[t.Month()-1]), t.Year())
}

// weekday is a day of its own zone with its name, without the year.
func (in words) weekday(t time.Time) string {
	return in.t("%s %d %s", in.t(weekdays[t.Weekday()]), t.Day(), in.t(fullMonths[t.Month()-1]))
}

// language is a language in its own words and in those of the desk.
func (in words) language(tag string) string {
	l, ok := in.cat.Table().Find(tag)
	if !ok {
		return tag
	}
	if name := in.languageName(l.Tag); name != l.Own {
		return name + " · " + l.Own
	}
	return l.Own
}

// languageName is a language in the desk's words alone.
func (in words) languageName(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	for _, own := range []string{in.lang, "en"} {
		if namer := display.Tags(language.Make(own)); namer != nil {
			if name := namer.Name(t); name != "" {
				return name
			}
		}
	}
	return tag
}

// country is a country's name; "not said" when none is known.
func (in words) country(code string) string {
	if code == "" {
		return in.t("not said")
	}
	for _, lang := range []string{in.lang, "en"} {
		if name, err := in.cat.CountryName(lang, code); err == nil {
			return name
		}
	}
	return code
}

// codes are codes as the person's own page words them; kind is "need." or "happening.".
func (in words) codes(kind string, codes []string) []string {
	var names []string
	for _, n := range codes {
		name, err := in.cat.Text(in.lang, kind+n, nil)
		if err != nil {
			if name, err = in.cat.Text("en", kind+n, nil); err != nil {
				name = n
			}
		}
		names = append(names, name)
	}
	return names
}

// offered says whether the desk speaks a language.
func (d *desk) offered(tag string) bool {
	return slices.ContainsFunc(d.Content().Words.Languages(), func(l locales.Language) bool { return l.Tag == tag })
}
