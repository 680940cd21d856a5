package twilio

import (
	"context"
	"hash/maphash"
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

// taken is a message that Twilio has confirmed.
type taken struct {
	sid string
	at  time.Time
}

// Send hands one message to Twilio. Twilio has no key by which a repeated call would be taken once. So after a call
// whose answer did not come, the next try first looks among what this number has sent this person since: found there,
// the message is not sent again. That memory dies with the process; a crash in the middle of a call can cost one repeat.
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
	text, key := out.WithChoices(), a.key(c.name, out)
	if started, ok := a.inDoubt(key); ok {
		sid, err := c.look(ctx, theirs, ours, text, started)
		if err != nil {
			return bot.Receipt{}, sendError(asAPI(err), spread(key))
		}
		if sid != "" {
			a.settle(key, sid)
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
			a.doubt(key, now)
		}
		return bot.Receipt{}, sendError(e, spread(key))
	}
	a.settle(key, *m.Sid)
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
func (c *channel) look(ctx context.Context, theirs, ours, text string, started time.Time) (string, error) {
	p := &openapi.ListMessageParams{}
	p.SetTo(c.prefix + theirs).SetFrom(c.prefix + ours).SetPageSize(50)
	page, err := c.a.service(ctx).PageMessage(p, "", "")
	if err != nil {
		return "", err
	}
	for _, m := range page.Messages {
		switch at, ok := created(m); {
		case !ok || at.Before(started.Add(-clockGap)):
		case m.Sid == nil || !messageSID.MatchString(*m.Sid) || c.a.isKnown(*m.Sid):
		case !c.a.cfg.Discard && (m.Body == nil || strings.TrimSpace(*m.Body) != strings.TrimSpace(text)):
		default:
			return *m.Sid, nil
		}
	}
	return "", nil
}

// created is when Twilio made a message.
func created(m openapi.ApiV2010Message) (time.Time, bool) {
	if m.DateCreated == nil {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC1123Z, *m.DateCreated)
	return at, err == nil
}

// key stands for one message in this process's memory: no address lies outside the sealed record (S12).
func (a *Account) key(channel string, out bot.Outbound) uint64 {
	return maphash.String(a.seed, channel+"\x00"+out.To.Reveal()+"\x00"+out.ID)
}

func spread(key uint64) float64 { return float64(key%1000) / 1000 }

// doubt remembers when a send was first tried whose outcome nobody knows.
func (a *Account) doubt(key uint64, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.doubtful[key]; ok {
		return
	}
	for k, started := range a.doubtful {
		if at.Sub(started) > doubtFor {
			delete(a.doubtful, k)
		}
	}
	a.doubtful[key] = at
}

func (a *Account) inDoubt(key uint64) (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	started, ok := a.doubtful[key]
	return started, ok
}

// settle ends the doubt: Twilio has the message as sid. What is known is kept for as long as another could be taken for it.
func (a *Account) settle(key uint64, sid string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.doubtful, key)
	now := a.cfg.Now()
	old := 0
	for old < len(a.known) && now.Sub(a.known[old].at) > doubtFor {
		old++
	}
	a.known = append(slices.Delete(a.known, 0, old), taken{sid, now})
}

func (a *Account) isKnown(sid string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(a.known, func(t taken) bool { return t.sid == sid })
}
