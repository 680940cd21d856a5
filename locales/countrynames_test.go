package locales_test

import (
	"testing"
)

// A country is known by its name in any of the languages, by what people call it, and by nothing else.
func TestCountryNamed(t *testing.T) {
	c := load(t)
	langs := []string{"en", "es", "ar", "vi"}
	among := []string{"GB", "US", "CI", "TR", "AE", "BA", "XK", "DE", "VN"}
	for text, want := range map[string]string{
		"United Kingdom": "GB", " united kingdom. ": "GB", "the U.K.": "GB", "UK": "GB", "England": "GB", "Reino Unido": "GB",
		"المملكة المتحدة": "GB", "بريطانيا": "GB", "vuong quoc anh": "GB", "Vương quốc Anh": "GB",
		"Côte d'Ivoire": "CI", "turkey": "TR", "Türkiye": "TR", "الإمارات": "AE", "USA": "US", "Bosnia and Herzegovina": "BA", "kosovo": "XK", "Đức": "DE", "Việt Nam": "VN",
		"": "", "   ": "", "I like Spain": "", "99": "", "0": "", "no": "", "my": "", "hello": "", "Spain": "", // not among them
	} {
		if got, ok := c.CountryNamed(text, langs, among); ok != (want != "") || ok && got != want {
			t.Errorf("%q names %q, %v; want %q", text, got, ok, want)
		}
	}
}
