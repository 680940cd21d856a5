package main

import (
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"quietline/bot"
	"quietline/bot/telegram"
	"quietline/bot/twilio"
	"quietline/bot/web"
	"quietline/check"
	"quietline/directory"
	"quietline/flows"
	"quietline/locales"
)

// loader builds a content from what is built in and an operator's folder (nil: none) and checks it for the languages,
// countries and channels of one line.
type loader struct {
	languages []string // offered; empty: all there are
	countries []string // offered; empty: all there are
	allowed   []string // flows that may be used though they have not been tried; nil: every flow may
}

// load returns a content, or its faults, each with file, step and mend.
func (l loader) load(content fs.FS) (*bot.Content, []string, error) {
	var faults []string
	words, err := locales.Load(locales.Shipped(), part(content, "locales"))
	faults = add(faults, err)
	book, err := flows.Load(flows.Shipped(), part(content, "flows"))
	faults = add(faults, err)
	numbers, err := directory.Load(directory.Data(), content)
	faults = add(faults, err)
	if len(faults) > 0 {
		return nil, faults, nil
	}
	languages, countries := l.languages, l.countries
	for _, tag := range languages {
		if _, ok := words.Table().Find(tag); !ok {
			faults = append(faults, fmt.Sprintf("languages: there is no language %q; there are %s", tag, strings.Join(tags(words), ", ")))
		}
	}
	if len(faults) > 0 {
		return nil, faults, nil
	}
	if len(languages) == 0 {
		languages = tags(words)
	}
	if len(countries) == 0 {
		countries = byName(numbers.Countries(), words, languages[0])
	}
	book = book.WithMenus(flows.Menus{Languages: languages, Countries: countries})
	for _, f := range check.Check(check.Input{Book: book, Catalogues: words, Directory: numbers, Languages: languages, Channels: channels()}) {
		faults = append(faults, f.Error())
	}
	if len(faults) == 0 { // otherwise what check says of the texts would be said twice
		for _, f := range words.Faults() {
			if slices.Contains(languages, f.Lang) && !isReview(f) {
				faults = append(faults, f.String())
			}
		}
	}
	faults = append(faults, l.untried(book)...)
	if len(faults) > 0 {
		return nil, faults, nil
	}
	return &bot.Content{Book: book, Words: words, Directory: numbers}, nil, nil
}

// isReview says whether a fault is only that a review is out of date: that makes a text drafted again, and stops nothing.
func isReview(f locales.Fault) bool { return strings.HasPrefix(f.File, "review/") }

// untried names the flows that have not been tried with paid survivor advisers and that the operator did not allow by
// name; and the names of no flow.
func (l loader) untried(book *flows.Book) []string {
	if l.allowed == nil {
		return nil
	}
	var faults, names []string
	for _, f := range book.Flows() {
		names = append(names, f.Name)
		if f.Review != "tried" && !slices.Contains(l.allowed, f.Name) {
			faults = append(faults, fmt.Sprintf("%s: flow %q is %s, not tried with paid survivor advisers: have it tried and write review = \"tried\" into it, or name it in untried_flows", f.File, f.Name, f.Review))
		}
	}
	for _, a := range l.allowed {
		if !slices.Contains(names, a) {
			faults = append(faults, fmt.Sprintf("untried_flows: there is no flow %q; there are %s", a, strings.Join(names, ", ")))
		}
	}
	return faults
}

// channels are the limits of every channel that content must fit, on or off: a channel turned on later finds texts that fit.
func channels() []flows.Limits {
	return []flows.Limits{web.Limits(), terminalLimits, telegram.Limits(), twilio.LimitsOf(twilio.SMS), twilio.LimitsOf(twilio.WhatsApp)}
}

// part is a folder of the content, or nil without one.
func part(content fs.FS, name string) fs.FS {
	if content == nil {
		return nil
	}
	if info, err := fs.Stat(content, name); err != nil || !info.IsDir() {
		return nil
	}
	sub, err := fs.Sub(content, name)
	if err != nil { // cannot happen: the names are constants
		return nil
	}
	return sub
}

// add appends an error's lines.
func add(faults []string, err error) []string {
	if err == nil {
		return faults
	}
	return append(faults, strings.Split(err.Error(), "\n")...)
}

func tags(words *locales.Catalogues) []string {
	var out []string
	for _, l := range words.Languages() {
		out = append(out, l.Tag)
	}
	return out
}

func isHTTPS(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https"
}

// byName are the countries in the order of their names in a language, as a menu shows them.
func byName(countries []string, words *locales.Catalogues, lang string) []string {
	name := func(cc string) string {
		if n, err := words.CountryName(lang, cc); err == nil {
			return n
		}
		return cc // check names the country that has no name
	}
	out := slices.Clone(countries)
	slices.SortStableFunc(out, func(a, b string) int { return strings.Compare(locales.Normal(name(a)), locales.Normal(name(b))) })
	return out
}
