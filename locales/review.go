package locales

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// ReviewState says how far a message's wording has been read by somebody else than its writer.
type ReviewState string

// The states, worst first. A change of the English or of the translation makes a message drafted again.
const (
	Drafted        ReviewState = "drafted"         // written, read by nobody else
	BackTranslated ReviewState = "back-translated" // turned back into English by somebody else and compared
	Reviewed       ReviewState = "reviewed"        // read and accepted by a native speaker who knows the work
)

func (s ReviewState) rank() int {
	switch s {
	case Reviewed:
		return 2
	case BackTranslated:
		return 1
	}
	return 0
}

// A Review is what review/xx.toml says of one message.
type Review struct {
	English     string      `toml:"english"`     // Hash of the English read
	Translation string      `toml:"translation"` // Hash of the wording read
	State       ReviewState `toml:"state"`
	By          string      `toml:"by"`    // a role or pseudonym; required unless drafted
	On          string      `toml:"on"`    // the day, 2006-01-02; required unless drafted
	Doubt       string      `toml:"doubt"` // what the next reader should look at
}

// State returns the worst review state among the messages of language lang; Drafted for an unknown one.
func (c *Catalogues) State(lang string) ReviewState {
	if l, ok := c.langs[lang]; ok {
		return l.state
	}
	return Drafted
}

// MessageState returns the review state of message id in language lang: Drafted when nobody read it, or when its English
// or its wording is not the one that was read.
func (c *Catalogues) MessageState(lang, id string) ReviewState {
	l, ok := c.langs[lang]
	if !ok {
		return Drafted
	}
	r, ok := l.review[id]
	if !ok || r.Translation != hash(l.messages[id]) || r.English != hash(c.langs[source].messages[id]) {
		return Drafted
	}
	return r.State
}

// worst fills in the language's state.
func (c *Catalogues) worst(l *lang) ReviewState {
	state := Reviewed
	if len(l.messages) == 0 {
		return Drafted
	}
	for id := range l.messages {
		if s := c.MessageState(l.Tag, id); s.rank() < state.rank() {
			state = s
		}
	}
	return state
}

// hash names one wording of a message: 16 hexadecimal digits of the SHA-256 of its forms.
func hash(m message) string {
	h := sha256.New()
	for _, form := range sortedKeys(m.forms) {
		fmt.Fprintf(h, "%s\x00%s\x00", form, m.forms[form])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// UpdateReview returns the text of review/xx.toml for language lang as it should be now: a message whose hashes no longer
// fit, or that has no entry, becomes drafted with fresh hashes; what was read and is unchanged stays; entries of messages
// that are gone are left out. Doubts stay until somebody takes them out.
func (c *Catalogues) UpdateReview(lang string) ([]byte, error) {
	l, ok := c.langs[lang]
	if !ok {
		return nil, fmt.Errorf("review of %q: %w", lang, ErrLanguage)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Who read the %s messages, and which wording. A change of the English or of the translation makes a message drafted\n", lang)
	b.WriteString("# again. States: drafted, back-translated, reviewed; the last two need by and on.\n")
	for _, id := range sortedKeys(l.messages) {
		r := l.review[id]
		english, translation := hash(c.langs[source].messages[id]), hash(l.messages[id])
		if r.English != english || r.Translation != translation {
			r = Review{English: english, Translation: translation, State: Drafted, Doubt: r.Doubt}
		}
		fmt.Fprintf(&b, "\n[%s]\nenglish = %q\ntranslation = %q\nstate = %q\n", strconv.Quote(id), r.English, r.Translation, r.State)
		for _, extra := range []struct{ key, value string }{{"by", r.By}, {"on", r.On}, {"doubt", r.Doubt}} {
			if extra.value != "" {
				fmt.Fprintf(&b, "%s = %s\n", extra.key, tomlString(extra.value))
			}
		}
	}
	return b.Bytes(), nil
}

// tomlString writes s as a TOML basic string on one line.
func tomlString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s) + `"`
}
