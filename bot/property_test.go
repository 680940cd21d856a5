package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietline/flows"
)

// Whatever a person, an adviser and the clock do, in any order: nothing telling stands on a screen whose sitting is not
// open, an adviser's words never show before one is, leave and erase work, and nobody is without an owner or a deadline.
func TestS1_S2_S7_AnySequence(t *testing.T) {
	const said = "the adviser's words 4711"
	rapid.Check(t, func(rt *rapid.T) {
		s := newScene(t)
		defer s.close()
		mai := s.lead("lead-1") // who may take everything
		web := rapid.Bool().Draw(rt, "web")
		who := s.onPhone("ana")
		if web {
			who = s.onWeb("ana")
		}
		texts := []string{"1", "2", "3", "4", "5", "6", "7", "0", "00", "8", "9", "99", "hello", "help", "999", "yes", "no", "STOP", "x y z", "delete everything"}
		steps := rapid.IntRange(1, 40).Draw(rt, "steps")
		for range steps {
			what := rapid.IntRange(0, 13).Draw(rt, "what")
			left := false
			switch {
			case what < 5:
				w := rapid.SampledFrom(texts).Draw(rt, "text")
				left = who.Says(w).Left
			case what == 5 && web:
				if v := who.view(); !v.Gone && len(v.Choices) > 0 {
					c := rapid.SampledFrom(v.Choices).Draw(rt, "choice")
					who.send(Inbound{Choice: c.ID, Turn: v.Turn})
				}
			case what == 10:
				for i, it := range s.bot.Queue() {
					_ = s.bot.AskConsent(s.ctx, it.Handle, mai.id, fmt.Sprint("a", s.now.Unix(), i), Act{Whom: said, What: said, Why: said, Till: said})
					s.bot.Tend(s.ctx)
				}
			case what == 11:
				for _, it := range s.bot.Queue() {
					_ = s.bot.OfferReport(s.ctx, it.Handle, mai.id)
					s.bot.Tend(s.ctx)
				}
			case what == 12:
				who.Presses(flows.SelfHarm)
			case what == 13: // where a complaint begins, if a sitting is open
				if rec := who.record(); rec != nil && rec.Flow.Open && Mode(rec.Mode) != Residue {
					s.ok(s.bot.change(s.ctx, who.name(), func(w *world, rec *talk) (*turn, error) {
						tn := w.begin(rec)
						if tn.silent() {
							return nil, nil
						}
						rec.Flow.Flow, rec.Flow.Step = "complaint", "about"
						return w.begin(rec), nil
					}))
				}
			case what == 6:
				s.later(rapid.SampledFrom([]time.Duration{time.Second, 2 * time.Minute, 16 * time.Minute, 25 * time.Hour}).Draw(rt, "wait"))
				s.line.Beat(mai.token)
			case what == 7:
				for _, it := range s.bot.Queue() {
					_ = s.bot.Claim(s.ctx, it.Handle, mai.id)
				}
			case what == 8:
				for i, it := range s.bot.Queue() {
					_ = s.bot.Says(s.ctx, it.Handle, mai.id, fmt.Sprint(s.now.Unix(), i), Hide(said))
					s.bot.Tend(s.ctx)
				}
			case what == 9:
				for _, it := range s.bot.Queue() {
					_ = s.bot.End(s.ctx, it.Handle, mai.id)
					s.bot.Tend(s.ctx)
				}
			}
			rec := who.record()
			open := rec != nil && rec.Flow.Open
			if web && (rec == nil || !open) || !web && rec != nil && !open && !rec.Left && rec.Mode != string(Residue) {
				screen := ""
				if web {
					screen = who.screen()
				} else if n := len(s.phone.got["ana"]); n > 0 && what < 5 {
					screen = who.screen()
				}
				for _, w := range append([]string{said}, "trafficking", "police", "handoff", "<no value>") {
					if strings.Contains(strings.ToLower(screen), strings.ToLower(w)) {
						rt.Fatalf("%q on a screen with no sitting:\n%s", w, screen)
					}
				}
			}
			if left && web && !who.view().Gone {
				rt.Fatalf("she left and the page shows something")
			}
			if rec != nil && rec.Complaint != nil && (rec.Complaint.Until > s.now.Add(complaintCeiling).Unix() || rec.Complaint.Until < s.now.Add(-time.Minute).Unix()) {
				rt.Fatalf("a complaint past its ceiling: %+v", rec.Complaint)
			}
			if rec != nil && rec.deadline() == 0 {
				rt.Fatalf("no deadline: %+v", rec)
			}
		}
		who.Presses(flows.Erase)
		if rec := who.record(); web && rec != nil || rec != nil && (rec.Handle != "" || len(rec.Log) > 0) {
			rt.Fatalf("after an erase: %+v", rec)
		}
	})
}
