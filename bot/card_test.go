package bot

import (
	"slices"
	"testing"

	"quietline/directory"
)

// What the police may do about papers stands on the card where a source says it, with the source; elsewhere nothing does.
func TestS3_TheCardSaysOnlySourcedThingsAboutPapers(t *testing.T) {
	c, err := content()
	if err != nil {
		t.Fatal(err)
	}
	about := func(country string, full bool) (rights []Block) {
		for _, b := range c.Card("en", country, full, directory.ShowUnchecked) {
			if b.Kind == "right" {
				rights = append(rights, b)
			}
		}
		return rights
	}
	want := c.say("en", "right.fi-non-punishment", nil)
	if got := about("FI", true); len(got) != 1 || got[0].Text != want || got[0].Source == "" || got[0].On == "" {
		t.Errorf("the card of FI says %+v", got)
	}
	if slices.ContainsFunc(c.Card("en", "FI", false, directory.ShowUnchecked), func(b Block) bool { return b.Kind != "number" && b.Text != "Finland" }) {
		t.Error("the short card says more than numbers")
	}
	if got := about("GB", true); len(got) != 0 {
		t.Errorf("the card of GB says what no source does: %+v", got)
	}
}
