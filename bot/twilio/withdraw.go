package twilio

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"

	"quietline/bot"
)

// atOnce is how many deletions of one conversation run together: Twilio limits an account's calls under way.
const atOnce = 4

// An outcome is what became of one deletion.
type outcome struct {
	gone   bool
	again  bool // it may succeed later
	pause  bool // Twilio takes no more calls for now
	reason string
}

// Withdraw deletes the messages' records at Twilio, their media with them. What is still under way there (20009: Twilio
// asks to wait a minute or more after sending, and in rare cases needs days) comes later; so does what Twilio did not
// answer.
func (c *channel) Withdraw(ctx context.Context, _ bot.Address, rs []bot.Receipt) (later, never []bot.Receipt, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	paused := false
	next := make(chan bot.Receipt)
	for range min(atOnce, len(rs)) {
		wg.Go(func() {
			for r := range next {
				mu.Lock()
				stop := paused
				mu.Unlock()
				o := outcome{again: true, reason: "no time left"}
				if !stop && ctx.Err() == nil {
					o = c.a.delete(ctx, r.ID)
				}
				mu.Lock()
				paused = paused || o.pause
				switch {
				case o.gone:
					c.a.countDeleted()
				case o.again:
					later = append(later, r)
				default:
					never = append(never, r)
					c.a.countRefused(o.reason)
				}
				mu.Unlock()
			}
		})
	}
	for _, r := range rs {
		next <- r
	}
	close(next)
	wg.Wait()
	return later, never, nil
}

// delete deletes one message's record.
func (a *Account) delete(ctx context.Context, sid string) outcome {
	if !messageSID.MatchString(sid) {
		return outcome{reason: "not a message"}
	}
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	err := a.service(ctx).DeleteMessage(sid, nil)
	if err == nil {
		return outcome{gone: true}
	}
	switch e := asAPI(err); {
	case e.Status == http.StatusNotFound:
		return outcome{gone: true}
	case e.Code == codeUnfinished || e.Status == http.StatusConflict:
		return outcome{again: true, reason: "not finished"}
	case e.Code == 20429 || e.Status == http.StatusTooManyRequests:
		return outcome{again: true, pause: true, reason: "rate limit"}
	case e.Status == http.StatusUnauthorized:
		return outcome{again: true, pause: true, reason: "credentials"}
	case e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout:
		return outcome{reason: class(e)}
	default:
		return outcome{again: true, reason: class(e)}
	}
}

// codeUnfinished: a message cannot be deleted before it is complete (https://www.twilio.com/docs/api/errors/20009).
const codeUnfinished = 20009

// Stats count what was deleted at Twilio, and what could not be.
type Stats struct {
	Deleted int            // since the start, by receipt and by sweep
	Refused map[string]int // since the start: messages whose deletion Twilio refused for good, by reason
	Left    map[string]int // older than ten minutes and still there after the last sweep, by reason
	Swept   time.Time      // when the last sweep ended; zero: none has
}

// Stats are the present counts.
func (a *Account) Stats() Stats {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.stats
	s.Refused, s.Left = maps.Clone(s.Refused), maps.Clone(s.Left)
	return s
}

func (a *Account) countDeleted() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stats.Deleted++
}

func (a *Account) countRefused(reason string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stats.Refused == nil {
		a.stats.Refused = map[string]int{}
	}
	a.stats.Refused[reason]++
	a.cfg.Log.Warn("a message cannot be deleted at the provider", "class", reason)
}
