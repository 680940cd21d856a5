package oncall_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"quietline/bot"
	"quietline/flows"
	"quietline/line"
)

const (
	min5, min10, min15 = 5 * time.Minute, 10 * time.Minute, 15 * time.Minute
)

// threeBoards are two groups of advisers and a lead.
func threeBoards(t *testing.T, now time.Time) (s *scene, first, second, boss *board) {
	first, second, boss = newBoard(t), newBoard(t), newBoard(t)
	s = newScene(t, now, by(t, first, min5, nil), by(t, second, min10, nil), by(t, boss, min15, lead))
	return s, first, second, boss
}

// Ana waits in the shift; adviser-1 is there and does not look; step after step is told, and again, until she is taken.
func TestAnaWaitsAndNobodyClaims(t *testing.T) {
	s, first, second, boss := threeBoards(t, at(11, 0))
	one := s.comes("adviser-1", line.Adviser, false)
	ana := s.person("ana")
	handle := ana.waits()
	one.stays(11, 4)
	first.hears()
	one.stays(11, 5)
	first.hears("1 waiting / high")
	second.hears()
	one.stays(11, 10)
	first.hears()
	second.hears("1 waiting / high")
	boss.hears()
	one.stays(11, 15)
	first.hears("1 waiting / high") // again, after ten minutes
	boss.hears("1 waiting / high")
	one.stays(11, 24)
	second.hears("1 waiting / high")
	one.claims(handle)
	one.stays(12, 30)
	first.hears()
	second.hears()
	boss.hears()
}

// What ends the alarm at once: a claim, "I have seen it", leaving, erasing.
func TestItStopsAtOnce(t *testing.T) {
	for name, end := range map[string]func(one *adviser, ana *person, handle string){
		"claimed": func(one *adviser, _ *person, handle string) { one.claims(handle) },
		"seen":    func(one *adviser, _ *person, handle string) { one.sees(handle) },
		"left":    func(_ *adviser, ana *person, _ string) { ana.presses(flows.Leave) },
		"erased":  func(_ *adviser, ana *person, _ string) { ana.presses(flows.Erase) },
	} {
		t.Run(name, func(t *testing.T) {
			s, first, second, boss := threeBoards(t, at(11, 0))
			one := s.comes("adviser-1", line.Adviser, false)
			ana := s.person("ana")
			handle := ana.waits()
			one.stays(11, 9)
			first.hears("1 waiting / high")
			end(one, ana, handle)
			one.stays(11, 34)
			first.hears()
			second.hears()
			boss.hears()
		})
	}
}

// Who has seen it may have fallen asleep: after half an hour the steps begin anew, the first at once.
func TestSeenDoesNotHoldForEver(t *testing.T) {
	s, first, second, _ := threeBoards(t, at(11, 0))
	one := s.comes("adviser-1", line.Adviser, false)
	handle := s.person("ana").waits()
	one.stays(11, 6)
	first.hears("1 waiting / high")
	one.sees(handle)
	one.stays(11, 35)
	first.hears()
	one.stays(11, 37)
	first.hears("1 waiting / high")
	second.hears()
	one.stays(11, 42)
	second.hears("1 waiting / high")
}

// A lead who has seen it at night is left in peace for half an hour, not longer.
func TestALeadHasSeenIt(t *testing.T) {
	s, first, _, boss := threeBoards(t, at(3, 0))
	ana := s.person("ana")
	ana.taps("yes", "yes")
	boss.hears("1 waiting, urgent / urgent")
	who := s.comes("lead-1", line.Lead, false)
	who.sees(ana.handle())
	s.to(3, 29)
	boss.hears()
	s.to(3, 31)
	boss.hears("1 waiting, urgent / urgent")
	first.hears()
}

// Mai takes return words and leaves while she waits: her place stays, and nobody is told of her while she is gone.
func TestWhoLeftWithWords(t *testing.T) {
	s, first, _, boss := threeBoards(t, at(11, 0))
	one := s.comes("adviser-1", line.Adviser, false)
	mai := s.person("mai")
	mai.taps("yes", "no", "me", "housing", "write", "yes", "words")
	mai.presses(flows.Leave)
	if q := s.theBot().Queue(); len(q) != 1 || q[0].Mode != bot.Waiting || !q[0].Left {
		t.Fatalf("the queue is %+v", q)
	}
	one.stays(11, 30)
	first.hears()
	boss.hears()
}

// At 03:00 nobody is on duty. Ana is in danger: the lead is told within a look, nobody else is; and she is not told that
// nobody reads. Mai, who is in no danger, hears that nobody reads, and nobody is woken.
func TestALeadIsToldOfDangerAtNight(t *testing.T) {
	s, first, second, boss := threeBoards(t, at(3, 0))
	mai := s.person("mai")
	mai.waits()
	if said := mai.reads(); !strings.Contains(said, "Until then, nobody reads what you write.") {
		t.Errorf("mai reads:\n%s", said)
	}
	s.to(3, 30)
	boss.hears()
	ana := s.person("ana")
	ana.taps("yes", "yes")
	if said := ana.reads(); strings.Contains(said, "nobody reads") {
		t.Errorf("ana reads:\n%s", said)
	}
	boss.hears("2 waiting, urgent / urgent")
	s.to(3, 39)
	boss.hears()
	s.to(3, 41)
	boss.hears("2 waiting, urgent / urgent")
	first.hears()
	second.hears()
	// the lead gets up, and takes her
	who := s.comes("lead-1", line.Lead, false)
	for _, it := range s.theBot().Queue() {
		if it.Urgent {
			who.claims(it.Handle)
		}
	}
	who.writes(ana.handle(), "I am here now.")
	boss.hears()
	who.stays(4, 30)
	boss.hears()
}

// What else is grave: hurting oneself, a child while nobody trained is there, danger while somebody waits or is held.
func TestWhatIsGrave(t *testing.T) {
	t.Run("self-harm", func(t *testing.T) {
		s, _, _, boss := threeBoards(t, at(3, 0))
		ana := s.person("ana")
		ana.waits()
		boss.hears()
		ana.writes("I want to kill myself")
		boss.hears("1 waiting, urgent / urgent")
	})
	t.Run("a child", func(t *testing.T) {
		s, _, _, boss := threeBoards(t, at(11, 0))
		s.comes("adviser-1", line.Adviser, false)
		ana := s.person("ana")
		ana.waits()
		boss.hears()
		child(ana)
		boss.hears() // the desks may not be heard from yet
		s.later(time.Minute)
		boss.hears("1 waiting, urgent / urgent")
	})
	t.Run("a child and who is trained", func(t *testing.T) {
		s, _, _, boss := threeBoards(t, at(11, 0))
		one := s.comes("adviser-1", line.Adviser, true)
		ana := s.person("ana")
		ana.waits()
		child(ana)
		one.stays(11, 14)
		boss.hears()
	})
	t.Run("danger while waiting", func(t *testing.T) {
		s, _, _, boss := threeBoards(t, at(11, 0))
		ana := s.person("ana")
		ana.waits()
		ana.presses(flows.Urgent)
		boss.hears("1 waiting, urgent / urgent")
	})
	t.Run("danger that the holder does not see", func(t *testing.T) {
		s, _, _, boss := threeBoards(t, at(11, 0))
		one := s.comes("adviser-1", line.Adviser, false)
		ana := s.person("ana")
		handle := ana.waits()
		one.claims(handle)
		one.writes(handle, "Hello.")
		ana.presses(flows.Urgent)
		boss.hears()
		one.stays(11, 1)
		s.later(10 * time.Second)
		boss.hears("1 waiting, urgent / urgent")
		s.ok(s.theBot().Ack(t.Context(), handle, one.id))
		one.stays(11, 30)
		boss.hears()
	})
}

// child says that the person is under 18, as the menu while waiting leads there.
func child(p *person) {
	p.s.t.Helper()
	p.take(bot.Inbound{Text: bot.Hide("I am under 18")})
	for range 6 {
		for _, it := range p.s.theBot().Queue() {
			if it.Child {
				return
			}
		}
		v, err := p.s.theBot().View(p.s.t.Context(), "web", bot.Hide("page of "+p.name))
		p.s.ok(err)
		next := ""
		for _, want := range []string{"child", "under", "more", "yes"} {
			for _, c := range v.Choices {
				if next == "" && c.ID == want {
					next = c.ID
				}
			}
		}
		if next == "" {
			p.s.t.Fatalf("there is no way to say so: %+v", v.Choices)
		}
		p.taps(next)
	}
}

// An adviser's machine goes away while ana waits for an answer: after two minutes she stands first, hears the truth, and
// the lead is told; given back by an adviser who is there, she is not.
func TestALostAdviser(t *testing.T) {
	s, first, _, boss := threeBoards(t, at(11, 0))
	one := s.comes("adviser-1", line.Adviser, false)
	two := s.comes("adviser-2", line.Adviser, false)
	ana := s.person("ana")
	handle := ana.waits()
	one.claims(handle)
	one.writes(handle, "Hello.")
	ana.writes("are you there")
	two.stays(11, 1)
	boss.hears()
	two.stays(11, 2)
	s.later(5 * time.Second)
	boss.hears("1 waiting, urgent / urgent")
	if said := ana.reads(); !strings.Contains(said, "You are first in the line again.") {
		t.Errorf("ana reads:\n%s", said)
	}
	two.claims(handle)
	s.ok(s.theBot().Release(t.Context(), handle, two.id))
	two.stays(11, 6)
	boss.hears()
	first.hears()
	two.stays(11, 8)
	first.hears("1 waiting / high")
}

// A flood is one message with a number, and no step gets two within a minute.
func TestAFloodIsOneMessage(t *testing.T) {
	s, first, _, boss := threeBoards(t, at(11, 0))
	one := s.comes("adviser-1", line.Adviser, false)
	for i := range 40 {
		s.person("ana" + strings.Repeat("a", i)).waits()
		s.line.Beat(one.token)
		s.later(2 * time.Second)
	}
	one.stays(11, 5)
	first.hears("40 waiting / high")
	one.stays(11, 14)
	first.hears()
	for i := range 10 {
		mai := s.person("mai" + strings.Repeat("i", i))
		mai.taps("yes", "yes")
		s.line.Beat(one.token)
		s.later(3 * time.Second)
	}
	boss.hears("41 waiting, urgent / urgent")
	s.later(time.Minute)
	boss.hears("50 waiting, urgent / urgent")
}

// Who waits through the night is told of when the shift begins, as if they had begun to wait then.
func TestTheMorningAfter(t *testing.T) {
	s, first, second, boss := threeBoards(t, at(8, 0))
	s.person("ana").waits()
	s.to(9, 59)
	first.hears()
	one := s.comes("adviser-1", line.Adviser, false)
	one.stays(10, 4)
	first.hears()
	one.stays(10, 5)
	first.hears("1 waiting / high")
	second.hears()
	boss.hears()
}

// A step with always is told at night too.
func TestAlways(t *testing.T) {
	first, boss := newBoard(t), newBoard(t)
	s := newScene(t, at(3, 0), by(t, first, min5, always), by(t, boss, min15, lead))
	s.person("ana").waits()
	s.to(3, 30)
	first.hears("1 waiting / high", "1 waiting / high", "1 waiting / high")
	boss.hears()
	first.sets(func() { first.fails = http.StatusForbidden })
	s.to(3, 36)
	boss.hears("1 waiting / high") // the one before cannot be told
}
