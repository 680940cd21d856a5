package oncall

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Post is a way by HTTP as ntfy takes it (https://docs.ntfy.sh/publish/): the text is the body, the rest are headers.
// token, if there is one, goes as a bearer token; no redirect is followed, so it goes nowhere else.
func Post(address, token string) (Way, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("a post goes to a whole address without a user in it, as https://ntfy.example/topic")
	}
	client := &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 5 * time.Second, MaxIdleConnsPerHost: 1,
			IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, m Message) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(m.Text))
		if err != nil {
			return &Failure{"address"}
		}
		h := req.Header
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("User-Agent", "Go")
		h.Set("Title", mime.BEncoding.Encode("utf-8", m.Title)) // as it is while it is plain ASCII
		h.Set("Priority", priority(m))
		h.Set("Tags", "bell")
		if token != "" {
			h.Set("Authorization", "Bearer "+token)
		}
		res, err := client.Do(req)
		if err != nil {
			return &Failure{"no answer"}
		}
		defer res.Body.Close()
		_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
		return answered(res.StatusCode)
	}, nil
}

// priority is ntfy's: urgent breaks through a phone's silence.
func priority(m Message) string {
	switch {
	case m.Test:
		return "default"
	case m.Urgent:
		return "urgent"
	}
	return "high"
}

// answered is what a status means; nil: the message was taken.
func answered(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return &Failure{"credentials"}
	case status == http.StatusNotFound, status >= 300 && status < 400:
		return &Failure{"address"}
	case status == http.StatusTooManyRequests:
		return &Failure{"rate limit"}
	case status >= 500:
		return &Failure{"server"}
	}
	return &Failure{"refused"}
}
