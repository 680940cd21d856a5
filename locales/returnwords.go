package locales

// ReturnWords is how many everyday words open a conversation again. Three of 256 are 24 bits: enough with attempts
// limited line-wide (DESIGN "Return words").
const ReturnWords = 3

// MinReturnList is the fewest words a list may have, and so what one word is worth at least: 8 bits.
const MinReturnList = 256

// returnWords is one language's list.
type returnWords struct {
	list   []string
	normal map[string]bool
}

// ReturnList returns the words that language lang makes return words from, as a person writes them, sorted as in the
// file; nil when the language has no list. The caller must not change them.
func (c *Catalogues) ReturnList(lang string) []string {
	if l, ok := c.langs[lang]; ok {
		return l.ret.list
	}
	return nil
}

// ParseWords reads return words: a message of exactly ReturnWords words, all on one language's list; case, accents,
// spaces and punctuation do not count, the order does. It returns them normalised: the form that is hashed and compared.
// Pass made words through it too before hashing them.
func (c *Catalogues) ParseWords(text string) ([]string, bool) {
	if len(text) > 256 { // no three words are longer
		return nil, false
	}
	ts := tokens(Normal(text))
	if len(ts) != ReturnWords {
		return nil, false
	}
	for _, l := range c.langs {
		if l.ret.holds(ts) {
			return ts, true
		}
	}
	return nil, false
}

func (r *returnWords) holds(ts []string) bool {
	for _, t := range ts {
		if !r.normal[t] {
			return false
		}
	}
	return true
}

// only says whether a message is made of return words alone: by themselves they mean nothing, whatever they are cues of.
func (r *returnWords) only(c *cut) bool {
	if len(c.bare) > ReturnWords {
		return false
	}
	for _, w := range c.raw {
		if !r.normal[w] {
			return false
		}
	}
	return true
}
