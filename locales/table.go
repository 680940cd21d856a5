package locales

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// A Language is one row of the exact table.
type Language struct {
	Tag     string   // BCP 47, as written in languages.toml
	Own     string   // the language's name in its own script
	Dir     string   // "ltr" or "rtl"
	Aliases []string // other tags that mean exactly this language
	Plural  string   // tag whose plural rules are used; empty: Tag's own
}

// RTL says whether the language is written from right to left.
func (l Language) RTL() bool { return l.Dir == "rtl" }

// A Table is the exact table of languages. It never guesses.
type Table struct {
	rows  []Language
	exact map[string]int // folded tag or alias → row
}

// All returns the languages in the order of the menu. The caller must not change them.
func (t Table) All() []Language { return t.rows }

// Find returns the language whose tag or alias is exactly tag; letter case does not count and "_" is "-".
func (t Table) Find(tag string) (Language, bool) {
	i, ok := t.exact[foldTag(tag)]
	if !ok {
		return Language{}, false
	}
	return t.rows[i], true
}

// maxAcceptLanguage bounds how much of a header is read, in bytes. Browsers send well under 200.
const maxAcceptLanguage = 1000

// FromAcceptLanguage returns the language a browser likes best among those the table has exactly (RFC 9110 §12.5.4:
// highest q first, then the order written). It never takes a relative of a listed tag, nor "*".
func (t Table) FromAcceptLanguage(header string) (Language, bool) {
	if len(header) > maxAcceptLanguage {
		header = header[:maxAcceptLanguage]
	}
	type wish struct {
		lang Language
		q    float64
	}
	var wishes []wish
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(part, ";")
		lang, ok := t.Find(strings.TrimSpace(tag))
		if !ok {
			continue
		}
		q := 1.0
		if name, value, ok := strings.Cut(params, "="); ok && strings.EqualFold(strings.TrimSpace(name), "q") {
			var err error
			if q, err = strconv.ParseFloat(strings.TrimSpace(value), 64); err != nil || !(q > 0 && q <= 1) {
				continue
			}
		}
		wishes = append(wishes, wish{lang, q})
	}
	if len(wishes) == 0 {
		return Language{}, false
	}
	sort.SliceStable(wishes, func(i, j int) bool { return wishes[i].q > wishes[j].q })
	return wishes[0].lang, true
}

func foldTag(tag string) string {
	return strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
}

// newTable checks the rows of file and indexes them.
func newTable(file string, rows []Language) (Table, error) {
	t := Table{rows: rows, exact: make(map[string]int)}
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(file+": "+format, args...)) }
	if len(rows) == 0 {
		fail("no [[language]]: name at least one")
	}
	for i, l := range rows {
		if l.Tag == "" || strings.ContainsAny(l.Tag, "/\\. _") {
			fail("[[language]] %d: tag %q is not a language tag", i+1, l.Tag)
			continue
		}
		if l.Own == "" {
			fail("language %q: own is empty: write the language's own name for itself", l.Tag)
		}
		if l.Dir != "ltr" && l.Dir != "rtl" {
			fail(`language %q: dir is %q: write "ltr" or "rtl"`, l.Tag, l.Dir)
		}
		for _, tag := range append([]string{l.Tag}, l.Aliases...) {
			key := foldTag(tag)
			if j, taken := t.exact[key]; taken {
				fail("language %q: %q already means %q", l.Tag, tag, rows[j].Tag)
				continue
			}
			t.exact[key] = i
		}
	}
	return t, errors.Join(errs...)
}

// mergeRows lays an operator's rows over the shipped ones by tag; new languages follow at the end.
func mergeRows(shipped, content []Language) []Language {
	rows := slices.Clone(shipped)
	for _, l := range content {
		i := slices.IndexFunc(rows, func(r Language) bool { return foldTag(r.Tag) == foldTag(l.Tag) })
		if i < 0 {
			rows = append(rows, l)
			continue
		}
		rows[i] = l
	}
	return rows
}
