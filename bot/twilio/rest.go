package twilio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"quietline/bot"
)

const (
	// callWithin ends one call; the bot's own deadline for a send is longer, so that what Twilio did is looked up in time.
	callWithin = 10 * time.Second
	// maxAnswer is the most read of one answer: a page of 200 messages is well below a megabyte.
	maxAnswer = 8 << 20
)

// newHTTP is a client that keeps connections, and follows no redirect: the credentials go nowhere else.
func newHTTP() *http.Client {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: bot.Workers, IdleConnTimeout: 60 * time.Second,
		TLSHandshakeTimeout: 5 * time.Second, ForceAttemptHTTP2: true}
	return &http.Client{Transport: t, Timeout: callWithin, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// service is Twilio's client over our own way of calling, for one context. The library's own way has no context, hides
// Retry-After, keeps a goroutine and a connection for every refusal, and calls one fixed host.
func (a *Account) service(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(&client.RequestHandler{Client: &caller{a: a, ctx: ctx}})
}

// A caller does the library's calls.
type caller struct {
	a   *Account
	ctx context.Context
}

// AccountSid is the account whose resources the library asks for.
func (c *caller) AccountSid() string { return c.a.cfg.AccountSID }

// SetTimeout changes nothing: a context ends a call.
func (c *caller) SetTimeout(time.Duration) {}

// SetOauth changes nothing: the account's own token is used.
func (c *caller) SetOauth(client.OAuth) {}

// OAuth is not used.
func (c *caller) OAuth() client.OAuth { return nil }

// SendRequest does one call and reads its answer to the end. A refusal is an *apiError and never quotes what Twilio said.
func (c *caller) SendRequest(method, raw string, data url.Values, headers map[string]any, body ...byte) (*http.Response, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, &apiError{Class: "address"}
	}
	u.Scheme, u.Host, u.Path = c.a.api.Scheme, c.a.api.Host, strings.TrimSuffix(c.a.api.Path, "/")+u.Path
	var payload io.Reader
	if method == http.MethodPost {
		payload = strings.NewReader(data.Encode())
	} else if len(data) > 0 {
		u.RawQuery = data.Encode()
	}
	var written bool
	ctx := httptrace.WithClientTrace(c.ctx, &httptrace.ClientTrace{WroteHeaders: func() { written = true }})
	req, err := http.NewRequestWithContext(ctx, method, u.String(), payload)
	if err != nil {
		return nil, &apiError{Class: "address"}
	}
	for k, v := range headers {
		req.Header.Set(k, fmt.Sprint(v))
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Go")
	req.SetBasicAuth(c.a.cfg.AccountSID, c.a.cfg.AuthToken)
	res, err := c.a.http.Do(req)
	if err != nil {
		return nil, &apiError{Class: "no answer", Doubt: written}
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case res.StatusCode >= 300:
		return nil, refusal(res, answer, c.a.cfg.Now())
	case err != nil:
		return nil, &apiError{Class: "no answer", Doubt: true}
	case len(answer) > maxAnswer:
		return nil, &apiError{Class: "answer not understood", Doubt: true}
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	return res, nil
}

// An apiError is a call that failed. It holds codes, and nothing that Twilio wrote.
type apiError struct {
	Status int           // HTTP; 0: there was no answer
	Code   int           // Twilio's; 0: none was given
	After  time.Duration // from Retry-After; 0: not said
	Doubt  bool          // Twilio may have done it all the same
	Class  string        // where there is no code
}

func (e *apiError) Error() string {
	return fmt.Sprintf("calling Twilio: status %d, code %d %s", e.Status, e.Code, e.Class)
}

// refusal reads the codes of an answer that is not 2xx.
func refusal(res *http.Response, body []byte, now time.Time) *apiError {
	var said struct {
		Code int `json:"code"`
	}
	_ = json.Unmarshal(body, &said) // what is no JSON has no code
	e := &apiError{Status: res.StatusCode, Code: said.Code, Doubt: res.StatusCode >= 500, Class: "refused"}
	if after := res.Header.Get("Retry-After"); after != "" {
		if s, err := strconv.Atoi(after); err == nil && s > 0 {
			e.After = time.Duration(s) * time.Second
		} else if t, err := http.ParseTime(after); err == nil && t.After(now) {
			e.After = t.Sub(now)
		}
		e.After = min(e.After, maxPause)
	}
	return e
}

// asAPI makes an *apiError of whatever the library returns; what it says of an answer is left behind.
func asAPI(err error) *apiError {
	var e *apiError
	if errors.As(err, &e) {
		return e
	}
	return &apiError{Class: "answer not understood", Doubt: true}
}
