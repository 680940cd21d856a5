package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// socketName is the file through which commands reach a running server.
const socketName = "quietline.sock"

// Limits of the socket.
const (
	maxRequest = 64 << 10
	maxReply   = 16 << 20
	askTime    = 30 * time.Second

	maxSocketPath = 107 // of Linux, in sockaddr_un
)

// socket is where the server of this line listens for commands.
func (c *config) socket() string { return filepath.Join(c.path(c.RuntimeDir), socketName) }

// listenSocket opens the socket, for its owner alone. A socket that nobody answers is left over from a process that was
// killed, and is replaced.
func listenSocket(ctx context.Context, path string) (net.Listener, error) {
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("runtime_dir is too long: the path of a socket has at most %d bytes", maxSocketPath)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making runtime_dir: %w", err)
	}
	if c, err := dial(ctx, path); err == nil {
		c.Close()
		return nil, fmt.Errorf("another server of this line answers on %s: stop it first", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("replacing a socket left over: %w", err)
	}
	old := syscall.Umask(0o077) // the socket is never open to others, not even for an instant
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("listening for commands: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("listening for commands: %w", err), l.Close())
	}
	return l, nil
}

func dial(ctx context.Context, path string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", path)
}

// commandHandler answers requests on the socket.
func commandHandler(answer func(context.Context, request) reply) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var req request
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
		d.DisallowUnknownFields()
		if r.Method != http.MethodPost {
			http.Error(w, "only POST", http.StatusMethodNotAllowed)
			return
		}
		out := reply{}
		if err := d.Decode(&req); err != nil {
			out.Error = "this server does not understand the command: it is older or newer than the program that asked"
		} else {
			out = answer(r.Context(), req)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out) // whoever asked has gone
	})
}

// askSocket sends a request to a running server; running is false when there is none.
func askSocket(ctx context.Context, path string, r request) (out reply, running bool, err error) {
	c, err := dial(ctx, path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return reply{}, false, nil
	}
	if err != nil {
		return reply{}, false, fmt.Errorf("asking the server: %w", err)
	}
	client := &http.Client{
		Timeout:   askTime,
		Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return c, nil }, DisableKeepAlives: true},
	}
	body, err := json.Marshal(r)
	if err != nil {
		return reply{}, true, fmt.Errorf("asking the server: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://socket/", bytes.NewReader(body))
	if err != nil {
		return reply{}, true, fmt.Errorf("asking the server: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, true, fmt.Errorf("asking the server: %w", err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxReply)).Decode(&out); err != nil {
		return reply{}, true, fmt.Errorf("reading the server's answer: %w", err)
	}
	return out, true, nil
}
