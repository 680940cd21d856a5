package web

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"
	"time"
)

// How many pages are remembered, and how long one that has answered nothing yet.
const (
	maxFresh = 5000
	maxKnown = 20000
	freshFor = 15 * time.Minute
	// asleepAfter is how long after the last touch a page without an open sitting shows only the ordinary page: the
	// silence after which the bot closes a sitting.
	asleepAfter = 15 * time.Minute
)

// A session is what this process remembers of one open chat page: nothing that was said. The conversation itself lives
// in the bot; what is lost here at a restart is found again there.
type session struct {
	addr    string
	lang    string // chosen before the conversation exists
	country string
	path    string // where the page is open, for links out of its frame
	fresh   bool   // nothing answered yet: there is no record
	ended   bool   // left, erased or gone: its cookie opens nothing
	covered bool   // the page covered itself: ask before showing anything
	began   time.Time
	touched time.Time // the person did something
	shown   string    // turn of the last whole page
	stop    func()    // ends its stream of changes
}

// sessions holds them by address. The zero value needs only now.
type sessions struct {
	now   func() time.Time
	mu    sync.Mutex
	by    map[string]*list.Element
	fresh list.List // in the order they began
	known list.List // least recently used first
}

// start remembers a page that is about to show the first question.
func (s *sessions) start(addr, lang, country, path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.expire(now)
	if s.by == nil {
		s.by = make(map[string]*list.Element)
	}
	if s.fresh.Len() >= maxFresh {
		s.drop(s.fresh.Front())
	}
	s.by[addr] = s.fresh.PushBack(&session{addr: addr, lang: lang, country: country, path: path, fresh: true, began: now, touched: now})
}

// get returns what is known of a page. It is not ok when nothing is.
func (s *sessions) get(addr string) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(s.now())
	e, ok := s.by[addr]
	if !ok {
		return session{}, false
	}
	v := e.Value.(*session)
	if !v.fresh {
		s.known.MoveToBack(e)
	}
	return *v, true
}

// change changes a page that is known, and makes one known that the bot knows.
func (s *sessions) change(addr string, f func(*session)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		s.by = make(map[string]*list.Element)
	}
	e, ok := s.by[addr]
	if !ok {
		now := s.now()
		e = s.known.PushBack(&session{addr: addr, path: "/", began: now, touched: now})
		s.by[addr] = e
	}
	v := e.Value.(*session)
	was := v.fresh
	f(v)
	if was && !v.fresh {
		s.fresh.Remove(e)
		s.by[addr] = s.known.PushBack(v)
	}
	for s.known.Len() > maxKnown {
		s.drop(s.known.Front())
	}
}

// end makes a cookie worthless and closes its page's stream. The entry stays, so that a copy of the cookie finds it.
func (s *sessions) end(addr string) {
	s.change(addr, func(v *session) {
		if v.stop != nil {
			v.stop()
		}
		*v = session{addr: v.addr, ended: true, path: "/"}
	})
}

// starting counts pages that show the first question and have answered nothing.
func (s *sessions) starting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(s.now())
	return s.fresh.Len()
}

func (s *sessions) expire(now time.Time) {
	for e := s.fresh.Front(); e != nil && now.Sub(e.Value.(*session).began) > freshFor; e = s.fresh.Front() {
		s.drop(e)
	}
}

func (s *sessions) drop(e *list.Element) {
	v := e.Value.(*session)
	if v.stop != nil {
		v.stop()
	}
	delete(s.by, v.addr)
	if v.fresh {
		s.fresh.Remove(e)
	} else {
		s.known.Remove(e)
	}
}

// cookieName is "__Host-s" where the page is https, so that no other host can set it; plain http is only ever loopback.
func (s *Site) cookieName() string {
	if s.secure {
		return "__Host-s"
	}
	return "s"
}

// cookie reads the session's secret and the address that the bot knows it by: a hash, so that whoever sees an address
// has no cookie. sent says that there was a cookie of this name at all.
func (s *Site) cookie(r *http.Request) (sid, addr string, sent bool) {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return "", "", false
	}
	if raw, err := hex.DecodeString(c.Value); err != nil || len(raw) != 16 {
		return "", "", true
	}
	return c.Value, addressOf(c.Value), true
}

func addressOf(sid string) string {
	sum := sha256.Sum256([]byte(sid))
	return hex.EncodeToString(sum[:])
}

func (s *Site) setCookie(w http.ResponseWriter, sid string) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: sid, Path: "/", Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

func (s *Site) clearCookie(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Path: "/", MaxAge: -1, Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}
