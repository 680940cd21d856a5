package bot

import (
	"context"
	"errors"
	"slices"

	"quietline/directory"
	"quietline/locales"
)

// A Delivery says how far something that an adviser said has come.
type Delivery string

// How far it has come. What a page shows is Sent: a page says nothing back.
const (
	Waits   Delivery = "waits"   // for the person to open a sitting
	Sending Delivery = "sending" // with us
	Sent    Delivery = "sent"    // on the page, or with the provider
	Came    Delivery = "came"    // the provider says that it arrived
)

// The marks of a line in which danger was heard.
const (
	MarkDanger = "danger"
	MarkHarm   = "selfharm"
)

// SureID is the line that asks whether the same person still writes unseen, and tells nobody else anything.
const SureID = "desk.sure"

// ErrService says that a help line is not there any more, or not for people to see.
var ErrService = errors.New("there is no such help line in the directory")

// ready is a line that the program has ready, to be said.
func ready(p part) func(*turn) (entry, error) {
	return func(*turn) (entry, error) { return entry{Said: pack([]part{p})}, nil }
}

// AskSure sends [SureID] in the person's language; nonce is the form's id, as of Says.
func (b *Bot) AskSure(ctx context.Context, handle, staff, nonce string) error {
	return b.utters(ctx, handle, staff, nonce, ready(part{ID: SureID}))
}

// SendService sends the card of one help line of a country, as the directory has it, in the person's language; nonce is the
// form's id, as of Says. ErrService where people may not see it.
func (b *Bot) SendService(ctx context.Context, handle, staff, nonce, country, id string) error {
	c := b.cfg.Content()
	if c.ServiceCard("en", country, id, b.cfg.policy()) == nil {
		return ErrService
	}
	return b.utters(ctx, handle, staff, nonce, ready(part{Kind: partService, ID: id, Args: []string{country}}))
}

// ServiceCard is one help line of a country as a person reads it; nil where there is none that they may see.
func (c *Content) ServiceCard(lang, country, id string, policy directory.Unchecked) []Block {
	all := c.Directory.Services(country, "", policy)
	i := slices.IndexFunc(all, func(s directory.Service) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return []Block{c.service(lang, all[i])}
}

// An OfferedService is a help line that an adviser may send: as the person reads it, and as the adviser does.
type OfferedService struct {
	ID          string
	Theirs, Own []Block
}

// ServicesFor are the help lines of a country for a need (empty: all), for a person who reads theirs and an adviser who
// reads own.
func (b *Bot) ServicesFor(country, need, theirs, own string) []OfferedService {
	c := b.cfg.Content()
	var out []OfferedService
	for _, s := range c.Directory.Services(country, need, b.cfg.policy()) {
		out = append(out, OfferedService{ID: s.ID, Theirs: []Block{c.service(theirs, s)}, Own: []Block{c.service(own, s)}})
	}
	return out
}

// deskLine is a line as an adviser sees it: what was sent ready-made stands there as the person reads it.
func (b *Bot) deskLine(c *Content, t *talk, e *entry, lang string) Line {
	words := func(lang string) []Block {
		said := *e
		said.Text = ""
		return b.line(c, lang, t.where(), &said, nil).Blocks
	}
	if !e.ofAdviser() {
		l := b.line(c, lang, t.where(), e, nil)
		if e.Text != "" && e.Said != "" {
			l.Means = words(lang)
		}
		return l
	}
	l := b.line(c, b.lang(t.tongue()), t.where(), e, nil)
	if e.Text == "" && lang != b.lang(t.tongue()) {
		l.Own = words(lang)
	}
	l.State = t.state(e)
	return l
}

// tongue and where are the language and country of the conversation, also after its sitting.
func (t *talk) tongue() string {
	if t.Lang == "" && t.Hand != nil {
		return t.Hand.Lang
	}
	return t.Lang
}

func (t *talk) where() string {
	if t.Country == "" && t.Hand != nil {
		return t.Hand.Country
	}
	return t.Country
}

// state is how far an adviser's line has come.
func (t *talk) state(e *entry) Delivery {
	switch {
	case e.Held:
		return Waits
	case e.Came:
		return Came
	case slices.ContainsFunc(t.Out, func(o outmsg) bool { return o.Seq == e.Seq }):
		return Sending
	}
	return Sent
}

// came notes that the line with this number arrived.
func (t *talk) came(seq int) {
	for i := range t.Log {
		if seq > 0 && t.Log[i].Seq == seq {
			t.Log[i].Came = true
		}
	}
}

// markOf says whether danger or self-harm is heard in what the person writes to an adviser, in any of the line's languages.
func (tn *turn) markOf(text string) string {
	if !tn.held(tn.t) {
		return ""
	}
	langs := append([]string{tn.t.Lang}, slices.DeleteFunc(slices.Clone(tn.cfg.Languages), func(l string) bool { return l == tn.t.Lang })...)
	switch tn.Words.Keys(text, langs, tn.Directory.TypedEmergencyNumbers(tn.where())...).Kind {
	case locales.DangerKey:
		return MarkDanger
	case locales.SelfHarmKey:
		return MarkHarm
	}
	return ""
}
