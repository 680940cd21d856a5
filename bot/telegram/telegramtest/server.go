// Package telegramtest plays Telegram on a loopback address: a Bot API server that speaks HTTP to the real library and
// refuses what Telegram refuses, with the phones and groups of people who use the bot. Every message of both sides stays
// until it is deleted, so that a test can ask what is left.
package telegramtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options are what differs between tests. The zero value is a healthy server that keeps to Telegram's sizes, ages and
// errors, but not to its rates.
type Options struct {
	Now      func() time.Time // optional: time.Now. It decides which messages are too old to be deleted
	Username string           // optional: "notices_bot"
	Groups   bool             // the bot can be added to groups
	Repeat   time.Duration    // optional, 20 ms: first pause before a failed webhook call is repeated; it doubles up to 1 s
	Hold     time.Duration    // optional: the longest that getUpdates is held open, if shorter than asked for
	Listen   string           // optional: "127.0.0.1:0"
}

// A Server is Telegram with one bot. Its methods may be called from many goroutines.
type Server struct {
	token string
	opts  Options
	http  *http.Server
	url   string
	ctx   context.Context // ends with Close
	stop  context.CancelFunc
	wg    sync.WaitGroup

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew with every change
	phones   map[int64]*Phone
	groups   map[int64]*Group
	nextChat int64
	nextID   int   // of messages: one count for the whole bot, as Telegram has it
	nextUp   int64 // of updates
	taps     map[string]*tap
	calls    map[string]int
	faces    map[string]string // by "method/language"
	hook     hook
	pending  []*update
	refused  int
	poll     chan struct{} // closed when another getUpdates takes over
	rate     Rate
	sent     []time.Time
	fault    Faults
	mistakes []string
}

type tap struct {
	chat     int64
	answered bool
}

// New starts a server for the bot with this token. Close it.
func New(token string, opts Options) (*Server, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Username == "" {
		opts.Username = "notices_bot"
	}
	if opts.Repeat <= 0 {
		opts.Repeat = 20 * time.Millisecond
	}
	if opts.Listen == "" {
		opts.Listen = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", opts.Listen)
	if err != nil {
		return nil, fmt.Errorf("playing Telegram: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{token: token, opts: opts, url: "http://" + ln.Addr().String(), ctx: ctx, stop: stop, changed: make(chan struct{}),
		phones: map[int64]*Phone{}, groups: map[int64]*Group{}, nextChat: 700_000_000, nextID: 100, nextUp: 5000, taps: map[string]*tap{},
		calls: map[string]int{}, faces: map[string]string{}}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.wg.Go(func() { _ = s.http.Serve(ln) })
	return s, nil
}

// URL is the address of the Bot API.
func (s *Server) URL() string { return s.url }

// Close ends everything; calls under way are cut.
func (s *Server) Close() {
	s.stop()
	_ = s.http.Close()
	s.wg.Wait()
}

// Calls is how often a method was called, in whatever way it ended; for "" all of them.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if method != "" {
		return s.calls[method]
	}
	n := 0
	for _, c := range s.calls {
		n += c
	}
	return n
}

// Called returns when a method was called so often; an error after 20 seconds.
func (s *Server) Called(method string, n int) error {
	return s.until(waitFor, func() bool { return s.calls[method] >= n })
}

// Methods are the methods called so far.
func (s *Server) Methods() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for m := range s.calls {
		out = append(out, m)
	}
	slices.Sort(out)
	return out
}

// Mistakes are the calls that Telegram would have refused as wrong (400), each in a few words.
func (s *Server) Mistakes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mistakes)
}

// Left counts the messages that are still in private chats: those that people wrote, and those of the bot.
func (s *Server) Left() (people, bot int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.phones {
		for _, m := range p.messages {
			if m.mine {
				people++
			} else {
				bot++
			}
		}
	}
	return people, bot
}

// Unanswered counts taps whose button still turns.
func (s *Server) Unanswered() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, t := range s.taps {
		if !t.answered {
			n++
		}
	}
	return n
}

// Face is what the bot shows in a language ("" for all others): "name", "shortdescription", "description" or "commands".
func (s *Server) Face(what, lang string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faces[what+"/"+lang]
}

// touch tells everybody who waits that something changed. The caller holds mu.
func (s *Server) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// until waits until ok, which is called with mu held, or for so long.
func (s *Server) until(d time.Duration, ok func() bool) error {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		s.mu.Lock()
		done, changed := ok(), s.changed
		s.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-t.C:
			return errors.New("it did not happen in " + d.String())
		case <-s.ctx.Done():
			return errors.New("the server was closed")
		}
	}
}
