package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"quietline/line"
	"quietline/locales"
)

// ErrPhrase says that a phrase cannot be sent into this conversation.
var ErrPhrase = errors.New("this phrase is not there in the person's language, or nobody knows what it would say")

// A PhraseText is a phrase of the phrasebook as it would be sent into one conversation.
type PhraseText struct {
	ID, Group  string
	Theirs     string   // in the person's language; empty: there is none, and it is not sent
	Own        string   // in the adviser's
	Answers    []string // their numbered answers, in the person's language
	OwnAnswers []string // and in the adviser's
	State      string   // of the text in the person's language: drafted, back-translated, reviewed
}

// Phrases are the phrases as they would be sent into the conversation, for an adviser who reads own. Only the holder asks.
func (b *Bot) Phrases(ctx context.Context, handle, staff, own string) ([]PhraseText, error) {
	var out []PhraseText
	err := b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		out = nil
		tn := w.begin(t)
		lang := b.lang(t.tongue())
		for _, p := range w.Words.Phrases() {
			x := PhraseText{ID: p.ID, Group: p.Group(), State: string(w.Words.MessageState(lang, p.ID))}
			args, ok := tn.phraseArgs(p)
			if !ok {
				continue
			}
			x.Own = w.say(own, p.ID, w.wordArgs(own, t.where(), args))
			if w.hasPhrase(lang, p) {
				x.Theirs = w.say(lang, p.ID, w.wordArgs(lang, t.where(), args))
			}
			for _, a := range p.Answers {
				x.OwnAnswers = append(x.OwnAnswers, w.say(own, a, nil))
				if x.Theirs != "" {
					x.Answers = append(x.Answers, w.say(lang, a, nil))
				}
			}
			out = append(out, x)
		}
		return nil, nil
	})
	return out, err
}

// SendPhrase sends a phrase in the person's language; nonce is the form's id, as of Says. Its numbered answers stand until
// one is given, or the adviser says something else. ErrPhrase where the person's language does not have it.
func (b *Bot) SendPhrase(ctx context.Context, handle, staff, nonce, id string) error {
	return b.utters(ctx, handle, staff, nonce, func(tn *turn) (entry, error) {
		p, ok := tn.Words.Phrase(id)
		if !ok || !tn.hasPhrase(b.lang(tn.t.tongue()), p) {
			return entry{}, ErrPhrase
		}
		args, ok := tn.phraseArgs(p)
		if !ok {
			return entry{}, ErrPhrase
		}
		return ready(part{ID: id, Args: args})(tn)
	})
}

// hasPhrase says whether a language has a phrase and all its answers.
func (c *Content) hasPhrase(lang string, p locales.Phrase) bool {
	return c.Words.Has(lang, p.ID) && !slices.ContainsFunc(p.Answers, func(a string) bool { return !c.Words.Has(lang, a) })
}

// phraseArgs fills in a phrase; false where what it says is not known: when somebody comes who writes the person's
// language, say.
func (tn *turn) phraseArgs(p locales.Phrase) ([]string, bool) {
	for _, h := range tn.Words.Placeholders(p.ID) {
		d := line.Duty{}
		if h == "When" {
			d = tn.duty(tn.t.tongue())
		}
		if d.Next.IsZero() || !slices.Contains(d.NextLanguages, tn.t.tongue()) {
			return nil, false
		}
	}
	return tn.args(p.ID), true
}

// phrase is the id of the phrase that an adviser's line is, or empty.
func (e *entry) phrase() string {
	ps := unpack(e.Said)
	if len(ps) != 1 || ps[0].Kind != "" {
		return ""
	}
	return ps[0].ID
}

// saidTurn is the turn in the id of the line that an adviser just said: buttons below it answer that, and no question of the
// bot's.
func saidTurn(t *talk) string { return "s" + turnOf(t) + "x" + strconv.Itoa(t.Seq) }

// posed is the phrase whose answers stand.
func (tn *turn) posed() (locales.Phrase, bool) {
	if tn.t.Posed == "" || !tn.silent() || tn.Book.Aside(tn.st) {
		return locales.Phrase{}, false
	}
	p, ok := tn.Words.Phrase(tn.t.Posed)
	return p, ok && len(p.Answers) > 0
}

// posedAnswer is the message in words, where it is one of the numbered answers that stand: tapped, or typed as its digit.
// 0, 8 and 9 are keys always, and words are for the adviser as they are.
func (tn *turn) posedAnswer(in *Inbound) (*Inbound, bool) {
	p, ok := tn.posed()
	if !ok || in.Key != "" || in.Edited || in.Other {
		return nil, false
	}
	i := -1
	words := in.Text.Reveal()
	switch {
	case in.Choice != "":
		if in.Turn == "" || in.Turn == turnOf(tn.t) {
			i = slices.Index(p.Answers, in.Choice)
		}
	case in.Digit > 0:
		if in.Turn == tn.t.PosedIn && in.Digit <= len(p.Answers) {
			i = in.Digit - 1
		}
	default:
		if key := tn.Words.WordKey(words, nil); key.Kind == locales.ChoiceKey && key.Digit <= len(p.Answers) {
			i = key.Digit - 1
		}
	}
	if i < 0 {
		return nil, false
	}
	out := *in
	if words == "" {
		words = tn.Content.say(tn.tongue(), p.Answers[i], nil)
	}
	out.Text, out.Choice, out.Digit = Hide(words), "", 0
	tn.means = pack([]part{{Kind: partTap, ID: p.Answers[i], Args: []string{"", strconv.Itoa(i + 1)}}})
	tn.t.Posed, tn.t.PosedIn = "", ""
	return &out, true
}

// posedChoices are the answers that stand, for a page.
func (b *Bot) posedChoices(c *Content, t *talk, lang string) []Choice {
	p, ok := c.Words.Phrase(t.Posed)
	if !ok {
		return nil
	}
	var out []Choice
	for i, id := range p.Answers {
		out = append(out, Choice{ID: id, Digit: i + 1, Label: c.say(lang, id, nil)})
	}
	return out
}
