package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A soakDesk is the desk of one adviser who works with many conversations at once, while the server dies again and again.
type soakDesk struct {
	t      testing.TB
	base   string
	form   string
	client *http.Client
	notes  int           // to each person
	hush   time.Duration // how long to wait for more after the last
	wg     sync.WaitGroup

	mu      sync.Mutex
	claimed map[string]bool   // handles
	holds   map[string]string // handles of people who fell silent, by name
	lines   int               // of people, read once and in order
	said    int               // notes acknowledged
}

// call does a request until it is answered with something that tells: status 0: ctx ended first.
func (d *soakDesk) call(ctx context.Context, method, path string, fields url.Values) (int, string) {
	for {
		status, body := d.once(ctx, method, path, fields)
		if status != 0 && status < 500 || !waits(ctx, 100*time.Millisecond) {
			return status, body
		}
	}
}

func (d *soakDesk) once(ctx context.Context, method, path string, fields url.Values) (int, string) {
	var payload io.Reader
	if fields != nil {
		fields.Set("form", d.form)
		payload = strings.NewReader(fields.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, d.base+path, payload)
	if err != nil {
		return 0, ""
	}
	if fields != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", d.base)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, ""
	}
	return resp.StatusCode, html.UnescapeString(string(body))
}

var claimForm = regexp.MustCompile(`action="/c/([0-9A-Z]+)/claim"`)

// works claims whoever waits until stop is closed, and holds each conversation to its end.
func (d *soakDesk) works(ctx context.Context, stop <-chan struct{}) {
	for waits(ctx, 300*time.Millisecond) {
		select {
		case <-stop:
			return
		default:
		}
		_, list := d.call(ctx, http.MethodGet, "/list", nil)
		for _, m := range claimForm.FindAllStringSubmatch(list, -1) {
			handle := m[1]
			d.mu.Lock()
			known := d.claimed[handle]
			d.claimed[handle] = true
			d.mu.Unlock()
			if !known {
				d.wg.Go(func() { d.holdsTalk(ctx, handle) })
			}
		}
	}
}

var (
	lineForm  = regexp.MustCompile(`line (\d+) of (q[a-z]{4})\.`)
	nonceForm = regexp.MustCompile(`name="nonce" value="([^"]+)"`)
)

// holdsTalk claims, writes numbered notes and reads the numbered line that answers each.
func (d *soakDesk) holdsTalk(ctx context.Context, handle string) {
	for {
		status, page := d.call(ctx, http.MethodPost, "/c/"+handle+"/claim", url.Values{})
		if status != http.StatusConflict || !strings.Contains(page, "one conversation too many") || !waits(ctx, 300*time.Millisecond) {
			break
		}
	}
	for i := 1; i <= d.notes; i++ {
		if !d.writes(ctx, handle, noteText(i, handle)) {
			return
		}
		log, there := d.reads(ctx, handle, func(log string) bool {
			return len(lineForm.FindAllString(log, -1)) >= i || strings.Contains(log, leftBanner)
		})
		if !there {
			return // erased
		}
		lines := lineForm.FindAllStringSubmatch(log, -1)
		if len(lines) != i {
			if strings.Contains(log, leftBanner) && len(lines) == 0 { // left while waiting
				d.writes(ctx, handle, lateText(handle))
				return
			}
			d.t.Errorf("%s: after note %d the desk shows %d lines:\n%s", handle, i, len(lines), log)
			return
		}
		for n, m := range lines {
			if m[1] != fmt.Sprint(n+1) || m[2] != lines[0][2] {
				d.t.Errorf("%s: lines out of order, or another's: %q", handle, lines)
			}
		}
		d.mu.Lock()
		d.lines++
		if i == d.notes {
			d.holds[lines[0][2]] = handle
		}
		d.mu.Unlock()
	}
	short, cancel := context.WithTimeout(ctx, d.hush)
	defer cancel()
	if log, there := d.reads(short, handle, func(log string) bool { return strings.Contains(log, leftBanner) }); there && strings.Contains(log, leftBanner) {
		d.writes(ctx, handle, lateText(handle))
	}
}

const leftBanner = "The person has left."

// lateText is written to somebody who is no longer there, and must not arrive.
func lateText(handle string) string { return "Late for " + handle + "." }

// writes sends one text, once, however often it must be asked; false: the conversation is not there any more.
func (d *soakDesk) writes(ctx context.Context, handle, text string) bool {
	status, page := d.call(ctx, http.MethodGet, "/c/"+handle, nil)
	m := nonceForm.FindStringSubmatch(page)
	if status/100 != 2 || m == nil {
		d.away(ctx, handle, "opening", status)
		return false
	}
	status, _ = d.call(ctx, http.MethodPost, "/c/"+handle+"/say", url.Values{"nonce": {m[1]}, "text": {text}})
	if status != http.StatusSeeOther {
		d.away(ctx, handle, "writing", status)
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said++
	return true
}

// away wants a conversation that cannot be had to be gone or another's, and the adviser still signed in.
func (d *soakDesk) away(ctx context.Context, handle, doing string, status int) {
	if ctx.Err() == nil && status != http.StatusNotFound && status != http.StatusConflict {
		d.t.Errorf("%s: %s is answered %d", handle, doing, status)
	}
}

// reads waits until the log is as wanted, or ctx ends; false: the conversation is gone.
func (d *soakDesk) reads(ctx context.Context, handle string, ok func(log string) bool) (string, bool) {
	last := ""
	for {
		status, log := d.call(ctx, http.MethodGet, "/c/"+handle+"/log", nil)
		if status == http.StatusNotFound || status == http.StatusConflict {
			return "", false
		}
		if status/100 == 2 {
			if last = log; ok(log) {
				return log, true
			}
		}
		if !waits(ctx, 300*time.Millisecond) {
			return last, last != ""
		}
	}
}
