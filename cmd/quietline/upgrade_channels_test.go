package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"quietline/bot/telegram/telegramtest"
	"quietline/bot/twilio/twiliotest"
)

// toldChannels is what is known of the people who wrote by Telegram and SMS, and what lay at the providers.
type toldChannels struct {
	Public, TelegramURL, TwilioURL string // as quietline.toml has them

	Queued    string // handle of a conversation by Telegram that waits
	QueueChat string
	Said      string // what its person wrote for whoever comes

	Texting    string // handle of a conversation by SMS that the lead holds
	TextNumber string // its person's
	Texted     string // what its person wrote
	Answered   string // what the lead answered

	SignChat string    // a chat to which a check-in comes
	Sign     string    // in these words
	SignFrom time.Time // from then on
	SignTo   time.Time // and before then

	Telegram telegramtest.Kept
	Twilio   twiliotest.Kept
}

// toldBy has three people write: one waits, one is answered, one asks for a check-in.
func (v *provided) toldBy(lead adviser, code string) *toldChannels {
	v.t.Helper()
	k := &toldChannels{Public: v.public, TelegramURL: v.telegram.URL(), TwilioURL: v.twilio.URL, TextNumber: herNumber,
		Said: "I can read in the morning.", Texted: "I have a bag with me.", Answered: "A bed is free on Friday.",
		Sign: "The shop has new opening hours."}

	bo := v.telegram.Phone()
	k.SignChat = bo.Chat()
	bo.Starts(code)
	v.taps(bo, "Yes", "No", "Me", "A place to stay", "A sign at a later time", "Once", "Tomorrow", "Morning", k.Sign, "Do nothing")
	v.ok(bo.Waits("Shall we set it?"))
	m := regexp.MustCompile(`The first one: \w+ (\S+) (\d\d:\d\d)–(\d\d:\d\d)`).FindStringSubmatch(bo.Screen())
	if m == nil {
		v.t.Fatalf("no time is shown:\n%s", bo.Screen())
	}
	zone, err := time.LoadLocation("Europe/London")
	v.ok(err)
	k.SignFrom, err = time.ParseInLocation("2006-01-02 15:04", m[1]+" "+m[2], zone)
	v.ok(err)
	k.SignTo, err = time.ParseInLocation("2006-01-02 15:04", m[1]+" "+m[3], zone)
	v.ok(err)
	v.taps(bo, "Yes, set it", "That is all", "Nothing")
	v.ok(bo.Waits("Goodbye"))

	mai := v.twilio.Phone(k.TextNumber)
	for _, step := range []struct{ says, sees string }{
		{"hello", unseen}, {"1", "Are you in danger right now?"}, {"9", "keep a place"}, {"1", "Who is this about?"},
	} {
		mai.Texts(ourNumber, step.says)
		v.ok(mai.Waits(v.ctx, step.sees))
	}
	k.Texting = lead.claims()
	mai.Texts(ourNumber, k.Texted)
	soon(v.t, "the lead reads", func() bool { return strings.Contains(lead.reads(k.Texting).body, k.Texted) })
	lead.writes(k.Texting, k.Answered)
	v.ok(mai.Waits(v.ctx, k.Answered))

	ana := v.telegram.Phone()
	k.QueueChat = ana.Chat()
	ana.Starts(code)
	v.taps(ana, "Yes")
	v.ok(ana.Waits("Are you in danger right now?"))
	ana.Writes("9")
	v.taps(ana, "Yes, keep my place", "Me", "A place to stay", "Yes, send it", "Nothing", "Your photo is ready.")
	v.ok(ana.Waits("You can write here now"))
	ana.Writes(k.Said)
	v.ok(ana.Waits("Your words are kept"))
	soon(v.t, "somebody waits in the queue", func() bool {
		m := regexp.MustCompile(`action="/c/([0-9A-Z]+)/claim"`).FindStringSubmatch(lead.opens(v.desk + "/list").body)
		if m != nil {
			k.Queued = m[1]
		}
		return m != nil
	})
	return k
}

// taps taps one button after the other, each as soon as it is there.
func (v *provided) taps(p *telegramtest.Phone, labels ...string) {
	v.t.Helper()
	for _, label := range labels {
		v.ok(p.Until(func(screen string) bool { return strings.Contains(screen, label+"]") }))
		v.ok(p.Taps(label))
	}
}

// A clock runs from a moment of its own, and can be put ahead.
type clock struct {
	from, begun time.Time
	ahead       atomic.Int64 // nanoseconds
}

func (c *clock) now() time.Time {
	return c.from.Add(time.Since(c.begun) + time.Duration(c.ahead.Load()))
}

// reaches puts it at a moment to come.
func (c *clock) reaches(at time.Time) { c.ahead.Add(int64(at.Sub(c.now()))) }

// An old is a line from a stored state, with the providers of its channels as they were when it was written.
type old struct {
	*provided
	told  *toldChannels
	clock *clock
	stop  func()
}

// reopens starts the providers of a state, and names their new addresses in its quietline.toml.
func (k *toldChannels) reopens(v *provided, clock *clock) *old {
	v.t.Helper()
	var err error
	v.telegram, err = telegramtest.New(botToken, telegramtest.Options{Now: clock.now})
	v.ok(err)
	v.t.Cleanup(v.telegram.Close)
	v.telegram.Keeps(k.Telegram)
	v.twilio, err = twiliotest.New(twiliotest.Options{Numbers: []string{ourNumber}, WhatsApp: []string{ourNumber}, Now: clock.now})
	v.ok(err)
	v.t.Cleanup(v.twilio.Close)
	v.twilio.Keeps(k.Twilio)
	v.twilio.Point(ourNumber, k.Public+"/in/s", "")
	file := filepath.Join(v.dir, "quietline.toml")
	b, err := os.ReadFile(file)
	v.ok(err)
	text := strings.NewReplacer(`"`+k.TelegramURL+`"`, `"`+v.telegram.URL()+`"`, `"`+k.TwilioURL+`"`, `"`+v.twilio.URL+`"`,
		`"`+strings.TrimPrefix(k.Public, "http://")+`"`, `"127.0.0.1:0"`).Replace(string(b))
	v.ok(os.WriteFile(file, []byte(text), 0o600))
	return &old{provided: v, told: k, clock: clock}
}

// begins runs the line from now on; a line that ran before ends.
func (o *old) begins() {
	o.t.Helper()
	if o.stop != nil {
		o.stop()
	}
	o.serving, o.page, o.desk, o.stop = servesInside(o.t, o.dir, o.clock.now)
	if o.told != nil {
		o.twilio.Reach(o.told.Public, o.page)
	}
}

// goesOn: what people write now reaches the conversations that they began, and 00 ends them.
func (o *old) goesOn(lead adviser) {
	o.t.Helper()
	k := o.told
	reads := func(handle, text string) {
		o.t.Helper()
		soon(o.t, "the lead reads "+text, func() bool { return strings.Contains(lead.reads(handle).body, text) })
	}
	ana, mai := o.telegram.PhoneOf(k.QueueChat), o.twilio.Phone(k.TextNumber)
	o.taps(ana, "See lines to call") // a button from before
	o.ok(ana.Waits("You can ask for help here:"))
	ana.Writes("I am at the market.")
	o.ok(ana.Until(func(screen string) bool { return strings.Count(screen, "Your words are kept") == 2 }))
	lead.opens(o.desk + "/list").sees(k.Queued)
	lead.posts("/c/"+k.Queued+"/claim", nil)
	reads(k.Queued, k.Said)
	reads(k.Queued, "I am at the market.")
	mai.Texts(ourNumber, "I am on my way.")
	reads(k.Texting, "I am on my way.")
	lead.sees(k.Texted).sees(k.Answered)
	ana.Writes("00")
	mai.Texts(ourNumber, "00")
	o.ok(ana.Waits("Goodbye"))
	o.ok(mai.Waits(o.ctx, "Goodbye"))
	reads(k.Queued, "gone")
	reads(k.Texting, "gone")
}

// leavesNothing: a few minutes later nothing of anybody is at the providers, from before the update or after it. Twilio's
// messages are too young to be looked for there: they are known.
func (o *old) leavesNothing() {
	o.t.Helper()
	o.clock.reaches(o.clock.now().Add(6 * time.Minute))
	o.begins()
	soon(o.t, "nothing is left at the providers", func() bool {
		people, bot := o.telegram.Left()
		return people == 0 && bot == 0 && len(o.twilio.Left()) == 0
	})
}

// comesOnce: the check-in comes in its hours, once though the line starts again within them, and goes a day later.
func (o *old) comesOnce() {
	o.t.Helper()
	k := o.told
	bo := o.telegram.PhoneOf(k.SignChat)
	o.clock.reaches(k.SignFrom.Add(-10 * time.Minute))
	o.begins()
	o.answers()
	if n := len(bo.Messages()); n != 0 {
		o.t.Fatalf("before its hours the chat holds:\n%s", bo.Screen())
	}
	for _, at := range []time.Duration{time.Minute, time.Hour, 2 * time.Hour} {
		o.clock.reaches(k.SignFrom.Add(at))
		o.begins()
		o.ok(bo.Waits(k.Sign))
		o.answers()
	}
	o.clock.reaches(k.SignFrom.Add(26 * time.Hour))
	o.begins()
	o.ok(bo.Until(func(screen string) bool { return screen == "" }))
	n := 0
	for _, m := range bo.Ever() {
		if m.Text != k.Sign || m.Mine() {
			continue
		}
		n++
		if m.At.Before(k.SignFrom) || !m.At.Before(k.SignTo) {
			o.t.Errorf("the check-in came at %v, not from %v to %v", m.At, k.SignFrom, k.SignTo)
		}
	}
	if n != 1 {
		o.t.Errorf("the check-in came %d times", n)
	}
}

// answers has somebody else write, and be answered.
func (o *old) answers() {
	o.t.Helper()
	p := o.telegram.Phone()
	p.Starts("")
	o.ok(p.Waits("Notices"))
	p.Writes("00")
	o.ok(p.Waits("Goodbye"))
}
