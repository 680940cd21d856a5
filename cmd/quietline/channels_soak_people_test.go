package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/bot/telegram/telegramtest"
	"quietline/bot/twilio/twiliotest"
)

// A soaked is somebody who writes to the line in bad weather.
type soaked struct {
	name    string // five letters that mean nothing
	channel string
	fate    fate
	phone   soakPhone
	ended   bool // said goodbye to
}

// A fate is how a conversation ends.
type fate int

const (
	leaves         fate = iota // after the last answer
	erases                     // after the last answer
	silent                     // after the last answer
	erasesWaiting              // before anybody has answered
	leavesWaiting              //
	silentAtDanger             // before there is anything to wait for
	fates
)

// fateOf is mostly a whole conversation.
func fateOf(i int) fate {
	return []fate{leaves, erases, silent, leaves, leavesWaiting, erases, leaves, erasesWaiting, silent, silentAtDanger}[i%10]
}

// A soakPhone is a phone of any channel, with all that ever came to it.
type soakPhone interface {
	says(ctx context.Context, text string) // returns when it was taken, or is on its way for good
	begins(ctx context.Context, code string)
	got() []came
	address() []string
}

// A came is one message to a person. lost: the line was not told that it had gone out.
type came struct {
	at   time.Time
	text string
	lost bool
	gone bool // from the chat
}

// A telegramPhone taps where there is a button, and writes otherwise.
type telegramPhone struct{ *telegramtest.Phone }

func (p telegramPhone) begins(_ context.Context, code string) { p.Starts(code) }

func (p telegramPhone) says(_ context.Context, text string) {
	if p.Taps(text) != nil {
		p.Writes(text)
	}
}

func (p telegramPhone) address() []string { return []string{p.Chat()} }

func (p telegramPhone) got() []came {
	var out []came
	for _, m := range p.Ever() {
		if !m.Mine() {
			out = append(out, came{m.At, m.Text, m.Cut, m.Gone})
		}
	}
	return out
}

// A twilioPhone writes SMS or WhatsApp; what it writes arrives late, and now and then once more, much later.
type twilioPhone struct {
	*twiliotest.Phone
	whatsApp bool
	dice     *dice
	late     *sync.WaitGroup
}

func (p twilioPhone) begins(ctx context.Context, _ string) { p.says(ctx, "hello") }

func (p twilioPhone) says(ctx context.Context, text string) {
	waits(ctx, p.dice.upTo(300*time.Millisecond))
	write := p.Writes
	if p.whatsApp {
		write = p.WritesWhatsApp
	}
	m := write(ourNumber, text)
	for m.Arrives().Status/100 != 2 && waits(ctx, p.dice.upTo(time.Second)) {
	}
	if p.dice.upTo(10) == 0 {
		p.late.Go(func() {
			if waits(ctx, p.dice.upTo(10*time.Second)) {
				m.Arrives()
			}
		})
	}
}

func (p twilioPhone) address() []string {
	return []string{p.Number, strings.TrimPrefix(p.Number, "+"), p.Number + ">" + ourNumber}
}

func (p twilioPhone) got() []came {
	var out []came
	for _, m := range p.Got() {
		if strings.HasPrefix(m.From, "whatsapp:") == p.whatsApp {
			out = append(out, came{m.At, m.Body, m.Unsaid, false})
		}
	}
	return out
}

// dice may be thrown by many.
type dice struct {
	mu sync.Mutex
	r  *rand.Rand
}

func (d *dice) upTo(n time.Duration) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Duration(d.r.Int64N(int64(n)))
}

func (d *dice) float() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.r.Float64()
}

// waits is false when ctx ended first.
func waits(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// nameOf is a name for a number: no word, and no digit that could be a key.
func nameOf(i int) string {
	const letters = "bcdfghjklm"
	s := fmt.Sprintf("%04d", i)
	var b strings.Builder
	b.WriteByte('q')
	for _, c := range s {
		b.WriteByte(letters[c-'0'])
	}
	return b.String()
}

// sees waits until one of the texts has come, and says which.
func (s *soaked) sees(ctx context.Context, texts ...string) (int, bool) {
	for {
		for _, m := range s.phone.got() {
			for i, text := range texts {
				if strings.Contains(m.text, text) {
					return i, true
				}
			}
		}
		if !waits(ctx, 50*time.Millisecond) {
			return 0, false
		}
	}
}

func noteText(i int, handle string) string { return fmt.Sprintf("Note %d for %s.", i, handle) }
func lineText(i int, name string) string   { return fmt.Sprintf("line %d of %s.", i, name) }

var noteForm = regexp.MustCompile(`Note (\d+) for ([0-9A-Z]{8})\.`)

// walks is a whole conversation. What is said at the end is told by the last text that was waited for in vain.
func (s *soaked) walks(t testing.TB, ctx context.Context, code string, notes int) {
	stuck := func(where string) {
		t.Errorf("%s by %s: stuck at %q; she got:\n%s", s.name, s.channel, where, s.screen())
	}
	s.phone.begins(ctx, code)
	note := func(i int) string { return fmt.Sprintf("Note %d for ", i) }
	for _, step := range []struct{ sees, says string }{{unseen, "1"}, {"Are you in danger right now?", "9"}, {"keep a place", "1"}, {"Who is this about?", ""}} {
		if s.fate == silentAtDanger && step.says == "9" {
			return
		}
		i, ok := s.sees(ctx, step.sees, note(1))
		if !ok {
			stuck(step.sees)
			return
		}
		if i == 1 { // an adviser was quick
			break
		}
		if step.says != "" {
			s.phone.says(ctx, step.says)
		}
	}
	if s.fate != erasesWaiting && s.fate != leavesWaiting {
		for i := 1; i <= notes; i++ {
			if _, ok := s.sees(ctx, note(i)); !ok {
				stuck(note(i))
				return
			}
			s.phone.says(ctx, lineText(i, s.name))
		}
	}
	switch s.fate {
	case leaves, leavesWaiting:
		s.phone.says(ctx, "0")
	case erases, erasesWaiting:
		s.phone.says(ctx, "00")
	case silent:
		return
	}
	if _, ok := s.sees(ctx, "Goodbye"); !ok {
		stuck("Goodbye")
		return
	}
	s.ended = true
}

func (s *soaked) screen() string {
	var b strings.Builder
	for _, m := range s.phone.got() {
		first, _, _ := strings.Cut(m.text, "\n")
		fmt.Fprintf(&b, "%s %.60s", m.at.Format("15:04:05.000"), first)
		if m.lost {
			b.WriteString(" (answer lost)")
		}
		if m.gone {
			b.WriteString(" (deleted)")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
