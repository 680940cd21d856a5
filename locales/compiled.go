package locales

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// forms are a language's words as they are matched. They do not change once made.
type forms struct {
	words *grammar
	ret   *returnWords
}

// Making forms takes some tens of milliseconds a language, and an edit of texts does not touch them: what was made of the
// same files before is taken again. Only what was without fault is kept.
var made = struct {
	sync.Mutex
	forms map[[32]byte]forms
	safe  map[[32]byte]bool // return words that were proven safe among all other words
}{forms: map[[32]byte]forms{}, safe: map[[32]byte]bool{}}

// mostMade bounds what is kept; a line has a few languages, and an edit makes new ones.
const mostMade = 256

// sum is what the files of these names hold, in every layer.
func (ld *loader) sum(files ...string) [32]byte {
	h := sha256.New()
	for _, ly := range ld.layers {
		for _, name := range files {
			var b []byte
			info, err := fs.Stat(ly.fsys, name)
			if err == nil && info.Size() <= maxFile { // a larger one is refused when it is read
				b, err = fs.ReadFile(ly.fsys, name)
			}
			fmt.Fprintf(h, "%s %d %v\n", name, len(b), err == nil)
			h.Write(b)
		}
	}
	return [32]byte(h.Sum(nil))
}

// wordForms gives a language its keys, danger words and return words.
func (ld *loader) wordForms(l *lang) {
	key := ld.sum("words/"+l.Tag+".toml", "words/return."+l.Tag+".toml")
	made.Lock()
	f, ok := made.forms[key]
	made.Unlock()
	if ok {
		l.words, l.ret = f.words, f.ret
		return
	}
	faults := len(ld.errs)
	ld.makeForms(l)
	if len(ld.errs) > faults {
		return
	}
	made.Lock()
	defer made.Unlock()
	if len(made.forms) >= mostMade {
		clear(made.forms)
	}
	made.forms[key] = forms{l.words, l.ret}
}

// safeReturnWords refuses return words of any language that mean something else there.
func (ld *loader) safeReturnWords(c *Catalogues) {
	h := sha256.New()
	all := ld.sum("discreet/" + everyLanguage + ".toml")
	h.Write(all[:])
	for _, row := range c.table.rows {
		for _, name := range []string{"words/" + row.Tag + ".toml", "words/return." + row.Tag + ".toml", "discreet/" + row.Tag + ".toml"} {
			sum := ld.sum(name)
			_, _ = io.WriteString(h, row.Tag) // a hash takes everything
			h.Write(sum[:])
		}
	}
	key := [32]byte(h.Sum(nil))
	made.Lock()
	ok := made.safe[key]
	made.Unlock()
	if ok {
		return
	}
	faults := len(ld.errs)
	for _, row := range c.table.rows {
		ld.safeIn(c, c.langs[row.Tag])
	}
	if len(ld.errs) > faults {
		return
	}
	made.Lock()
	defer made.Unlock()
	if len(made.safe) >= mostMade {
		clear(made.safe)
	}
	made.safe[key] = true
}
