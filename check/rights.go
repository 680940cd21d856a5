package check

import "slices"

// rights proves that what the directory says of a country has words: an operator's own rows of rights.csv bring none along.
func (c *checker) rights() {
	if c.Directory == nil {
		return
	}
	for _, cc := range c.Directory.Countries() {
		known, _ := c.Directory.Country(cc)
		for _, r := range slices.Concat(known.Silent, known.Rights) {
			if id := r.MessageID(); !c.Catalogues.Has("en", id) {
				c.text(Missing, "en", id, "row %q of rights.csv has no words: add message %q, which says it to a person, to locales/en.toml of your content folder and to your other languages", r.ID, id)
			}
		}
	}
}
