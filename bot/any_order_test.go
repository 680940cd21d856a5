package bot

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietline/flows"
	"quietline/store"
)

// Two people, their phones and pages, return words on paper, two advisers, a provider with moods, restarts and time, in any
// order: every record has a deadline, text lies only where a handoff is, words lead to one whole conversation, no handle is
// at two places, and in the end nothing is left.
func TestS10_S11_AnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newScene(t)
		defer s.close()
		staff := []*adviser{s.adviser("adviser-1"), s.adviser("adviser-2")}
		_, c := s.onChat("nobody")
		people := []*human{s.onPhone("ana"), s.onWeb("ana on the web"), s.onPhone("mai"), s.onWeb("mai on the web")}
		var paper []string // words that somebody wrote down
		madeWords := regexp.MustCompile(`Your words: (\S+ \S+ \S+)\..*instead: (\S+ \S+ \S+)\.`)
		texts := []string{"1", "1", "1", "2", "3", "4", "0", "00", "8", "9", "9", "99", "hello", "he has a knife"}
		n := 0
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			who := rapid.SampledFrom(people).Draw(rt, "who")
			a := rapid.SampledFrom(staff).Draw(rt, "adviser")
			n++
			switch rapid.IntRange(0, 13).Draw(rt, "what") {
			case 0, 1, 2, 3:
				who.Says(rapid.SampledFrom(texts).Draw(rt, "text"))
			case 4:
				if v := who.view(); who.web && !v.Gone && len(v.Choices) > 0 {
					who.send(Inbound{Choice: rapid.SampledFrom(v.Choices).Draw(rt, "choice").ID, Turn: v.Turn})
				}
			case 5:
				if len(paper) > 0 {
					who.Says(rapid.SampledFrom(paper).Draw(rt, "words"))
				}
			case 6:
				s.later(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 4 * time.Minute, 16 * time.Minute, 25 * time.Hour}).Draw(rt, "wait"))
				s.line.Beat(staff[0].token)
			case 7:
				for _, it := range s.bot.Queue() {
					_ = s.bot.Claim(s.ctx, it.Handle, a.id)
				}
			case 8:
				for i, it := range s.bot.Queue() {
					_ = s.bot.Says(s.ctx, it.Handle, a.id, fmt.Sprint(n, i), Hide("an adviser's words"))
				}
				s.bot.Tend(s.ctx)
			case 9:
				for _, it := range s.bot.Queue() {
					switch rapid.IntRange(0, 3).Draw(rt, "desk") {
					case 0:
						_ = s.bot.Release(s.ctx, it.Handle, a.id)
					case 1, 2:
						_ = s.bot.End(s.ctx, it.Handle, a.id)
					case 3:
						_ = s.bot.Erase(s.ctx, it.Handle)
					}
				}
				s.bot.Tend(s.ctx)
			case 10:
				c.down = !c.down
			case 11, 12: // the whole way to return words, or as much of it as goes from here
				if who.web {
					for _, tap := range []string{"en", "GB", "yes"} {
						who.send(Inbound{Choice: tap})
					}
					who.Presses(flows.Person)
				} else {
					who.writes("hi", "1", "1", "1", "9")
				}
				if tk := who.record(); tk != nil && tk.Handle != "" {
					_ = s.bot.Claim(s.ctx, tk.Handle, a.id)
					who.Says("a secret")
					if tk = who.record(); tk != nil && rapid.Bool().Draw(rt, "closes") {
						_ = s.bot.End(s.ctx, tk.Handle, a.id)
						for _, tap := range []string{"day", "yes"} {
							if who.web {
								who.send(Inbound{Choice: tap})
							} else {
								who.Says(map[string]string{"day": "2", "yes": "1"}[tap])
							}
						}
					}
				}
			case 13:
				s.restart()
				s.bot.cfg.Channels = []Channel{c}
			}
			if m := madeWords.FindStringSubmatch(who.screen()); m != nil && !slices.Contains(paper, m[1]) {
				paper = append(paper, m[1], m[2])
			}
			if why := s.wrong(); why != "" {
				rt.Fatal(why)
			}
		}
		c.down = false
		for range 4 {
			s.later(keepFortnight/2 + time.Hour)
			s.later(time.Hour)
		}
		if left := s.stored(); left != 0 {
			rt.Fatalf("%d records are left at the end", left)
		}
		if b := s.bot; len(b.cells)+len(b.byHandle)+len(b.present)+len(b.busy) != 0 {
			rt.Fatal("memory is left at the end")
		}
	})
}

// wrong says what is wrong with what lies in the store, if anything is.
func (s *scene) wrong() string {
	s.t.Helper()
	handles := map[string]int{}
	for ch, err := range s.talks.Watch(s.ctx) {
		s.ok(err)
		if ch.Listed {
			break
		}
		if ch.Name == (store.Name{}) {
			continue
		}
		r, tk, err := s.bot.read(s.ctx, ch.Name)
		s.ok(err)
		if tk == nil {
			p, ok, err := openPointer(r, ch.Name)
			s.ok(err)
			_, to, err := s.bot.read(s.ctx, store.Name(p.To))
			s.ok(err)
			if !ok || to == nil || to.Words == nil {
				return "a pointer that leads to no conversation"
			}
			continue
		}
		if tk.Handle != "" {
			if handles[tk.Handle]++; handles[tk.Handle] > 1 {
				return "a handle at two places"
			}
		}
		switch m := Mode(tk.Mode); {
		case tk.deadline() == 0:
			return fmt.Sprintf("no deadline: %+v", tk)
		case len(tk.Jobs) > 0:
			return fmt.Sprintf("jobs undone: %+v", tk.Jobs)
		case m == Waiting && tk.Hand == nil, s.bot.world("").held(tk) && (tk.Hand == nil || tk.Hand.Adviser == ""):
			return "nobody owns a handoff"
		case m == Talking || m == Residue:
			for _, e := range tk.Log {
				if e.Text != "" {
					return "text without a handoff, of the " + e.From
				}
			}
		}
		if s.bot.known(ch.Name) != r.Rev {
			return "the index knows another version"
		}
	}
	for _, it := range s.bot.Queue() {
		if handles[it.Handle] != 1 {
			return "the queue lists what is not there"
		}
		if strings.Contains(it.Handle+it.Lang+it.Country, "ana") {
			return "an address in the queue"
		}
	}
	return ""
}
