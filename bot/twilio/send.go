package twilio

import (
	"context"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"quietline/bot"
)

const (
	// validity is the longest that a message may wait in Twilio's queue: minutes, not Twilio's ten hours. In the wrong
	// hands a late message is worse than none.
	validity = 10 * time.Minute
	// doubtFor is how long a send in doubt is remembered: longer than the bot's longest pause between two tries.
	doubtFor = 2 * time.Hour
	// clockGap is how far Twilio's clock and ours may be apart when a send in doubt is looked for.
	clockGap = time.Minute
)

// A doubt is a send of which nobody knows whether Twilio took it.
type doubt struct {
	since time.Time
	texts []uint64 // what was sent, hashed: the words of a message can change between two tries
}

// known is what Twilio has lately confirmed to one person, the newest last.
type known struct {
	sids []string
	at   time.Time
}

// maxKnown is how many messages one person may get within clockGap and still be told apart.
const maxKnown = 16

// Send hands one message to Twilio. Twilio has no key by which a repeated call would be taken once. So after a call
// whose answer did not come, the next try first looks among what this number has sent this person since: found there,
// the message is not sent again. That memory dies with the process, so a message made before this one began is looked
// for as well.
func (c *channel) Send(ctx context.Context, out bot.Outbound) (bot.Receipt, error) {
	a, now := c.a, c.a.cfg.Now()
	theirs, ours, ok := split(out.To)
	if !ok {
		return bot.Receipt{}, &bot.SendError{Next: bot.Never, Class: "not a number"}
	}
	if !c.ours(ours) {
		return bot.Receipt{}, &bot.SendError{Next: bot.Never, Class: "number given up"}
	}
	wait := validity
	if !out.Until.IsZero() {
		wait = min(wait, out.Until.Sub(now).Truncate(time.Second))
	}
	if wait < time.Second {
		return bot.Receipt{}, &bot.SendError{Next: bot.Lost, Class: "too late"}
	}
	text, whose, key := out.WithChoices(), a.key(c.name, out.To, ""), a.key(c.name, out.To, out.ID)
	d, ok := a.inDoubt(key)
	if !out.Made.IsZero() && out.Made.Before(a.began) && (!ok || out.Made.Before(d.since)) {
		d.since, ok = out.Made, true
	}
	if ok {
		known := func(sid string) bool { return a.isKnown(whose, sid) || out.Known != nil && out.Known(sid) }
		sid, err := c.look(ctx, theirs, ours, text, d, known)
		if err != nil {
			return bot.Receipt{}, sendError(asAPI(err), spread(key))
		}
		if sid != "" {
			a.settle(key, whose, sid)
			return bot.Receipt{ID: sid, At: now, Copy: true}, nil
		}
	}
	m, err := a.service(ctx).CreateMessage(c.params(theirs, ours, text, wait))
	if err == nil && (m.Sid == nil || !messageSID.MatchString(*m.Sid)) {
		err = &apiError{Class: "answer not understood", Doubt: true}
	}
	if err != nil {
		e := asAPI(err)
		if e.Doubt {
			a.doubt(key, text, now)
		}
		return bot.Receipt{}, sendError(e, spread(key))
	}
	a.settle(key, whose, *m.Sid)
	return bot.Receipt{ID: *m.Sid, At: now, Copy: true}, nil
}

// params is one message as Twilio gets it. Links are not shortened (that counts who opens them), and characters are not
// exchanged: the text was measured as it is.
func (c *channel) params(theirs, ours, text string, wait time.Duration) *openapi.CreateMessageParams {
	p := &openapi.CreateMessageParams{}
	p.SetTo(c.prefix + theirs).SetFrom(c.prefix + ours).SetBody(text)
	p.SetValidityPeriod(int(wait / time.Second)).SetSmartEncoded(false)
	p.SetStatusCallback(c.a.public + StatusPath)
	if c.a.cfg.MessagingServiceSID != "" {
		p.SetMessagingServiceSid(c.a.cfg.MessagingServiceSID).SetShortenUrls(false)
	}
	if c.a.cfg.Discard {
		p.SetContentRetention("discard")
	}
	if c.a.cfg.Obfuscate {
		p.SetAddressRetention("obfuscate")
	}
	return p
}

// ours reports whether a number still sends for this channel.
func (c *channel) ours(number string) bool {
	n, ok := c.a.numbers[number]
	return ok && (c.name == SMS || n.WhatsApp)
}

// look finds a message that Twilio may have taken: from this number to this person, of this text (unless Twilio keeps
// none), since the call in doubt, and none that is known to be another. One conversation sends one message at a time.
func (c *channel) look(ctx context.Context, theirs, ours, text string, d doubt, known func(sid string) bool) (string, error) {
	p := &openapi.ListMessageParams{}
	p.SetTo(c.prefix + theirs).SetFrom(c.prefix + ours).SetPageSize(50)
	page, err := c.a.service(ctx).PageMessage(p, "", "")
	if err != nil {
		return "", err
	}
	for _, m := range page.Messages {
		switch at, ok := created(m); {
		case !ok || at.Before(d.since.Add(-clockGap)):
		case m.Sid == nil || !messageSID.MatchString(*m.Sid) || known(*m.Sid):
		case !c.a.cfg.Discard && (m.Body == nil || !slices.Contains(d.texts, c.a.hash(*m.Body)) && !sameWords(*m.Body, text)):
		default:
			return *m.Sid, nil
		}
	}
	return "", nil
}

// sameWords says whether two texts are one, but for a cover above one of them (it stands there when the person has not
// written for a while), and for spaces around, which Twilio may drop.
func sameWords(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a == b || strings.HasSuffix(a, "\n"+b) || strings.HasSuffix(b, "\n"+a)
}

// created is when Twilio made a message.
func created(m openapi.ApiV2010Message) (time.Time, bool) {
	if m.DateCreated == nil {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC1123Z, *m.DateCreated)
	return at, err == nil
}

// key stands for one message, or with no id for one person, in this process's memory: no address lies outside the sealed
// record (S12).
func (a *Account) key(channel string, to bot.Address, id string) uint64 {
	return maphash.String(a.seed, channel+"\x00"+to.Reveal()+"\x00"+id)
}

func spread(key uint64) float64 { return float64(key%1000) / 1000 }

// hash is a text without the spaces around it, which Twilio may drop.
func (a *Account) hash(text string) uint64 { return maphash.String(a.seed, strings.TrimSpace(text)) }

// doubt remembers what was tried when, and with what outcome nobody knows.
func (a *Account) doubt(key uint64, text string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	d, ok := a.doubtful[key]
	if !ok {
		d.since = at
	}
	if h := a.hash(text); !slices.Contains(d.texts, h) {
		d.texts = append(d.texts, h)
	}
	a.doubtful[key] = d
}

func (a *Account) inDoubt(key uint64) (doubt, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	d, ok := a.doubtful[key]
	return d, ok
}

// settle ends the doubt: Twilio has the message as sid.
func (a *Account) settle(key, whose uint64, sid string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.doubtful, key)
	now := a.cfg.Now()
	k := a.known[whose]
	if len(k.sids) == maxKnown {
		k.sids = slices.Delete(k.sids, 0, 1)
	}
	a.known[whose] = known{append(k.sids, sid), now}
	if now.Sub(a.pruned) < validity {
		return
	}
	a.pruned = now
	maps.DeleteFunc(a.known, func(_ uint64, k known) bool { return now.Sub(k.at) > doubtFor })
	maps.DeleteFunc(a.doubtful, func(_ uint64, d doubt) bool { return now.Sub(d.since) > doubtFor })
}

func (a *Account) isKnown(whose uint64, sid string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Contains(a.known[whose].sids, sid)
}
