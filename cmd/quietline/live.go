package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"quietline/bot"
	"quietline/bot/telegram"
)

// Limits of trying with a phone of one's own.
const (
	tryTime   = 15 * time.Minute // a word is good for so long
	tryLength = 6
	maxTries  = 8 // words at once
)

// tryLetters make a word that no language's keys, no carrier and no answer of a flow take for theirs.
const tryLetters = "BCDFGHJKMNPQRTVWXZ"

// attempts are the words that operators send from phones of their own, and how far each has come. A word is followed on
// the real way: it is taken, answered, delivered and deleted as everybody's messages are.
type attempts struct {
	mu   sync.Mutex
	open map[string]*attempt
	ctx  context.Context // of all following; nil: none was begun
	stop context.CancelFunc
	work sync.WaitGroup
}

type attempt struct {
	shown  time.Time
	states []*tryState
}

// A tryState is how far a word has come on one channel.
type tryState struct {
	Channel string    `json:"channel"`
	To      []string  `json:"to"` // where to send it: a username, numbers
	Trial   bot.Trial `json:"-"`
	Seconds trySteps  `json:"seconds"`
	Failed  string    `json:"failed,omitempty"`
	Stuck   int       `json:"undeletable"`
}

// trySteps are seconds: received since the word was shown, all others since it was received. Nil: not yet, or not told.
type trySteps struct {
	Received  *float64 `json:"received,omitempty"`
	Answered  *float64 `json:"answered,omitempty"`
	Delivered *float64 `json:"delivered,omitempty"`
	Deleted   *float64 `json:"deleted,omitempty"`
}

// A tried word is what doctor --live hears of it.
type triedWord struct {
	Word   string      `json:"word,omitempty"`
	States []*tryState `json:"channels"`
	OnCall []paged     `json:"on_call,omitempty"`
}

// tryWord begins to wait for a new word on every channel besides the web.
func (h *house) tryWord() (*triedWord, error) {
	b := h.bot()
	if b == nil {
		return nil, errors.New("the conversations are not open: the server's log says why")
	}
	if len(h.carriers.list()) == 0 {
		return nil, errors.New("there is no channel besides the web: the tables [telegram] and [twilio] turn them on")
	}
	raw := make([]byte, tryLength)
	if _, err := io.ReadFull(h.rand, raw); err != nil {
		return nil, fmt.Errorf("drawing a word: %w", err)
	}
	for i := range raw {
		raw[i] = tryLetters[int(raw[i])%len(tryLetters)]
	}
	word, ts, now := string(raw), &h.attempts, h.now()
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for w, a := range ts.open {
		if now.Sub(a.shown) > tryTime+time.Minute { // whoever asked last has had time to hear the end
			delete(ts.open, w)
		}
	}
	if len(ts.open) >= maxTries {
		return nil, fmt.Errorf("%d words are being waited for already: try again in %s", maxTries, tryTime)
	}
	if ts.ctx == nil {
		ts.open = map[string]*attempt{}
		ts.ctx, ts.stop = context.WithCancel(context.Background())
	}
	a := &attempt{shown: now}
	ts.open[word] = a
	for _, ch := range h.carriers.list() {
		s := &tryState{Channel: ch.Name(), To: h.cfg.reaches(ch.Name())}
		a.states = append(a.states, s)
		ctx, cancel := context.WithTimeout(ts.ctx, tryTime)
		steps := b.Try(ctx, s.Channel, word, s.Channel != telegram.Name)
		ts.work.Go(func() {
			defer cancel()
			for now := range steps {
				ts.mu.Lock()
				s.Trial = now
				ts.mu.Unlock()
			}
		})
	}
	return ts.look(word)
}

// tried tells how far a word has come.
func (h *house) tried(word string) (*triedWord, error) {
	h.attempts.mu.Lock()
	defer h.attempts.mu.Unlock()
	return h.attempts.look(word)
}

// look is called with mu held.
func (ts *attempts) look(word string) (*triedWord, error) {
	a := ts.open[word]
	if a == nil {
		return nil, errors.New("this word is not waited for: ask for a new one")
	}
	out := &triedWord{Word: word}
	for _, s := range a.states {
		c := *s
		since := func(from, to time.Time) *float64 {
			if to.IsZero() {
				return nil
			}
			d := max(0, to.Sub(from).Seconds())
			return &d
		}
		c.Seconds = trySteps{since(a.shown, c.Trial.Received), since(c.Trial.Received, c.Trial.Answered),
			since(c.Trial.Received, c.Trial.Delivered), since(c.Trial.Received, c.Trial.Deleted)}
		c.Failed, c.Stuck = c.Trial.Failed, c.Trial.Stuck
		out.States = append(out.States, &c)
	}
	return out, nil
}

// end stops waiting for words, so that nothing is under way in the bot.
func (ts *attempts) end() {
	ts.mu.Lock()
	if ts.ctx != nil {
		ts.stop()
	}
	ts.mu.Unlock()
	ts.work.Wait()
}

// reaches is how people reach the line on a channel.
func (c *config) reaches(channel string) []string {
	if channel == telegram.Name {
		if c.Telegram.Username == "" {
			return []string{"your bot"}
		}
		return []string{"@" + c.Telegram.Username}
	}
	var out []string
	for _, n := range c.Twilio.Numbers {
		if channel == "sms" || n.WhatsApp {
			out = append(out, n.Number)
		}
	}
	return out
}

// done says whether all that can be told of a channel has been told.
func (s *tryState) done() bool { return s.Seconds.Deleted != nil }

// say is what is printed of a step that was not printed before.
func (s *tryState) say(before *tryState) []string {
	var out []string
	step := func(name string, was, is *float64, since string) {
		if is != nil && was == nil {
			out = append(out, fmt.Sprintf("%-9s  %-9s  %.1f s after %s", s.Channel, name, *is, since))
		}
	}
	step("received", before.Seconds.Received, s.Seconds.Received, "the word was shown")
	step("answered", before.Seconds.Answered, s.Seconds.Answered, "it came")
	step("delivered", before.Seconds.Delivered, s.Seconds.Delivered, "it came")
	if s.Failed != "" && before.Failed == "" {
		out = append(out, fmt.Sprintf("%-9s  the answer does not arrive: %s", s.Channel, s.Failed))
	}
	step("deleted", before.Seconds.Deleted, s.Seconds.Deleted, "it came")
	if s.Stuck > before.Stuck {
		out = append(out, fmt.Sprintf("%-9s  %d messages stay at the provider: it does not delete them", s.Channel, s.Stuck))
	}
	return out
}

// live shows a word to send and follows it until it has come through every channel asked for, or the time is over.
func (c doctorCmd) live(p *program, cfg *config) error {
	ctx, cancel := context.WithTimeout(p.ctx, c.Wait)
	defer cancel()
	send := func(r request) (reply, error) {
		out, running, err := askSocket(ctx, cfg.socket(), r)
		switch {
		case err != nil:
			return out, err
		case !running:
			return out, errors.New("the server of this line does not run: start quietline serve first")
		case out.Error != "":
			return out, errors.New(out.Error)
		}
		return out, nil
	}
	ask := func(r request) (*triedWord, error) {
		out, err := send(r)
		return out.Try, err
	}
	var called []paged
	if named := slices.Contains(c.Channel, oncallName); named || len(c.Channel) == 0 && cfg.OnCall != nil {
		out, err := send(request{Do: doPage})
		if err != nil {
			return err
		}
		called = out.Paged
		well := c.page(p, called)
		if !slices.ContainsFunc(c.Channel, func(s string) bool { return s != oncallName }) && (named || cfg.Telegram == nil && cfg.Twilio == nil) {
			if c.JSON {
				err = printJSON(p.stdout, triedWord{States: []*tryState{}, OnCall: called})
			}
			if err == nil && !well {
				err = errSaid
			}
			return err
		}
	}
	got, err := ask(request{Do: doTry})
	if err != nil {
		return err
	}
	wanted := func(s *tryState) bool { return len(c.Channel) == 0 || slices.Contains(c.Channel, s.Channel) }
	known := map[string]*tryState{}
	ended := func() error {
		got.OnCall = called
		err := c.said(p, known, got)
		if slices.ContainsFunc(called, func(one paged) bool { return one.Failed != "" }) {
			err = cmp.Or(err, errSaid)
		}
		return err
	}
	for _, s := range got.States {
		if !wanted(s) {
			continue
		}
		known[s.Channel] = &tryState{}
		if !c.JSON {
			fmt.Fprintf(p.stdout, "%-9s  write %s to %s\n", s.Channel, got.Word, strings.Join(s.To, " or "))
		}
	}
	if len(known) == 0 {
		return fmt.Errorf("%s: no such channel is on", strings.Join(c.Channel, ", "))
	}
	if c.JSON {
		fmt.Fprintln(p.stderr, got.Word)
	}
	tick := time.NewTicker(tryLook)
	defer tick.Stop()
	for {
		open := false
		for _, s := range got.States {
			if known[s.Channel] == nil {
				continue
			}
			for _, l := range s.say(known[s.Channel]) {
				if !c.JSON {
					fmt.Fprintln(p.stdout, l)
				}
			}
			known[s.Channel] = s
			open = open || !s.done()
		}
		if !open {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ended()
		}
		next, err := ask(request{Do: doTryLook, Word: got.Word})
		if ctx.Err() != nil {
			return ended()
		}
		if err != nil {
			return err
		}
		got = next
	}
	return ended()
}

// tryLook is how often a word's way is looked at.
const tryLook = 250 * time.Millisecond

// said prints how it ended. Anything that did not come through is a failure.
func (c doctorCmd) said(p *program, known map[string]*tryState, got *triedWord) error {
	if c.JSON {
		got.States = slices.DeleteFunc(got.States, func(s *tryState) bool { return known[s.Channel] == nil })
		if err := printJSON(p.stdout, got); err != nil {
			return err
		}
	}
	var failed error
	for _, name := range sorted(known) {
		s := known[name]
		if s.done() && s.Failed == "" && s.Stuck == 0 {
			continue
		}
		if !c.JSON && !s.done() {
			fmt.Fprintf(p.stdout, "%-9s  did not come through in %s\n", name, c.Wait)
		}
		failed = errSaid
	}
	return failed
}
