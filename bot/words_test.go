package bot

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"quietline/flows"
	"quietline/store"
)

// makesWords leads a person who talked with an adviser to the end, and returns her words and the forced ones.
func (h *human) makesWords(a *adviser) (words, forced string) {
	h.s.t.Helper()
	h.waits()
	a.Claims(h.handle())
	h.Says("a secret of hers")
	a.Writes(h.handle(), "Come back when you can.")
	a.Closes(h.handle())
	h.Taps("day")
	h.Taps("yes")
	return h.madeWords()
}

// madeWords are the words that her screen shows.
func (h *human) madeWords() (words, forced string) {
	h.s.t.Helper()
	m := regexp.MustCompile(`Your words: (\S+ \S+ \S+)\..*instead: (\S+ \S+ \S+)\.`).FindStringSubmatch(h.screen())
	if m == nil {
		h.s.t.Fatalf("no words on the screen:\n%s", h.screen())
	}
	return m[1], m[2]
}

// Return words open the conversation from another phone, by another channel; what was asked before need not be asked
// again. The one who has the old phone meets the cover.
func TestReturnWords(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	words, _ := ana.makesWords(mai)
	h := ana.handle()
	ana.Taps("done")
	s.later(time.Minute)
	ana.Never("secret", strings.Fields(words)[0])
	if ana.handle() == h {
		t.Fatal("the page still leads to the conversation")
	}
	if strings.Contains(s.files(), words) {
		t.Fatal("the words lie open in a file")
	}

	back := s.onPhone("another phone")
	back.Says(strings.ToUpper(words))
	back.Hears("return.hello")
	back.Never(telling...)
	back.Says("1") // language
	back.Says("1") // country
	back.Hears("check.unseen")
	if got := back.record(); got.Handle != h || got.Mode != string(Closed) {
		t.Fatalf("the conversation did not come: %s %s", got.Handle, got.Mode)
	}
	back.Says("1")
	// A second try with the same words, elsewhere, finds it where it now is.
	again := s.onWeb("a third phone")
	again.Says(words)
	if again.record().Handle != h {
		t.Fatal("the words lead nowhere any more")
	}
	again.Presses(flows.Erase)
	s.later(time.Minute)
	last := s.onWeb("a fourth phone")
	last.Says(words)
	if last.record().Words != nil {
		t.Fatal("an erased conversation came back")
	}
}

// While an adviser holds it: leave, come back with the words, and the same adviser is there, with what was written since.
func TestFootsteps(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	words, _ := ana.makesWords(mai)
	ana.Taps("done")
	back := s.onWeb("ana again")
	back.Says(words)
	back.Taps("yes")
	back.Presses(flows.Person)
	h := back.handle()
	mai.Claims(h)
	back.Says("someone comes")
	back.Presses(flows.Leave)
	if !back.view().Gone {
		t.Fatal("the page stays")
	}
	q := s.bot.Queue()
	if len(q) != 1 || q[0].Handle != h || !q[0].Left || q[0].Adviser != mai.id {
		t.Fatalf("the adviser's desk: %+v", q)
	}
	mai.Writes(h, "I am here when you are.")
	s.restart()
	third := s.onWeb("ana in the evening")
	third.Says(words)
	third.Hears("return.hello", "check.unseen")
	third.Never("I am here when you are.", "someone comes")
	third.Taps("yes")
	third.Sees("I am here when you are.")
	third.Says("thank you")
	if got := mai.reads(h); !strings.Contains(got, "someone comes") || !strings.Contains(got, "thank you") {
		t.Fatalf("the adviser reads %q", got)
	}
	if q := s.bot.Queue(); len(q) != 1 || q[0].Left {
		t.Fatalf("the queue: %+v", q)
	}
}

// The duress word: the very same answer, then only the cover, and the adviser knows.
func TestDuress(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	words, forced := ana.makesWords(mai)
	ana.Taps("done")
	back := s.onWeb("ana again")
	back.Says(words)
	back.Taps("yes")
	back.Presses(flows.Person)
	h := back.handle()
	mai.Claims(h)
	mai.Writes(h, "A bed is free.")
	back.Presses(flows.Leave)
	s.later(time.Minute)

	good, bad := s.onWeb("she herself"), s.onWeb("she, and someone beside her")
	bad.Says(forced)
	seen := bad.screen()
	bad.Taps("yes")
	bad.Never(telling...)
	bad.Never("A bed is free.")
	bad.Says("anything")
	bad.Never(telling...)
	if q := s.bot.Queue(); len(q) != 1 || !q[0].Duress || q[0].Handle != h {
		t.Fatalf("the adviser does not know: %+v", q)
	}
	good.Says(words)
	if seen != good.screen() {
		t.Fatalf("the answers differ:\n%s\n---\n%s", seen, good.screen())
	}
}

// The duress word alone counts in the conversation itself, in the middle of it.
func TestDuressInTheMiddle(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	_, forced := ana.makesWords(mai)
	ana.Says(strings.Fields(forced)[2])
	ana.Hears("return.hello")
	ana.Never("secret", "Come back when you can")
	ana.Never(telling...)
	if tk := ana.record(); tk == nil || !tk.Duress {
		t.Fatal("nobody was told")
	}
}

// Guesses at words slow the whole line down, and say nothing about whether they were right.
func TestGuessingIsSlow(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	words, _ := ana.makesWords(mai)
	ana.Taps("done")
	c, _ := content()
	list := c.Words.ReturnList("en")
	thief := s.onWeb("a thief")
	for i := range freeTries + 3 {
		thief.Says(list[i] + " " + list[i+1] + " " + list[i+2])
	}
	thief.Hears("bot.slow")
	thief.Says(words)
	if thief.record().Words != nil {
		t.Fatal("opened in spite of the pause")
	}
	s.later(maxPause * 3)
	back := s.onWeb("ana again")
	back.Says(words)
	if back.record().Words == nil {
		t.Fatal("the right words do not open after the pause")
	}
}

// A crash at any step of moving a conversation: it is whole at exactly one place afterwards, and its words lead there.
func TestMovingSurvivesCrashes(t *testing.T) {
	for cut := 1; cut < 40; cut++ {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.onWeb("ana")
		words, _ := ana.makesWords(mai)
		h := ana.handle()
		back := s.onWeb("ana again")
		weak := &weakStore{Store: s.talks, left: cut}
		s.bot.cfg.Store = weak
		tryTake := func(p *human, in Inbound) {
			in.Channel, in.Address, in.Page, in.Lang, in.Country = "web", Hide(p.address), true, "en", "GB"
			_, _ = s.bot.Take(s.ctx, in)
			s.bot.Tend(s.ctx)
		}
		tryTake(ana, Inbound{ID: "c1", Choice: "done"})
		tryTake(back, Inbound{ID: "c2", Text: Hide(words)})
		done := weak.left > 0
		s.restart()
		tryTake(ana, Inbound{ID: "c1", Choice: "done"})
		tryTake(back, Inbound{ID: "c2", Text: Hide(words)})
		s.later(10 * time.Second)
		if got := back.record(); got == nil || got.Handle != h || got.Words == nil {
			t.Fatalf("cut after %d writes: the conversation is not where its words were said: %+v", cut, got)
		}
		whole := 0
		for ch, err := range s.talks.Watch(s.ctx) {
			s.ok(err)
			if ch.Listed {
				break
			}
			if ch.Name == (store.Name{}) {
				continue
			}
			_, tk, err := s.bot.read(s.ctx, ch.Name)
			s.ok(err)
			if tk != nil && tk.Handle == h {
				whole++
			}
		}
		if whole != 1 {
			t.Fatalf("cut after %d writes: the conversation is there %d times", cut, whole)
		}
		if done {
			return
		}
	}
	t.Fatal("moving never came to an end")
}

// Whoever must leave while waiting keeps the place behind return words, and what was written for the adviser.
func TestLeaveWhileWaiting(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	for _, tap := range []string{"yes", "no", "me", "housing", "write", "yes", "words"} {
		ana.Taps(tap)
	}
	m := regexp.MustCompile(`Your words: (\S+ \S+ \S+)\.`).FindStringSubmatch(ana.screen())
	if m == nil {
		t.Fatalf("no words on the screen:\n%s", ana.screen())
	}
	ana.Taps("done")
	ana.Never(m[1], strings.Fields(m[1])[0]) // shown once
	ana.Says("the back door is open at noon")
	h := ana.handle()
	ana.Presses(flows.Leave)
	s.later(time.Minute)
	if q := s.bot.Queue(); len(q) != 1 || q[0].Handle != h || !q[0].Left || q[0].Mode != Waiting {
		t.Fatalf("the queue: %+v", q)
	}
	back := s.onPhone("ana's aunt's phone")
	back.writes(m[1], "1", "1", "1")
	back.Hears("handoff.waiting")
	mai.Claims(h)
	if got := mai.reads(h); !strings.Contains(got, "the back door is open at noon") {
		t.Fatalf("the adviser reads %q", got)
	}
	s.later(time.Second)
	back.Hears("handoff.taken")
}

// The duress word used elsewhere in the very moment in which the conversation moves to its keeping place still reaches it.
func TestDuressWhileMoving(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	for _, tap := range []string{"yes", "no", "me", "housing", "write", "yes", "words"} {
		ana.Taps(tap)
	}
	m := regexp.MustCompile(`instead: (\S+ \S+ \S+)\.`).FindStringSubmatch(ana.screen())
	if m == nil {
		t.Fatalf("no words on the screen:\n%s", ana.screen())
	}
	ana.Taps("done")
	h := ana.handle()
	mai.Claims(h)
	// She leaves, and nothing of the move is done yet.
	_, err := s.bot.Take(s.ctx, Inbound{Channel: "web", Address: Hide("ana"), Page: true, ID: "leaves", Key: flows.Leave, Turn: ana.view().Turn})
	s.ok(err)
	moving := ana.record() // as the one who moves it has read it
	from := ana.name()
	s.ok(s.bot.signal(s.ctx, job{Name: from[:]}))
	s.ok(s.bot.keep(s.ctx, ana.name(), store.Name(moving.Jobs[len(moving.Jobs)-1].Name), moving))
	s.later(time.Second)
	if q := s.bot.Queue(); len(q) != 1 || q[0].Handle != h || !q[0].Duress {
		t.Fatalf("the adviser does not know: %+v", q)
	}
	bad := s.onWeb("someone with her words")
	bad.Says(m[1])
	bad.Hears("return.hello")
}

// S11: words that are looked up in the very moment before the conversation reaches its keeping place still lead to it, on a
// page and on a text channel; the duress word too.
func TestWordsLookedUpWhileMoving(t *testing.T) {
	for _, web := range []bool{true, false} {
		for _, forced := range []bool{false, true} {
			s := newScene(t)
			mai := s.adviser("adviser-1")
			ana := s.onWeb("ana")
			if !web {
				ana = s.onPhone("ana")
				ana.writes("hi", "1", "1")
			}
			for _, tap := range []string{"yes", "no", "me", "housing", "write", "yes", "no", "words"} {
				if tap == "no" && web && ana.view().Mode == Waiting {
					continue // only a text channel is asked for a line
				}
				ana.Taps(tap)
			}
			m := regexp.MustCompile(`Your words: (\S+ \S+ \S+)\.(?s:.*)instead: (\S+ \S+ \S+)\.`).FindStringSubmatch(ana.screen())
			if m == nil {
				t.Fatalf("no words on the screen:\n%s", ana.screen())
			}
			words := m[1]
			if forced {
				words = m[2]
			}
			ana.Taps("done")
			h := ana.handle()
			leave := Inbound{Channel: ana.channel(), Address: Hide("ana"), Page: web, ID: "leaves", Key: flows.Leave}
			if web {
				leave.Turn = ana.view().Turn
			}
			_, err := s.bot.Take(s.ctx, leave)
			s.ok(err)
			phrase, ok := s.bot.cfg.Content().Words.ParseWords(words)
			if !ok {
				t.Fatal("these are no words")
			}
			hit, _, err := s.bot.lookUp(s.ctx, s.bot.secretNow(), phrase)
			s.ok(err)
			s.bot.Tend(s.ctx) // it moves now
			back := s.onPhone("another phone")
			back.Says("hi")
			r, tk, err := s.bot.read(s.ctx, back.name())
			s.ok(err)
			tn, _ := s.bot.world("").person(tk, &Inbound{Channel: "text", Address: Hide("another phone"), ID: "words", Text: Hide(words)}, hit)
			if ok, err := s.bot.write(s.ctx, back.name(), r, tn); err != nil || !ok {
				t.Fatal("the turn was not written", err)
			}
			s.bot.Tend(s.ctx)
			q := s.bot.Queue()
			if len(q) != 1 || q[0].Handle != h || q[0].Duress != forced {
				t.Fatalf("on a page %v, forced %v: the queue is %+v", web, forced, q)
			}
			if !forced {
				back.writes("1", "1", "1")
				back.Hears("handoff.waiting")
				mai.Claims(h)
			}
		}
	}
}
