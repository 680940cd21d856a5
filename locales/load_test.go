package locales_test

import (
	"testing"

	"quietline/locales"
)

func load(t testing.TB) *locales.Catalogues {
	t.Helper()
	c, err := locales.Load(locales.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestShippedLoads(t *testing.T) {
	c := load(t)
	for _, l := range c.Languages() {
		if !c.Has(l.Tag, "weekday.1") {
			t.Log(l.Tag)
		}
	}
}
