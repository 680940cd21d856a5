package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	pollLimit   = 100              // updates a call, the most that Telegram gives
	pollHold    = 50 * time.Second // how long Telegram holds a call open while there is nothing
	pollSlack   = 15 * time.Second
	pollBody    = 64 << 20 // bytes of one answer
	pollChats   = 64       // chats whose updates are taken at once
	pollFirst   = 50 * time.Millisecond
	pollLongest = 30 * time.Second
	pollSettle  = 250 * time.Millisecond // for what just came to be committed, before asking again
)

// pollError is a getUpdates that failed, as a fixed word; after is how long Telegram asks to wait.
type pollError struct {
	class string
	after time.Duration
}

func (e *pollError) Error() string { return "asking for updates: " + e.class }

// Poll asks Telegram for updates until ctx ends, for a machine that Telegram cannot reach. It confirms only what is
// committed: Telegram forgets an update when a later call asks from a higher number on, so an update that cannot be taken
// stands in the way of confirming later ones, which are taken all the same and known by their ids when they come again.
// Updates of one chat are taken in order, those of many chats at once. Past 100 unconfirmed updates Telegram shows no more.
func (c *Channel) Poll(ctx context.Context) error {
	p := &poller{c: c, chats: map[int64][]heard{}, open: map[int64]bool{}, room: make(chan struct{}, pollChats), moved: make(chan struct{}, 1)}
	defer p.wg.Wait()
	pause, said := pollFirst, ""
	for ctx.Err() == nil {
		raws, err := c.getUpdates(ctx, p.from())
		if ctx.Err() != nil {
			return nil
		}
		var pe *pollError
		if errors.As(err, &pe) {
			if pe.class != said {
				said = pe.class
				c.cfg.Log.Error("updates cannot be fetched; trying again", "channel", Name, "class", pe.class, "do", pollHint[pe.class])
			}
			rest(ctx, max(pause, pe.after))
			pause = min(2*pause, pollLongest)
			continue
		}
		if said != "" {
			c.cfg.Log.Info("updates are fetched again", "channel", Name)
		}
		said = ""
		if p.begin(ctx, raws) {
			pause = pollFirst
			p.settle(ctx, pollSettle)
			continue
		}
		if len(raws) == 0 { // a long poll that ended with nothing
			pause = pollFirst
			p.empty()
			continue
		}
		p.settle(ctx, pause) // all that Telegram has is being tried already
		pause = min(2*pause, pollLongest/10)
		if len(raws) == pollLimit {
			c.cfg.Log.Warn("100 updates wait to be taken, and hold up those behind them", "channel", Name)
		}
	}
	return nil
}

var pollHint = map[string]string{
	"conflict": "a webhook is set, or another program polls with this token: stop the other, or run quietline connect telegram",
	"token":    "Telegram does not know this token: copy it again from BotFather",
}

// A poller knows which updates are on their way.
type poller struct {
	c     *Channel
	room  chan struct{}
	moved chan struct{} // something was committed
	wg    sync.WaitGroup

	mu    sync.Mutex
	last  int64             // the highest update seen; zero: none since the last answer with nothing in it
	open  map[int64]bool    // seen and not confirmed yet: true once committed
	chats map[int64][]heard // waiting, by chat; a chat that is there is being worked on
}

// from is the number to ask from: that of the first update which is not committed.
func (p *poller) from() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == 0 {
		return 0
	}
	next := p.last + 1
	for id, done := range p.open {
		if !done {
			next = min(next, id)
		}
	}
	for id := range p.open {
		if id < next {
			delete(p.open, id)
		}
	}
	return next
}

// empty notes that Telegram has nothing: all is confirmed. It may begin to count anew after a week of silence, lower than
// before, so the next call asks from no number.
func (p *poller) empty() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = 0
}

// begin takes in updates; it reports whether any is new.
func (p *poller) begin(ctx context.Context, raws []json.RawMessage) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh := false
	for _, raw := range raws {
		h, err := p.c.parse(raw)
		if err != nil { // without a number there is nothing to confirm
			p.c.cfg.Log.Warn("an update was not taken", "channel", Name, "class", "shape")
			continue
		}
		if _, known := p.open[h.id]; known {
			continue
		}
		p.open[h.id], p.last, fresh = false, max(p.last, h.id), true
		queue, busy := p.chats[h.chat]
		p.chats[h.chat] = append(queue, h)
		if !busy {
			p.wg.Go(func() { p.work(ctx, h.chat) })
		}
	}
	return fresh
}

// work takes one chat's updates in order, each until it is committed.
func (p *poller) work(ctx context.Context, chat int64) {
	pause := pollFirst
	for ctx.Err() == nil {
		h, ok := p.first(chat)
		if !ok {
			return
		}
		p.room <- struct{}{}
		err := p.c.take(ctx, h)
		<-p.room
		if err != nil {
			rest(ctx, pause)
			pause = min(2*pause, pollLongest)
			continue
		}
		pause = pollFirst
		p.done(chat, h.id)
	}
}

func (p *poller) first(chat int64) (heard, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if queue := p.chats[chat]; len(queue) > 0 {
		return queue[0], true
	}
	delete(p.chats, chat)
	return heard{}, false
}

func (p *poller) done(chat, id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chats[chat] = p.chats[chat][1:]
	p.open[id] = true
	select {
	case p.moved <- struct{}{}:
	default:
	}
}

// settle waits until everything that came is committed, or for so long.
func (p *poller) settle(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	for !p.idle() {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			return
		case <-p.moved:
		}
	}
}

func (p *poller) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, done := range p.open {
		if !done {
			return false
		}
	}
	return true
}

// getUpdates is one call: the library has none that leaves the confirming to its caller.
func (c *Channel) getUpdates(ctx context.Context, from int64) ([]json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, pollHold+pollSlack)
	defer cancel()
	ask, err := json.Marshal(map[string]any{"offset": from, "limit": pollLimit, "timeout": int(pollHold / time.Second), "allowed_updates": allowed})
	if err != nil {
		return nil, fmt.Errorf("asking for updates: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.APIURL+"/bot"+c.cfg.Token+"/getUpdates", bytes.NewReader(ask))
	if err != nil {
		return nil, &pollError{class: "network"} // what it says holds the token
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, &pollError{class: "network"}
	}
	defer resp.Body.Close()
	var answer struct {
		OK         bool              `json:"ok"`
		Code       int               `json:"error_code"`
		Result     []json.RawMessage `json:"result"`
		Parameters struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	if json.NewDecoder(io.LimitReader(resp.Body, pollBody)).Decode(&answer) != nil {
		return nil, &pollError{class: "server"}
	}
	switch {
	case answer.OK:
		return answer.Result, nil
	case answer.Code == http.StatusConflict:
		return nil, &pollError{class: "conflict", after: time.Second}
	case answer.Code == http.StatusUnauthorized, answer.Code == http.StatusNotFound:
		return nil, &pollError{class: "token", after: tokenPause}
	case answer.Code == http.StatusTooManyRequests:
		return nil, &pollError{class: "rate limit", after: time.Duration(max(1, answer.Parameters.RetryAfter)) * time.Second}
	}
	return nil, &pollError{class: "server"}
}
