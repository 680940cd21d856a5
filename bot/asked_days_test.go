package bot

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"quietline/store"
)

// A crashing store takes so many writes more, as a process does that is killed after them.
type crashing struct {
	store.Store
	left int
}

func (c *crashing) Swap(ctx context.Context, name store.Name, old store.Rev, r store.Record) (store.Rev, error) {
	if c.left--; c.left < 0 {
		return 0, errors.New("killed")
	}
	return c.Store.Swap(ctx, name, old, r)
}

// S7 over 200 days: random series, messages, restarts, kills, times when the line is down. Every plain line that comes was asked
// for, comes inside its hours and once; a message leaves out the next one and no other; after an end nothing comes.
func TestS7_NothingIsSentThatWasNotAskedFor(t *testing.T) {
	for seed := range uint64(10) {
		dice := rand.New(rand.NewPCG(seed, 7))
		s := newScene(t)
		ana := s.onPhone("ana")
		m := &series{}
		sent, skipped, kills := 0, 0, 0
		for end := s.now.AddDate(0, 0, 200); s.now.Before(end); {
			killed := dice.IntN(20) == 0
			if killed { // somewhere in what it does, and at once up again
				kills++
				s.bot.cfg.Store = &crashing{s.talks, dice.IntN(4)}
				s.later(time.Duration(10+dice.IntN(50)) * time.Minute)
				s.restart()
			} else if dice.IntN(60) == 0 { // down for some hours
				s.now = s.now.Add(time.Duration(dice.IntN(8*60)) * time.Minute)
				s.restart()
			} else {
				s.later(time.Duration(10+dice.IntN(50)) * time.Minute)
			}
			if dice.IntN(20) == 0 {
				s.restart()
			}
			want := m.due(s.now)
			got := ana.gets()
			if killed { // a send under way may be made again, once
				got = slices.Compact(got)
			}
			sent += len(got)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, %v: %q came, %q was asked for (%+v)", seed, s.now, got, want, m)
			}
			// What she does now comes after what was due.
			switch dice.IntN(600) {
			case 0: // a word, and the sitting closes by itself
				ana.Says("hello")
				if m.hear() {
					skipped++
				}
			case 4: // killed right after a word of hers was taken
				s.bot.cfg.Store = &crashing{s.talks, 1}
				_, err := s.bot.Take(s.ctx, Inbound{Channel: "text", Address: Hide("ana"), ID: s.now.String(), Text: Hide("hello")})
				s.ok(err)
				s.bot.Tend(s.ctx)
				s.restart()
				ana.gets()
				m.hear()
			case 1, 2:
				ana.opens()
				m.hear()
				run := [][2]string{{"1", "1"}, {"1", "2"}, {"1", "3"}, {"2", "1"}, {"2", "2"}, {"2", "3"}, {"3", "1"}, {"3", "2"}}[dice.IntN(8)]
				at, line := dice.IntN(4), dice.IntN(4)
				answers := []string{run[0], run[1], string(rune('1' + at)), string(rune('1' + line)), "1"}
				ana.asks(answers...)
				ana.Says([]string{"0", "4", "hm"}[dice.IntN(3)])
				m.begin(t, s.now, run, at, line)
			case 3:
				ana.opens()
				m.hear()
				if dice.IntN(2) == 0 {
					ana.Says("5")
					ana.Says("4")
					ana.Hears("checkin.ended")
				} else {
					ana.Says("00")
				}
				m.left = 0
			}
			s.later(sittingIdle)
			ana.read = len(s.phone.got[ana.address]) - len(m.late(s, ana))
		}
		t.Logf("seed %d: %d sent, %d left out, killed %d times", seed, sent, skipped, kills)
		if sent == 0 {
			t.Errorf("seed %d: nothing was sent", seed)
		}
	}
}

// A series is what the person believes was agreed.
type series struct {
	next time.Time
	step int
	left int
	skip bool
	line string
}

var london = func() *time.Location {
	z, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return z
}()

// begin is a new agreement.
func (m *series) begin(t *testing.T, now time.Time, run [2]string, at, line int) {
	t.Helper()
	days := map[[2]string]int{{"1", "1"}: 1, {"1", "2"}: 3, {"1", "3"}: 7}[run]
	left := 1
	if run[0] == "2" {
		days, left = 7, map[string]int{"1": 2, "2": 4, "3": 8}[run[1]]
	} else if run[0] == "3" {
		days, left = 28, map[string]int{"1": 3, "2": 6}[run[1]]
	}
	y, mo, d := now.In(london).Date()
	*m = series{next: time.Date(y, mo, d+days, 9+3*at, 0, 0, 0, london), step: days, left: left,
		line: []string{"Your photo is ready.", "The shop has new opening hours.", "New offers are in this week.", "A parcel is waiting at the shop."}[line]}
}

// due is what must have come by now.
func (m *series) due(now time.Time) (out []string) {
	for m.left > 0 && !m.next.After(now) {
		if now.Before(m.next.Add(3*time.Hour)) && !m.skip {
			out = append(out, m.line)
		}
		m.skip = false
		m.left--
		m.next = m.next.AddDate(0, 0, m.step)
	}
	return out
}

// hear is a message: it reports whether it leaves out one that would have come.
func (m *series) hear() bool {
	if m.left == 0 || m.skip {
		return false
	}
	m.skip = true
	return true
}

// late is what came while the sitting closed: it is looked at with the next step.
func (m *series) late(s *scene, h *human) []string {
	probe := *m
	return probe.due(s.now)
}
