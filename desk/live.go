package desk

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"quietline/bot"
)

// writeTime is how long one event may take to leave; a browser that takes longer is gone.
const writeTime = 10 * time.Second

// restFor is how long a stream keeps still about the queue after it has told of a change: every message of anybody changes
// it, and a hundred open pages would ask for it with each. The first change is told at once.
const restFor = time.Second

// live streams that something changed, never what: "queue", "talk" with the conversation's Rev (0: it is gone), and
// "tick", which an open page answers by asking for the queue: that answer is what counts as hearing from the desk (S4),
// for a stream can be written to long after the browser is gone. It is also how a page learns that its session is over.
//
// The tick comes from here, and not from a timer in the page, because browsers slow the timers of a page in the
// background to one a minute, but not the events it receives.
func (d *desk) live(w http.ResponseWriter, r *http.Request, s seat) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a proxy must not collect events
	w.WriteHeader(http.StatusOK)

	rc := http.NewResponseController(w)
	send := func(event, data string) bool {
		// not every writer has deadlines; then the server's own hold
		_ = rc.SetWriteDeadline(time.Now().Add(writeTime))
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, data); err != nil {
			return false
		}
		return rc.Flush() == nil
	}
	if _, err := fmt.Fprint(w, "retry: 2000\n\n"); err != nil {
		return
	}

	queue := make(chan struct{}, 1)
	if d.Bot != nil {
		go func() {
			for range d.Bot.QueueChanges(ctx) {
				select {
				case queue <- struct{}{}:
				default: // one is waiting to be sent already
				}
				select {
				case <-time.After(restFor):
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	talk := make(chan bot.Rev)
	handle := r.URL.Query().Get("c")
	if handle != "" && d.Bot != nil {
		if _, err := d.Bot.Desk(ctx, handle, s.ID, s.lead(), "en"); err == nil {
			go func() {
				for rev := range d.Bot.HandleChanges(ctx, handle) {
					select {
					case talk <- rev:
					case <-ctx.Done():
						return
					}
				}
			}()
		} else if status, _ := gone(err); status != 0 && !send("talk", "0") {
			return
		}
	}

	onList, shown := handle == "", waitingPart{Count: -1} // a conversation's page shows nothing of the queue but the bar
	tick := time.NewTicker(d.beat)
	defer tick.Stop()
	for left := d.ticks; left > 0; {
		ok := true
		select {
		case <-ctx.Done():
			return
		case <-queue:
			if now := d.waitingNow(s); onList || now != shown {
				shown, ok = now, send("queue", "1")
			}
		case rev := <-talk:
			ok = send("talk", fmt.Sprint(uint64(rev)))
		case <-tick.C:
			ok = send("tick", "1")
			left--
		}
		if !ok {
			return
		}
	}
}
