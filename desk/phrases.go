package desk

import (
	"net/http"
	"slices"
	"strings"

	"quietline/bot"
	"quietline/locales"
)

// A phrasesPage is the phrasebook beside a conversation.
type phrasesPage struct {
	Handle string
	Lang   string // of the person
	Query  string
	Groups []phraseGroup
	Nonce  string
	Same   bool // the adviser reads the person's language
}

type phraseGroup struct {
	Name string
	Rows []phraseRow
}

type phraseRow struct {
	bot.PhraseText
	Slug string // for the page's ids
}

// groupName is a part of the phrasebook in words; an operator's own parts are called as they are in the file.
func groupName(group string) string {
	switch group {
	case "hello":
		return said("To begin")
	case "safe":
		return said("Safety")
	case "yes":
		return said("Consent")
	case "next":
		return said("Next steps")
	case "health":
		return said("Health")
	case "meet":
		return said("Meeting and calling")
	case "wait":
		return said("Waiting")
	case "language":
		return said("Language")
	case "close":
		return said("To end")
	}
	return group
}

// stateOf is a review state in words.
func stateOf(state string) string {
	switch locales.ReviewState(state) {
	case locales.Reviewed:
		return said("read by a native speaker")
	case locales.BackTranslated:
		return said("translated back and compared")
	}
	return said("a draft: no native speaker has read it")
}

// phrases lists what can be sent, in the adviser's language; each opens to what the person will read. A search looks into
// the adviser's texts and answers.
func (d *desk) phrases(w http.ResponseWriter, r *http.Request, s seat) {
	v, ok := d.mine(w, r, s)
	if !ok {
		return
	}
	in := d.words(r)
	all, err := d.Bot.Phrases(r.Context(), v.Handle, s.ID, in.lang)
	if err != nil {
		d.refuse(w, r, "opening the phrasebook", err)
		return
	}
	p := phrasesPage{Handle: v.Handle, Lang: v.Lang, Query: strings.TrimSpace(r.URL.Query().Get("q")), Same: v.Lang == in.lang}
	if len(p.Query) > maxField {
		p.Query = ""
	}
	if !d.ready(w, r, &p.Nonce) {
		return
	}
	for _, x := range all {
		if !matches(x, p.Query) {
			continue
		}
		i := slices.IndexFunc(p.Groups, func(g phraseGroup) bool { return g.Name == groupName(x.Group) })
		if i < 0 {
			i = len(p.Groups)
			p.Groups = append(p.Groups, phraseGroup{Name: groupName(x.Group)})
		}
		p.Groups[i].Rows = append(p.Groups[i].Rows, phraseRow{x, strings.ReplaceAll(x.ID, ".", "-")})
	}
	d.render(w, r, http.StatusOK, "phrases", page{Title: d.Title, Seat: &s, Body: p})
}

// matches says whether every word of a search begins a word of the phrase in the adviser's language.
func matches(x bot.PhraseText, query string) bool {
	text := " " + locales.Normal(x.Own+" "+strings.Join(x.OwnAnswers, " "))
	for _, q := range strings.Fields(locales.Normal(query)) {
		if !strings.Contains(text, " "+q) {
			return false
		}
	}
	return true
}

func (d *desk) sendPhrase(w http.ResponseWriter, r *http.Request, s seat) {
	handle, nonce := r.PathValue("handle"), r.PostForm.Get("nonce")
	if nonce == "" || len(nonce) > 64 {
		d.message(w, r, http.StatusUnprocessableEntity, "This form was not complete. Send it again.")
		return
	}
	if err := d.Bot.SendPhrase(r.Context(), handle, s.ID, nonce, r.PostForm.Get("id")); err != nil {
		d.refuse(w, r, "sending a phrase", err)
		return
	}
	http.Redirect(w, r, "/c/"+handle, http.StatusSeeOther)
}

// writes says whether the seat writes a language: who never said which languages they write is taken to.
func (s seat) writes(tag string) bool {
	return len(s.Languages) == 0 || slices.Contains(s.Languages, tag)
}
