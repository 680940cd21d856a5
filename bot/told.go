package bot

import (
	"strings"
	"time"

	"quietline/flows"
	"quietline/line"
)

// Offered are the languages and countries of the menus and the channels that people can come by, in the operator's order.
func (b *Bot) Offered() (languages, countries, channels []string) {
	channels = []string{pageChannel}
	for _, c := range b.cfg.Channels {
		channels = append(channels, c.Name())
	}
	return b.cfg.Languages, b.cfg.Countries, channels
}

// pageChannel is the name of the channel that shows the conversation itself.
const pageChannel = "web"

// Told is what a person who asks for an adviser on a channel is told at a time about who is there: of the messages that
// the very turn makes those of handoff; kept is what they read after that while they keep their place. duty says who is
// there; ahead is how many wait before them. Nothing is stored or sent.
func (b *Bot) Told(at time.Time, lang, country, channel string, duty line.Duty, ahead int) (said, kept []Block) {
	t := &talk{Channel: channel, Lang: b.lang(lang), Country: country, Page: channel == pageChannel, Mode: string(Talking)}
	w := b.world("")
	w.now, w.ahead, w.duty = at, ahead, func(string) line.Duty { return duty }
	tn := w.begin(t)
	tn.st = flows.State{Flow: "handoff", Step: "home", Open: true} // anywhere within a sitting
	tn.next(flows.Event{Kind: flows.Person})
	for i := range tn.parts {
		if p := &tn.parts[i]; p.Kind == "" && strings.HasPrefix(p.ID, "handoff.") {
			said = append(said, b.blocks(tn.Content, t.Lang, t.Country, p, nil)...)
		}
	}
	if t.Hand != nil {
		p := part{ID: "handoff.waiting", Args: tn.args("handoff.waiting")}
		kept = b.blocks(tn.Content, t.Lang, t.Country, &p, nil)
	}
	return said, kept
}
