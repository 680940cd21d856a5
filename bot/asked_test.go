package bot

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/flows"
	"quietline/store"
)

// opens leads a person on the phone to the end of the check, with the sitting open.
func (h *human) opens() {
	h.s.t.Helper()
	h.Says("hi")
	for range 4 { // language and country, if they are asked
		if strings.Contains(h.screen(), h.text("check.unseen")) {
			break
		}
		h.Says("1")
	}
	h.Hears("check.unseen")
	for _, w := range []string{"1", "2", "1", "1"} {
		h.Says(w)
	}
	h.Hears("check.next")
}

// asks sets a check-in: the answers are how often, how long, when, which line, and what follows silence.
func (h *human) asks(answers ...string) {
	h.s.t.Helper()
	h.Says("5")
	for _, a := range answers {
		h.Says(a)
	}
	h.Hears("checkin.confirm")
	h.Says("1")
	h.Hears("checkin.set", "check.next")
}

// gets is what came since she last wrote.
func (h *human) gets() []string {
	var out []string
	for _, o := range h.s.phone.got[h.address][h.read:] {
		out = append(out, o.Text.Reveal())
	}
	h.read = len(h.s.phone.got[h.address])
	return out
}

// Gets fails unless exactly this came since she last wrote or looked.
func (h *human) Gets(words ...string) {
	h.s.t.Helper()
	if got := h.gets(); !slices.Equal(got, words) {
		h.s.t.Fatalf("at %v %s gets %q, wanted %q", h.s.now, h.address, got, words)
	}
}

// until lets the time come, in steps that look now and then, as a clock does.
func (s *scene) until(to time.Time) {
	s.t.Helper()
	for s.now.Before(to) {
		s.later(min(20*time.Minute, to.Sub(s.now)))
	}
}

func day(d, hour, minute int) time.Time { return time.Date(2026, 3, d, hour, minute, 0, 0, time.UTC) }

// A check-in: wording and end are shown before it is set; one plain line comes inside its hours, opens nothing, and nothing
// is left a day later.
func TestS7_CheckIn(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.Says("5")
	for _, a := range []string{"1", "1", "1", "2", "1"} {
		ana.Says(a)
	}
	ana.Sees("The first one: Tue 2026-03-03 09:00–12:00. The last one: Tue 2026-03-03. The words: The shop has new opening hours.")
	ana.Says("1")
	ana.Hears("checkin.set")
	s.later(time.Minute)
	ana.Says("4") // finish, still the sitting in which it was asked for
	ana.gets()
	s.until(day(3, 8, 59))
	ana.Gets()
	s.until(day(3, 9, 0))
	got := s.phone.got["ana"]
	last := got[len(got)-1]
	if !last.Until.Equal(day(3, 12, 0)) || len(last.Choices) > 0 {
		t.Fatalf("it may come until %v, with the choices %v", last.Until, last.Choices)
	}
	ana.Gets("The shop has new opening hours.")
	s.until(day(3, 18, 0))
	ana.Gets()
	ana.Says("what is this")
	ana.Hears("arrival.language")
	ana.Never(telling...)
	s.until(day(6, 0, 0))
	if n := len(s.bot.asks); n != 0 {
		t.Fatalf("%d wishes are left", n)
	}
	if q := s.bot.Queue(); len(q) != 0 {
		t.Fatalf("somebody is told: %+v", q)
	}
}

// A message of hers leaves out the next one, and only that; the series goes on to its end.
func TestS7_AMessageLeavesOutTheNextOnly(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("2", "2", "2", "1", "1") // four weeks, midday
	ana.gets()
	s.until(day(9, 12, 0))
	ana.Gets("Your photo is ready.")
	s.until(day(11, 20, 0))
	ana.Says("hello")
	s.later(time.Hour)
	ana.Says("hello again")
	ana.gets()
	s.until(day(23, 11, 59))
	ana.Gets()
	s.until(day(23, 12, 0))
	ana.Gets("Your photo is ready.")
	s.until(day(30, 11, 1)) // summer time in the country since the day before: noon there
	ana.Gets("Your photo is ready.")
	s.until(day(60, 0, 0))
	ana.Gets()
	if n := len(s.bot.asks); n != 0 {
		t.Fatalf("%d wishes are left", n)
	}
}

// A line that is down through the hours leaves it out, and never sends it late; so does a provider that takes nothing.
func TestS7_NeverLate(t *testing.T) {
	s := newScene(t)
	ana, mai := s.onPhone("ana"), s.onPhone("mai")
	for _, h := range []*human{ana, mai} {
		h.opens()
		h.asks("2", "1", "1", "3", "2")
		h.gets()
	}
	s.now = day(9, 12, 30)
	s.restart()
	ana.Gets()
	s.until(day(11, 12, 0)) // what never came cannot be unanswered
	if q := s.bot.Queue(); len(q) != 0 {
		t.Fatalf("the queue: %+v", q)
	}
	s.until(day(16, 8, 40))
	for range 2000 {
		s.phone.fail = append(s.phone.fail, errors.New("down"))
	}
	s.until(day(16, 12, 1))
	s.phone.fail = nil
	s.until(day(17, 8, 59))
	mai.Gets()
	if q := s.bot.Queue(); len(q) != 0 {
		t.Fatalf("told too early: %+v", q)
	}
	adv := s.adviser("adviser-1")
	s.until(day(17, 9, 0))
	q := s.bot.Queue()
	if len(q) != 2 {
		t.Fatalf("the queue: %+v", q)
	}
	adv.Claims(q[0].Handle)
	if got := adv.reads(q[0].Handle); !strings.Contains(got, "could not be delivered") {
		t.Fatalf("the adviser reads %q", got)
	}
}

// Right after a start, before all has been read, she writes within the hours of a check-in: it is left out all the same.
func TestS7_WrittenRightAfterAStart(t *testing.T) {
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("1", "1", "1", "1", "1")
	s.later(time.Hour)
	s.now = day(3, 9, 10)
	s.ok(s.line.Close())
	s.ok(s.talks.Close())
	s.ok(s.lines.Close())
	s.open()
	s.bot.whole = make(chan struct{}) // nothing has been read yet
	ana.Says("hello")
	for ch, err := range s.talks.Watch(s.ctx) {
		s.ok(err)
		if ch.Listed {
			break
		}
		if ch.Name != (store.Name{}) {
			s.bot.look(s.ctx, ch)
			s.bot.Tend(s.ctx)
		}
	}
	s.ok(s.bot.catchUpAll(s.ctx))
	close(s.bot.whole)
	s.until(day(3, 13, 0))
	if got := ana.gets(); slices.Contains(got, "Your photo is ready.") || len(got) == 0 {
		t.Fatalf("she gets %q", got)
	}
}

// Unanswered: the adviser is told, quietly, sees what was agreed and can do nothing else. A word of hers takes it back.
func TestS7_AnAdviserIsTold(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("2", "1", "1", "1", "2")
	s.until(day(10, 8, 59))
	if q := s.bot.Queue(); len(q) != 0 {
		t.Fatalf("told too early: %+v", q)
	}
	s.until(day(10, 9, 0))
	q := s.bot.Queue()
	if len(q) != 1 || !q[0].Quiet || q[0].Urgent || q[0].Alert || q[0].Mode != Waiting || q[0].Country != "GB" {
		t.Fatalf("the queue: %+v", q)
	}
	if s.bot.Load().Waiting != 0 {
		t.Fatal("it counts as somebody who waits")
	}
	s.restart()
	h := q[0].Handle
	adv.Claims(h)
	if got := adv.reads(h); !strings.Contains(got, "nothing came back within a day") || !strings.Contains(got, "Mon 2026-03-16 09:00–12:00") {
		t.Fatalf("the adviser reads %q", got)
	}
	ana.gets()
	if err := s.bot.Says(s.ctx, h, adv.id, "1", Hide("where are you?")); !errors.Is(err, ErrQuiet) || !Refused(err) {
		t.Fatalf("an adviser may write: %v", err)
	}
	s.ok(s.bot.Release(s.ctx, h, adv.id))
	adv.Claims(h)
	ana.Says("hello")
	ana.gets()
	if got := adv.reads(h); !strings.Contains(got, "have written") {
		t.Fatalf("the adviser reads %q", got)
	}
	adv.Closes(h)
	if q := s.bot.Queue(); len(q) != 0 {
		t.Fatalf("the queue: %+v", q)
	}
	s.until(day(18, 9, 0)) // the second was left out: nobody is told again
	ana.Gets()
	if q := s.bot.Queue(); len(q) != 0 || len(s.bot.asks) != 0 {
		t.Fatalf("the queue: %+v, %d wishes", q, len(s.bot.asks))
	}
	mai := s.onPhone("mai")
	mai.opens()
	mai.asks("1", "1", "1", "1", "2")
	s.later(48 * time.Hour)
	s.bot.Tend(s.ctx)
	mai.Says("hello") // while it waits in the queue
	if q := s.bot.Queue(); len(q) != 0 {
		t.Fatalf("the queue: %+v", q)
	}
}

// Leave keeps it, 00 ends it, and so do "stop" and another in its place.
func TestS7_EndsWhenTheySaySo(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		want []string
	}{
		"leave": {[]string{"0"}, []string{"Your photo is ready."}},
		"erase": {[]string{"00"}, nil},
		"stop":  {[]string{"5", "2", "0"}, nil},
		"keep":  {[]string{"5", "1", "0"}, []string{"Your photo is ready."}},
		"other": {[]string{"5", "3", "2", "1", "1", "4", "1", "1", "0"}, []string{"A parcel is waiting at the shop."}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			ana := s.onPhone("ana")
			ana.opens()
			ana.asks("2", "2", "1", "1", "1")
			for _, k := range c.keys {
				ana.Says(k)
			}
			ana.gets()
			s.until(day(9, 20, 0))
			ana.Gets(c.want...)
			if c.want == nil {
				s.until(day(11, 0, 0))
				if len(s.bot.asks) != 0 || ana.record() != nil && ana.record().Address != "" && ana.record().Mode != string(Residue) {
					t.Fatalf("%d wishes are left", len(s.bot.asks))
				}
			}
		})
	}
	// 00 in another sitting, weeks later and in another conversation.
	s := newScene(t)
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("3", "2", "1", "1", "2")
	s.until(day(20, 0, 0))
	ana.Says("00")
	ana.gets()
	s.until(day(100, 0, 0))
	ana.Gets()
	if len(s.bot.asks) != 0 || len(s.bot.Queue()) != 0 {
		t.Fatal("something is left")
	}
}

// Behind return words: whoever else uses the phone is shown no check-in, neither are those who give the duress word; with
// the words it is there, also weeks later, when the conversation would be gone without it.
func TestS12_ACheckInBehindReturnWords(t *testing.T) {
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("2", "3", "1", "1", "2")
	ana.Says("1") // write to a person
	ana.Says("1")
	ana.Says("5") // no plain line
	adv.Claims(ana.handle())
	adv.Writes(ana.handle(), "Hello.")
	adv.Closes(ana.handle())
	ana.Says("2") // one day
	ana.Says("1") // words
	words, forced := ana.madeWords()
	ana.Says("1")
	s.until(day(4, 12, 0))
	other := &human{s: s, address: "ana"}
	other.opens()
	other.Says("5")
	other.Hears("checkin.often")
	other.Never("Your photo")
	other.Says("0")
	s.until(day(9, 20, 0)) // left out, since somebody wrote from there
	ana.gets()
	s.until(day(16, 9, 0))
	ana.Gets("Your photo is ready.")
	other.Says(forced)
	other.Hears("return.hello")
	other.Never("photo", "sign")
	s.until(day(17, 9, 0))
	if q := s.bot.Queue(); len(q) != 1 || !q[0].Quiet {
		t.Fatalf("a forced message counts as an answer: %+v", q)
	}
	s.until(day(29, 20, 0))
	ana.n = 100
	ana.Says(words)
	ana.Hears("return.hello")
	ana.opens()
	ana.Says("5")
	ana.Hears("checkin.there", "checkin.now")
	ana.Sees("Mon 2026-04-27") // the end
	ana.Says("2")
	ana.Hears("checkin.stopped")
	ana.Says("0")
	ana.gets()
	s.until(day(80, 0, 0))
	ana.Gets()
	if len(s.bot.asks) != 0 {
		t.Fatal("something is left")
	}
}

// On the page there is no address: it says so and offers return words. Where the state dies with the machine nothing is
// offered that could not be kept.
func TestS11_NoCheckInThatCannotBeKept(t *testing.T) {
	s := newScene(t)
	ana := s.onWeb("ana")
	for _, c := range []string{"yes", "no", "me", "housing", "sign"} {
		ana.Taps(c)
	}
	ana.Hears("checkin.page", "checkin.web")
	ana.Taps("yes")
	ana.madeWords()
	ana.Taps("done")
	ana.Hears("check.next")
	ana.Presses(flows.Leave)
	s = newScene(t)
	s.cfg.Durable = false
	s.restart()
	mai := s.onPhone("mai")
	mai.opens()
	mai.Never(mai.text("check.choose.sign"))
}
