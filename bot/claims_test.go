package bot

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quietline/line"
	"quietline/store"
)

// crowd leads people to the queue and has advisers who may hold many.
func (s *scene) crowd(people, advisers int) (humans []*human, staff []*adviser) {
	s.t.Helper()
	for i := range advisers {
		a := s.adviser(fmt.Sprintf("adviser-%d", i+1))
		s.ok(s.line.ChangeStaff(s.ctx, "", a.id, func(x *line.Staff) { x.Limit = line.MaxLimit }))
		staff = append(staff, a)
	}
	for i := range people {
		h := s.onWeb(fmt.Sprintf("person-%d", i+1))
		h.Taps("yes")
		h.Presses("person")
		humans = append(humans, h)
	}
	return humans, staff
}

// race lets every adviser claim every conversation at once, each in an order of their own, and counts who won what.
func (s *scene) race(handles []string, staff []*adviser) (won []atomic.Int64) {
	won = make([]atomic.Int64, len(handles))
	var wg sync.WaitGroup
	for n, a := range staff {
		wg.Go(func() {
			for _, i := range rand.New(rand.NewPCG(uint64(n), 1)).Perm(len(handles)) {
				err := s.bot.Claim(s.ctx, handles[i], a.id)
				switch {
				case err == nil:
					won[i].Add(1)
				case !errors.Is(err, ErrTaken) && !errors.Is(err, ErrLoad):
					s.t.Errorf("a claim says %v", err)
				}
			}
		})
	}
	wg.Wait()
	return won
}

// 100 advisers claim whatever waits: each conversation has exactly one winner, each person hears of one adviser, each record
// has an owner and a deadline, and a restart loses none of it.
func TestClaimsHaveOneWinner(t *testing.T) {
	people, advisers := 1000, 100
	s := newScene(t)
	humans, staff := s.crowd(people, advisers)
	handles := make([]string, people)
	for i, h := range humans {
		handles[i] = h.handle()
	}
	won := s.race(handles, staff)
	s.restart()
	for i, h := range humans {
		rec := h.record()
		if won[i].Load() != 1 || rec.Mode != string(Claimed) || rec.Hand.Adviser == "" {
			t.Fatalf("%d winners; %+v", won[i].Load(), rec.Hand)
		}
		if n := strings.Count(h.screen(), h.text("handoff.taken")); n != 1 {
			t.Fatalf("the person hears %d times of an adviser", n)
		}
		r, err := s.talks.Get(s.ctx, store.Name(h.name()))
		s.ok(err)
		if r.Due.IsZero() || r.Due.After(s.now.Add(waitCeiling)) {
			t.Fatalf("nobody looks again: %v", r.Due)
		}
	}
	held := map[string]int{}
	for _, it := range s.bot.Queue() {
		held[it.Adviser]++
	}
	for id, n := range held {
		if n > line.MaxLimit {
			t.Errorf("%s holds %d", id, n)
		}
	}
}

// BenchmarkClaims: 100 advisers each try to claim 2,500 conversations; one wins each.
func BenchmarkClaims(b *testing.B) {
	for range b.N {
		b.StopTimer()
		s := newScene(b)
		humans, staff := s.crowd(2_500, 100)
		handles := make([]string, len(humans))
		for i, h := range humans {
			handles[i] = h.handle()
		}
		b.StartTimer()
		start := time.Now()
		won := s.race(handles, staff)
		b.StopTimer()
		for i := range won {
			if won[i].Load() != 1 {
				b.Fatalf("%d winners", won[i].Load())
			}
		}
		b.ReportMetric(float64(len(handles)*len(staff))/time.Since(start).Seconds(), "claims/s")
		b.StartTimer()
	}
}
