package bot

import (
	"context"
	"time"

	"quietline/flows"
	"quietline/store"
)

func (b *Bot) preview(channel, lang, country string) (View, error) {
	t := &talk{Channel: channel, Page: true}
	return b.firstView(t, lang, country)
}

// firstView is the first question of a sitting that has not begun.
func (b *Bot) firstView(t *talk, lang, country string) (View, error) {
	w := b.world("")
	tn := w.begin(t)
	turn := turnOf(t)
	probe := *t
	tn.t = &probe
	tn.arrive(&Inbound{Lang: lang, Country: country, Page: true})
	tn.next(flows.Event{Kind: flows.Begin})
	said := tn.parts
	v := View{Turn: turn, Lang: b.lang(probe.Lang), Country: probe.Country, Mode: Talking}
	e := entry{Seq: 1, From: string(FromBot), At: w.now.Truncate(time.Minute).Unix(), Said: pack(said)}
	v.Lines = []Line{b.line(w.Content, v.Lang, v.Country, &e, nil)}
	v.Choices = b.choices(w.Content, tn, v.Lang)
	return v, nil
}

func (b *Bot) view(ctx context.Context, channel string, a Address) (View, error) {
	name := store.NewName(b.secretNow(), channel, a.Reveal())
	ends := b.endsSoFar()
	r, t, err := b.read(ctx, name)
	if err != nil {
		return View{}, err
	}
	if t == nil || t.Mode == string(Residue) || t.Left {
		return View{Gone: true}, nil
	}
	b.meet(name, r.Rev, t, ends)
	w := b.world("")
	tn := w.begin(t)
	v := View{Rev: r.Rev, Turn: turnOf(t), Lang: b.lang(t.Lang), Country: t.Country, Mode: Mode(t.Mode), Open: tn.st.Open}
	for i := range t.Log {
		e := &t.Log[i]
		if e.Held || e.Kept || e.spoken() && !tn.st.Open {
			continue
		}
		v.Lines = append(v.Lines, b.line(w.Content, v.Lang, t.Country, e, t.Acts))
	}
	if tn.Book.Begins(tn.st) && len(v.Lines) == 0 {
		first, err := b.firstView(t, t.Lang, t.Country)
		first.Rev = r.Rev
		return first, err
	}
	v.Choices = b.choices(w.Content, tn, v.Lang)
	v.Write = tn.silent() || tn.Book.TakesText(tn.st)
	if tn.silent() && !tn.Book.Aside(tn.st) {
		v.Choices = b.posedChoices(w.Content, t, v.Lang)
	}
	return v, nil
}

func (b *Bot) choices(c *Content, tn *turn, lang string) []Choice {
	var out []Choice
	for i, ch := range tn.Book.Choices(tn.st) {
		out = append(out, Choice{ID: ch.ID, Digit: i + 1, Label: c.label(lang, ch.Text, ch.Menu, ch.ID)})
	}
	return out
}
