package twilio_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
)

// hurry lets the clock run two hundred times as fast until stop is called.
func (s *scene) hurry() (stop func()) {
	tick, done := time.NewTicker(5*time.Millisecond), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-tick.C:
				s.mu.Lock()
				s.now = s.now.Add(time.Second)
				s.mu.Unlock()
			case <-done:
				return
			}
		}
	})
	return func() { tick.Stop(); close(done); wg.Wait() }
}

// Many people at once over a running line, three calls in ten failing and all else going twice or out of order: every
// answer comes once, everybody reaches the queue, and in the end nothing is left.
func TestManyAtOnceInBadWeather(t *testing.T) {
	s := newScene(t, func(o *twiliotest.Options, c *twilio.Config) {
		o.Delay, c.SweepEvery = time.Millisecond, 20*time.Millisecond
	})
	draw := rand.New(rand.NewPCG(3, 3))
	s.srv.Unfinished(2)
	s.srv.SetWeather(twiliotest.Weather{Calls: 0.3, Twice: 0.3, Jumbled: 0.3, Draw: draw.Float64})
	ctx, cancel := context.WithTimeout(s.ctx, 60*time.Second)
	defer cancel()
	var running, people, told sync.WaitGroup
	runCtx, stop := context.WithCancel(ctx)
	running.Go(func() { _ = s.theBot().Run(runCtx) })
	running.Go(func() { _ = s.acct.Run(runCtx) })
	told.Go(func() {
		for runCtx.Err() == nil {
			if s.srv.Tell() == 0 {
				select {
				case <-time.After(time.Millisecond):
				case <-runCtx.Done():
				}
			}
		}
	})
	calm := s.hurry()
	const many = 12
	for i := range many {
		people.Go(func() {
			p := s.srv.Phone(fmt.Sprintf("+4477009003%02d", i))
			for n, words := range []string{"hello", "1", "1", "9"} {
				p.Texts(british, words)
				if err := p.WaitsFor(ctx, n+1); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	people.Wait()
	if n := len(s.theBot().Queue()); n != many {
		t.Errorf("%d of %d wait", n, many)
	}
	for i := range many {
		p := s.srv.Phone(fmt.Sprintf("+4477009003%02d", i))
		seen := map[string]bool{}
		for _, m := range p.Got() {
			words := strings.TrimPrefix(m.Body, "Notices\n") // what comes after a pause begins with the cover
			if seen[words] {
				t.Errorf("it came twice: %q", m.Body)
			}
			seen[words] = true
		}
		p.Texts(british, "00")
	}
	if err := s.srv.WaitLeft(ctx, 0); err != nil {
		t.Errorf("%d messages are left: %v", len(s.srv.Left()), s.acct.Stats())
	}
	calm()
	stop()
	running.Wait()
	told.Wait()
}
