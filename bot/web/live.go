package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"quietline/bot"
)

// Times of a stream of changes.
const (
	streamPing = 20 * time.Second // keeps proxies from closing it
	streamLife = 30 * time.Minute // the browser opens another by itself
)

func (v *session) stopStream() {
	if v.stop != nil {
		v.stop()
		v.stop = nil
	}
}

// frame is the log for a page without script. It refreshes itself, so that what is being typed beside it stays.
func (s *Site) frame(w http.ResponseWriter, r *http.Request) {
	o, err := s.open(r)
	if err != nil {
		s.trouble(w, r, false, "showing a log", err)
		return
	}
	if o.state != awake {
		s.showPage(w, r, form{})
		return
	}
	v, err := s.chatView(o, shown{})
	if err != nil {
		s.cfg.Log.Error("rendering the log", "err", err)
		return
	}
	v.Covered = s.idle(o.session)
	v.Changed = o.shown != "" && o.shown != o.view.Turn
	if v.Changed { // the page beside it shows an older question
		v.Asked = ""
	}
	s.render(w, asset{}, true, "frame", v)
}

// stream sends the conversation's Rev at every change, and nothing of what changed. One page has one stream: a second
// ends the first. 204 tells the browser not to come back.
func (s *Site) stream(w http.ResponseWriter, r *http.Request) {
	o, err := s.open(r)
	if err != nil {
		s.trouble(w, r, true, "following a conversation", err)
		return
	}
	s.headers(w, asset{}, false)
	if o.state != awake || o.fresh {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), streamLife)
	defer cancel()
	s.sessions.change(o.addr, func(v *session) {
		v.stopStream()
		v.stop = cancel
	})
	revs := make(chan bot.Rev)
	go func() {
		defer close(revs)
		for rev := range s.cfg.Bot.Changes(ctx, Channel, bot.Hide(o.addr)) {
			select {
			case revs <- rev:
			case <-ctx.Done():
				return
			}
		}
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	send := func(line string) error {
		rc := http.NewResponseController(w)
		_ = rc.SetWriteDeadline(time.Now().Add(streamPing)) // not every writer has deadlines
		if _, err := fmt.Fprint(w, line); err != nil {
			return err
		}
		return rc.Flush()
	}
	ping := time.NewTicker(streamPing)
	defer ping.Stop()
	line := "retry: 3000\n\n"
	for {
		if err := send(line); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			if now, _ := s.sessions.get(o.addr); now.ended {
				_ = send("data: 0\n\n") // the page may have gone first
			}
			return
		case <-ping.C:
			line = ": \n\n"
		case rev, ok := <-revs:
			if !ok {
				return
			}
			line = fmt.Sprintf("data: %d\n\n", rev)
		}
	}
}
