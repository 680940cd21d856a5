package locales

import "slices"

// Discreet returns the telling words of language lang that text holds, as its discreet list writes them; nil when there are
// none. What it finds must not stand on a screen before a sitting is open (S1). Names that tell in every language
// ("quietline") are looked for in all. A language without a list answers with English's.
func (c *Catalogues) Discreet(lang, text string) []string {
	p, ok := c.discreet[lang]
	if !ok {
		p = c.discreet[source]
	}
	r := p.read(cutText(kept(text)), true)
	covered := make([]bool, len(r.bare))
	hits := bared(r.find(covered), covered)
	slices.SortStableFunc(hits, func(a, b hit) int { return a.order - b.order })
	var written []string
	for _, h := range hits {
		if w := h.written; !slices.Contains(written, w) {
			written = append(written, w)
		}
	}
	return written
}
