package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"
)

// Limits of the listeners. Bodies are limited where they are read.
const (
	headerTime   = 10 * time.Second // a phone on a bad line sends its headers in less
	readTime     = 30 * time.Second
	idleTime     = 2 * time.Minute
	maxHeader    = 16 << 10
	requestGrace = 3 * time.Second // requests under way when the program stops; a turn takes milliseconds
)

// sites are the listeners of one process and the requests under way on them.
type sites struct {
	log     *slog.Logger
	servers []*http.Server
	streams context.Context // ends what only reads, event streams among it, as soon as the program stops
	end     context.CancelFunc
	wait    sync.WaitGroup
}

func newSites(logger *slog.Logger) *sites {
	s := &sites{log: logger}
	s.streams, s.end = context.WithCancel(context.Background())
	return s
}

// listen opens an address; "127.0.0.1:0" takes any free port.
func listen(name, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening for the %s on %s: %w", name, addr, err)
	}
	return l, nil
}

// serve answers on l with h until shut.
func (s *sites) serve(name string, l net.Listener, h http.Handler) {
	srv := &http.Server{
		Handler:           s.guard(h),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		// What net/http logs by itself holds addresses of people.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	s.servers = append(s.servers, srv)
	s.wait.Go(func() {
		if err := srv.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("a listener ended", "listener", name, "class", fmt.Sprintf("%T", err))
		}
	})
}

// guard ends reading requests when the program stops, and logs a panic without its value, which may hold anything.
func (s *sites) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v != http.ErrAbortHandler {
				s.log.Error("a request panicked", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			}
			panic(http.ErrAbortHandler)
		}()
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(s.streams, cancel)()
			r = r.WithContext(ctx)
		}
		h.ServeHTTP(w, r)
	})
}

// shut takes no new requests, gives those that write a short grace, then ends them.
func (s *sites) shut() {
	s.end()
	ctx, cancel := context.WithTimeout(context.Background(), requestGrace)
	defer cancel()
	for _, srv := range s.servers {
		if srv.Shutdown(ctx) != nil {
			s.log.Warn("requests that took too long were cut off")
			_ = srv.Close() // only says that a connection was closed already
		}
	}
	s.wait.Wait()
}
