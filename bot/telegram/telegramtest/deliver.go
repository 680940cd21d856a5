package telegramtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A hook is where updates are posted to.
type hook struct {
	url, secret string
	max         int
	allowed     []string
	failed      int64 // when a delivery last failed
	problem     string
	room        chan struct{}
	client      *http.Client
}

func (h *hook) info(pending int) map[string]any {
	out := map[string]any{"url": h.url, "has_custom_certificate": false, "pending_update_count": pending}
	if h.max > 0 {
		out["max_connections"], out["allowed_updates"] = h.max, h.allowed
	}
	if h.failed > 0 {
		out["last_error_date"], out["last_error_message"] = h.failed, h.problem
	}
	return out
}

// An update waits until it is taken.
type update struct {
	id    int64
	chat  int64
	kind  string
	body  []byte
	tries int
	busy  bool // being posted
}

// push makes an update of what somebody did and returns its number. The caller holds mu.
func (s *Server) push(chat int64, kind string, content any) int64 {
	s.nextUp++
	id := s.nextUp
	body, err := json.Marshal(map[string]any{"update_id": id, kind: content})
	if err != nil {
		panic(fmt.Sprintf("telegramtest: %v", err))
	}
	s.pending = append(s.pending, &update{id: id, chat: chat, kind: kind, body: body})
	s.touch()
	s.deliver()
	return id
}

// Taken returns when every update so far was taken; an error after 20 seconds.
func (s *Server) Taken() error { return s.until(waitFor, func() bool { return len(s.pending) == 0 }) }

// Pending is how many updates wait to be taken.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending)
}

// Renumber makes the next update's number this: after a week of silence Telegram begins anew anywhere.
func (s *Server) Renumber(next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextUp = next - 1
}

// Refused returns when so many deliveries to the webhook were not taken; an error after 20 seconds.
func (s *Server) Refused(n int) error { return s.until(waitFor, func() bool { return s.refused >= n }) }

func (s *Server) setWebhook(v url.Values) answer {
	u, err := url.Parse(v.Get("url"))
	if err != nil || u.Host == "" {
		return refuse(400, "Bad Request: bad webhook: invalid webhook URL specified")
	}
	local := u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost")
	if u.Scheme != "https" && !local {
		return refuse(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
	}
	secret := v.Get("secret_token")
	if len(secret) > 256 || strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return refuse(400, "Bad Request: secret token contains unallowed characters")
	}
	h := hook{url: u.String(), secret: secret, max: 40}
	if m := v.Get("max_connections"); m != "" {
		if h.max, err = strconv.Atoi(m); err != nil || h.max < 1 || h.max > 100 {
			return refuse(400, "Bad Request: max_connections is out of range")
		}
	}
	if a := v.Get("allowed_updates"); a != "" && json.Unmarshal([]byte(a), &h.allowed) != nil {
		return refuse(400, "Bad Request: can't parse allowed_updates JSON object")
	}
	s.setHook(h)
	return done(true)
}

// setHook makes this the webhook. The caller holds mu.
func (s *Server) setHook(h hook) {
	if h.url != "" {
		h.room = make(chan struct{}, h.max)
		h.client = &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: h.max}}
		if s.poll != nil {
			close(s.poll)
			s.poll = nil
		}
	}
	s.hook = h
	s.deliver()
}

// deliver posts what can be posted: of each chat the first update, of many chats at once. The caller holds mu.
func (s *Server) deliver() {
	if s.hook.url == "" {
		return
	}
	begun := map[int64]bool{}
	for _, u := range slices.Clone(s.pending) {
		if begun[u.chat] {
			continue
		}
		begun[u.chat] = true
		if u.busy {
			continue
		}
		if len(s.hook.allowed) > 0 && !slices.Contains(s.hook.allowed, u.kind) {
			s.drop(u)
			continue
		}
		u.busy = true
		late := time.Duration(0)
		if s.fault.Late > 0 {
			late = time.Duration(s.fault.Rand.Int64N(int64(s.fault.Late)))
		}
		if u.tries > 0 {
			late = min(time.Second, s.opts.Repeat<<min(u.tries-1, 10))
		}
		h := s.hook
		s.wg.Go(func() { s.post(h, u, late) })
	}
}

// drop removes an update. The caller holds mu.
func (s *Server) drop(u *update) {
	s.pending = slices.DeleteFunc(s.pending, func(x *update) bool { return x == u })
}

// post posts one update, and notes how it went.
func (s *Server) post(h hook, u *update, late time.Duration) {
	t := time.NewTimer(late)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.ctx.Done():
		return
	}
	select {
	case h.room <- struct{}{}:
	case <-s.ctx.Done():
		return
	}
	status := 0
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, h.url, bytes.NewReader(u.body))
	if err == nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
		var resp *http.Response
		if resp, err = h.client.Do(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			status = resp.StatusCode
		}
	}
	<-h.room
	s.mu.Lock()
	defer s.mu.Unlock()
	u.busy = false
	u.tries++
	if status/100 == 2 && (s.fault.Twice <= 0 || u.tries > 1 || s.fault.Rand.Float64() >= s.fault.Twice) {
		s.drop(u)
	} else if status/100 != 2 {
		s.refused++
		s.hook.failed, s.hook.problem = s.opts.Now().Unix(), "Wrong response from the webhook: "+strconv.Itoa(status)
	}
	s.touch()
	select {
	case <-s.ctx.Done():
	default:
		s.deliver()
	}
}

// getUpdates gives what waits from a number on, forgets what is below it, and holds the call while there is nothing. Another
// call ends one that is held.
func (s *Server) getUpdates(r *http.Request, v url.Values) answer {
	offset, _ := strconv.ParseInt(v.Get("offset"), 10, 64)
	limit, _ := strconv.Atoi(v.Get("limit"))
	if limit < 1 || limit > 100 {
		limit = 100
	}
	seconds, _ := strconv.Atoi(v.Get("timeout"))
	hold := time.Duration(seconds) * time.Second
	if s.opts.Hold > 0 {
		hold = min(hold, s.opts.Hold)
	}
	var kinds []string
	_ = json.Unmarshal([]byte(v.Get("allowed_updates")), &kinds)
	t := time.NewTimer(hold)
	defer t.Stop()
	mine := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.poll != nil {
		close(s.poll)
	}
	s.poll = mine
	for {
		if s.hook.url != "" {
			return refuse(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
		}
		s.pending = slices.DeleteFunc(s.pending, func(u *update) bool {
			return u.id < offset || len(kinds) > 0 && !slices.Contains(kinds, u.kind)
		})
		s.touch()
		out := []json.RawMessage{}
		for _, u := range s.pending {
			if len(out) < limit {
				out = append(out, u.body)
			}
		}
		if len(out) > 0 {
			if s.poll == mine {
				s.poll = nil
			}
			return done(out)
		}
		changed := s.changed
		s.mu.Unlock()
		over, taken := false, false
		select {
		case <-changed:
		case <-mine:
			taken = true
		case <-t.C:
			over = true
		case <-r.Context().Done():
			over = true
		case <-s.ctx.Done():
			over = true
		}
		s.mu.Lock()
		switch {
		case taken && s.hook.url == "":
			return refuse(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
		case over:
			if s.poll == mine {
				s.poll = nil
			}
			return done(out)
		}
	}
}
