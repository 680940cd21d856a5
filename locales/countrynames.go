package locales

import (
	"slices"
	"strings"
	"unicode"
)

// CountryNamed returns the code of the country, one of among, that a text names, and nothing else, in one of the
// languages; the first language that knows the name decides. Letter case, accents and punctuation do not matter. Short
// names that people use beside those of the Unicode CLDR count in every language.
func (c *Catalogues) CountryNamed(text string, langs, among []string) (cc string, ok bool) {
	if len(text) > maxCountryName {
		return "", false
	}
	name := placeName(text)
	if name == "" {
		return "", false
	}
	for _, tag := range langs {
		l, known := c.langs[tag]
		if !known {
			continue
		}
		for _, cc := range l.named()[name] { // the CLDR names countries that are no more, too
			if slices.Contains(among, cc) {
				return cc, true
			}
		}
	}
	cc = shortNames[name]
	return cc, slices.Contains(among, cc)
}

// countrysName says whether a text is the name of a country and nothing else.
func (c *Catalogues) countrysName(text string, langs []string) bool {
	if len(text) > maxCountryName {
		return false
	}
	name := placeName(text)
	for _, tag := range langs {
		if l, ok := c.langs[tag]; ok && len(l.named()[name]) > 0 {
			return true
		}
	}
	return false
}

// maxCountryName bounds what is looked up, in bytes: the longest name of the CLDR has 103.
const maxCountryName = 160

// byName are the language's names of countries in the form of placeName, with their codes.
func (l *lang) byName() map[string][]string {
	out := make(map[string][]string, len(l.countries))
	for cc, name := range l.countries {
		if _, newer := l.messages["country."+cc]; !newer {
			out[placeName(name)] = append(out[placeName(name)], cc)
		}
	}
	for id, m := range l.messages {
		if cc, is := strings.CutPrefix(id, "country."); is {
			name := placeName(m.forms["other"])
			out[name] = append(out[name], cc)
		}
	}
	return out
}

// placeName is a name in the form in which names are compared: "the U.K." is "uk", "Côte d’Ivoire" is "cote d ivoire".
func placeName(s string) string {
	words := strings.FieldsFunc(strings.ReplaceAll(Normal(s), ".", ""), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
	words = slices.DeleteFunc(words, func(w string) bool { return w == "the" || w == "and" })
	return strings.Join(words, " ")
}

// shortNames are what people call their country and the CLDR does not, in the form of placeName.
var shortNames = map[string]string{
	"uk": "GB", "gb": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
	"northern ireland": "GB", "inglaterra": "GB", "gran bretana": "GB", "escocia": "GB", "anh": "GB", "nuoc anh": "GB",
	placeName("بريطانيا"): "GB", placeName("إنجلترا"): "GB", placeName("انكلترا"): "GB",
	"usa": "US", "us": "US", "united states of america": "US", "america": "US", "eeuu": "US", "ee uu": "US", "nuoc my": "US",
	placeName("أمريكا"): "US", placeName("أميركا"): "US",
	"uae": "AE", "emirates": "AE", "emiratos": "AE", "dubai": "AE", "abu dhabi": "AE", placeName("الإمارات"): "AE", placeName("دبي"): "AE",
	"ksa": "SA", "saudi": "SA", "arabia saudi": "SA", placeName("السعودية"): "SA",
	"eire": "IE", "republic of ireland": "IE", "holland": "NL", "holanda": "NL", placeName("هولندا"): "NL",
	"czech republic": "CZ", "turkey": "TR", "korea": "KR", "south korea": "KR", "russia": "RU", "burma": "MM", "birmania": "MM",
	"bosnia": "BA", "macedonia": "MK", "vietnam": "VN", "viet nam": "VN", "hong kong": "HK", "macau": "MO", "ivory coast": "CI",
}
