package telegramtest

import (
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"
)

// A Fault is one way in which a call fails.
type Fault string

// The faults.
const (
	Error500  Fault = "500"        // Telegram's own: nothing was done
	HTML502   Fault = "502"        // a page of something in between: nothing was done
	Hangs     Fault = "hangs"      // no answer until the caller gives up or HangFor ends: nothing was done
	CutBefore Fault = "cut before" // the connection breaks: nothing was done
	CutAfter  Fault = "cut after"  // it was done, and the connection breaks
	TooMany   Fault = "429"        // retry_after 1: nothing was done
)

// AllFaults is every one of them.
var AllFaults = []Fault{Error500, HTML502, Hangs, CutBefore, CutAfter, TooMany}

// Faults make calls fail and updates come twice or late. The zero value is none.
type Faults struct {
	Share   float64       // of calls that fail, 0…1
	Kinds   []Fault       // drawn from; empty: AllFaults
	Methods []string      // which methods; empty: all but getUpdates and setWebhook
	HangFor time.Duration // the longest hang; zero: 1 s
	Twice   float64       // of updates that are delivered twice, although taken
	Late    time.Duration // updates of a chat are held back by up to so long: they overtake those of other chats
	Rand    *rand.Rand    // optional
}

// Fail sets what fails from now on.
func (s *Server) Fail(f Faults) {
	if f.Rand == nil {
		f.Rand = rand.New(rand.NewPCG(1, 2))
	}
	if len(f.Kinds) == 0 {
		f.Kinds = AllFaults
	}
	if f.HangFor <= 0 {
		f.HangFor = time.Second
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// draw decides how a call fails; empty: it does not. The caller holds mu.
func (s *Server) draw(method string) Fault {
	f := &s.fault
	if f.Share <= 0 || f.Rand.Float64() >= f.Share {
		return ""
	}
	if len(f.Methods) == 0 && (strings.EqualFold(method, "getUpdates") || strings.EqualFold(method, "setWebhook")) {
		return ""
	}
	if len(f.Methods) > 0 {
		found := false
		for _, m := range f.Methods {
			found = found || strings.EqualFold(m, method)
		}
		if !found {
			return ""
		}
	}
	return f.Kinds[f.Rand.IntN(len(f.Kinds))]
}

// Rate are the limits past which the bot is told to wait. Zero fields do not limit.
type Rate struct {
	PerSecond int // messages overall within a second
	PerChat   int // messages in one chat within a second
	Wait      int // retry_after, in seconds; zero: 1
}

// Limit sets the rates from now on.
func (s *Server) Limit(r Rate) {
	if r.Wait == 0 {
		r.Wait = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rate = r
}

// over says how long a message to a phone must wait; 0: it may go. The caller holds mu.
func (s *Server) over(p *Phone) int {
	now := s.opts.Now()
	if d := p.flooded.Sub(now); d > 0 {
		return int((d + time.Second - 1) / time.Second)
	}
	young := func(ts []time.Time) []time.Time {
		for len(ts) > 0 && now.Sub(ts[0]) >= time.Second {
			ts = ts[1:]
		}
		return ts
	}
	s.sent, p.sent = young(s.sent), young(p.sent)
	if s.rate.PerChat > 0 && len(p.sent) >= s.rate.PerChat || s.rate.PerSecond > 0 && len(s.sent) >= s.rate.PerSecond {
		return s.rate.Wait
	}
	s.sent, p.sent = append(s.sent, now), append(p.sent, now)
	return 0
}

// cut breaks the connection of a call.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = conn.Close()
}
