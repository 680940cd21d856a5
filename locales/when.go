package locales

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// When says a time the way a person reads it on a telephone: short weekday and 24-hour clock ("Mon 09:00"), in zone, from
// the messages weekday.1 (Monday) to weekday.7 and when.at. Digits are ASCII in every language.
func (c *Catalogues) When(lang string, t time.Time, zone *time.Location) (string, error) {
	t = t.In(zone)
	day := int(t.Weekday())
	if day == 0 {
		day = 7
	}
	name, err := c.Text(lang, "weekday."+strconv.Itoa(day), nil)
	if err != nil {
		return "", err
	}
	return c.Text(lang, "when.at", Args{"Day": name, "Clock": LTR(t.Format("15:04"))})
}

// ErrCountry says that a country code has no name in a language.
var ErrCountry = errors.New("no name for this country")

// CountryName returns the name of the country with the ISO 3166 code cc in language lang: the catalogue's message
// "country.CC" when there is one (names newer than the library's, XK), otherwise the Unicode CLDR's name. Another
// language's name never stands in: ErrCountry.
func (c *Catalogues) CountryName(lang, cc string) (string, error) {
	if c.Has(lang, "country."+cc) {
		return c.Text(lang, "country."+cc, nil)
	}
	l, ok := c.langs[lang]
	if !ok {
		return "", fmt.Errorf("country %q in %q: %w", cc, lang, ErrLanguage)
	}
	if name, ok := l.countries[cc]; ok {
		return name, nil
	}
	return "", fmt.Errorf("country %q in %q: %w: add the message country.%s to %s.toml", cc, lang, ErrCountry, cc, lang)
}

// countryNames asks the library once for all it knows in exactly this language. It looks languages up by closeness, so only
// tags it lists itself are asked for.
func countryNames(tag string) map[string]string {
	exact, err := language.Parse(tag)
	if err != nil {
		return nil
	}
	listed := false
	for _, t := range display.Supported.Tags() {
		listed = listed || t == exact
	}
	if !listed {
		return nil
	}
	names := make(map[string]string)
	namer := display.Regions(exact)
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			cc := string([]rune{a, b})
			region, err := language.ParseRegion(cc)
			if err != nil || region.String() != cc || !region.IsCountry() {
				continue
			}
			if name := namer.Name(region); name != "" {
				names[cc] = name
			}
		}
	}
	return names
}
