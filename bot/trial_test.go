package bot

import (
	"runtime"
	"testing"
	"time"
)

// tries starts a trial and returns its steps.
func (s *scene) tries(word string, reports bool) <-chan Trial {
	steps := make(chan Trial, 16)
	trial := s.bot.Try(s.ctx, s.phone.Name(), word, reports)
	go func() {
		defer close(steps)
		for now := range trial {
			steps <- now
		}
	}()
	return steps
}

// step waits for a step that is as wanted.
func (s *scene) step(steps <-chan Trial, what string, is func(Trial) bool) Trial {
	s.t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case now, ok := <-steps:
			if !ok {
				s.t.Fatalf("the trial ended before it was %s", what)
			}
			if is(now) {
				return now
			}
		case <-late:
			s.t.Fatalf("the trial was never %s", what)
		}
	}
}

// TestTrial: a word that an operator writes goes the way of every message, is answered, and nothing of it stays; other
// people's messages are none of a trial's business.
func TestTrial(t *testing.T) {
	for name, reports := range map[string]bool{"no reports": false, "reports": true} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.phone.copies = reports
			steps := s.tries("Q7K2MZ", reports)
			mai, ana := s.onPhone("mai"), s.onPhone("ana")
			mai.Says("hello")
			ana.Says(" q7k2mz ")
			s.settle()
			s.step(steps, "answered", func(now Trial) bool { return !now.Received.IsZero() && !now.Answered.IsZero() })
			if reports {
				id := ana.record().Receipts[len(ana.record().Receipts)-1].ID
				s.ok(s.bot.Report(s.ctx, Report{Channel: s.phone.Name(), Address: Hide("ana"), ID: id, Final: true}))
				s.step(steps, "delivered", func(now Trial) bool { return !now.Delivered.IsZero() })
			}
			late := time.After(10 * time.Second)
			for done := false; !done; {
				s.bot.Tend(s.ctx)
				select {
				case now, ok := <-steps:
					done = ok && !now.Deleted.IsZero()
					if !ok {
						t.Fatal("the trial ended before anything was deleted")
					}
				case <-late:
					t.Fatal("the trial was never deleted")
				default:
					runtime.Gosched()
				}
			}
			if _, ok := <-steps; ok {
				t.Error("a trial goes on after its end")
			}
			if r := ana.record(); r != nil && (len(r.Receipts) > 0 || r.Mode != string(Residue)) {
				t.Errorf("the trial's conversation is left: %s, %d receipts", r.Mode, len(r.Receipts))
			}
			if mai.record() == nil || mai.record().Mode == string(Residue) {
				t.Error("another conversation went with the trial's")
			}
			if got := s.bot.LastTaken(s.phone.Name()); !got.Equal(s.now.Truncate(time.Minute)) {
				t.Errorf("last heard %v", got)
			}
		})
	}
}
