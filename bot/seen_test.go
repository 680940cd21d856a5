package bot

import (
	"testing"
	"time"

	"quietline/flows"
)

// What somebody has seen of ana holds for what it was then: not for a second danger, not for another flag in the place of
// one that was taken back.
func TestWhatIsSeenIsNotWhatCameLater(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.Taps("yes")
	ana.Presses(flows.Person)
	h := ana.handle()
	seen := func() bool { return !s.bot.Queue()[0].Seen.IsZero() }
	for _, again := range []flows.Kind{flows.Urgent, flows.Urgent, flows.Danger, flows.SelfHarm, flows.SelfHarm} {
		s.ok(s.bot.Seen(s.ctx, h, mai.id))
		if !seen() {
			t.Fatal("nobody has seen it")
		}
		s.later(time.Minute)
		if again == flows.Urgent {
			ana.Presses(again)
		} else if again == flows.Danger {
			ana.Says("he is going to kill me")
		} else {
			ana.Says("I want to kill myself")
		}
		if seen() {
			t.Errorf("%s after it was seen counts as seen", again)
		}
	}
	tk := &talk{Mode: string(Waiting), Hand: &handoff{Child: true, Seen: 1}}
	tk.Hand.SeenAs = tk.gravity()
	tk.Hand.Child, tk.Hand.Flags = false, []string{"bleeding"}
	if !tk.seen().IsZero() {
		t.Error("one grave thing in the place of another counts as seen")
	}
}

// Ana's sitting is over by itself while she waits. What she writes then of danger brings somebody as before.
func TestDangerAfterTheSittingWhileWaiting(t *testing.T) {
	for name, worse := range map[string]func(p *human){
		"99":        func(p *human) { p.Presses(flows.Urgent) },
		"danger":    func(p *human) { p.Says("he is going to kill me") },
		"self-harm": func(p *human) { p.Says("I want to kill myself") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			mai := s.adviser("adviser-1")
			ana := s.onWeb("ana")
			ana.Taps("yes")
			ana.Presses(flows.Person)
			s.later(sittingIdle + time.Minute)
			if tk := ana.record(); tk.Flow.Open || tk.Mode != string(Waiting) {
				t.Fatalf("open %t, %s", tk.Flow.Open, tk.Mode)
			}
			s.ok(s.bot.Seen(s.ctx, ana.handle(), mai.id))
			worse(ana)
			if it := s.bot.Queue()[0]; !it.Grave() || !it.Seen.IsZero() || !it.Waits() {
				t.Errorf("the queue has %+v", it)
			}
			ana.Never("adviser", "wait")
		})
	}
}

// Ana waits and has left; somebody makes her write her words with the one that says so. A lead is called, and can say that
// they have seen it.
func TestForcedWordsOfWhoLeft(t *testing.T) {
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
	back.Presses(flows.Leave)
	if it := s.bot.Queue()[0]; !it.Left || it.Waits() {
		t.Fatalf("the queue has %+v", it)
	}
	s.onWeb("she, and someone beside her").Says(forced)
	if it := s.bot.Queue()[0]; it.Handle != h || !it.Left || !it.Waits() || !it.Grave() {
		t.Fatalf("the queue has %+v", it)
	}
	s.ok(s.bot.Seen(s.ctx, h, mai.id))
	if it := s.bot.Queue()[0]; it.Seen.IsZero() {
		t.Error("it cannot be seen")
	}
}
