package main

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// A visitor is a browser without script: it keeps cookies, follows nothing by itself, and sends the forms it was given.
type visitor struct {
	t      testing.TB
	name   string
	client *http.Client
	at     string // the page it is on
	status int
	body   string
	header http.Header
}

func visits(t testing.TB, name string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, name: name, client: &http.Client{
		Jar: jar, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// opens gets a page.
func (v *visitor) opens(address string) *visitor {
	v.t.Helper()
	v.at = address
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	v.do(req)
	return v
}

// sends posts a form to the page it is on, or to another path of it, and follows the redirect within the host.
func (v *visitor) sends(path string, fields url.Values) *visitor {
	v.t.Helper()
	to := v.at
	if path != "" {
		to = origin(v.at) + path
	}
	req, err := http.NewRequest(http.MethodPost, to, strings.NewReader(fields.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", origin(v.at))
	v.do(req)
	if v.status == http.StatusSeeOther {
		next, err := req.URL.Parse(v.header.Get("Location"))
		if err != nil {
			v.t.Fatal(err)
		}
		if next.Host == req.URL.Host {
			return v.opens(next.String())
		}
	}
	return v
}

func (v *visitor) do(req *http.Request) {
	v.t.Helper()
	resp, err := v.client.Do(req)
	if err != nil {
		v.t.Fatalf("%s: %v", v.name, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatalf("%s: %v", v.name, err)
	}
	v.status, v.header = resp.StatusCode, resp.Header
	v.body = styleAndScript.ReplaceAllString(string(b), "")
}

var styleAndScript = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>`)

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}

// sees wants a text on the page, hides wants it nowhere on it.
func (v *visitor) sees(text string) *visitor {
	v.t.Helper()
	if !strings.Contains(html.UnescapeString(v.body), text) {
		v.t.Fatalf("%s does not see %q (status %d) on:\n%s", v.name, text, v.status, v.body)
	}
	return v
}

func (v *visitor) doesNotSee(text string) *visitor {
	v.t.Helper()
	if strings.Contains(html.UnescapeString(v.body), text) {
		v.t.Fatalf("%s sees %q on:\n%s", v.name, text, v.body)
	}
	return v
}

// field is the value of a hidden field of the page.
func (v *visitor) field(name string) string {
	v.t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(v.body)
	if m == nil {
		v.t.Fatalf("%s finds no field %s on:\n%s", v.name, name, v.body)
	}
	return html.UnescapeString(m[1])
}

// A person is a visitor of the public page.
type person struct{ *visitor }

// scans opens the page of a code and starts to write.
func scans(t testing.TB, name, page string) person {
	t.Helper()
	p := person{visits(t, name)}
	p.opens(page)
	// The hidden fields of the form itself: before it stand the countries' buttons, one of which is tapped where no code
	// names a country.
	form := regexp.MustCompile(`name="l" value="([^"]*)"><input type="hidden" name="g" value="([A-Z]{2})"><button name="k" value="start"`)
	m := form.FindStringSubmatch(p.body)
	if m == nil {
		p.sends("", url.Values{"l": {p.field("l")}, "g": {"GB"}})
		m = form.FindStringSubmatch(p.body)
	}
	if m == nil {
		t.Fatalf("%s finds nothing to write with on:\n%s", name, p.body)
	}
	p.sends("", url.Values{"k": {"start"}, "l": {m[1]}, "g": {m[2]}})
	return p
}

func (p person) answer(more url.Values) person {
	p.t.Helper()
	f := url.Values{"t": {p.field("t")}, "n": {p.field("n")}, "m": {p.field("m")}}
	for k, v := range more {
		f[k] = v
	}
	p.sends("", f)
	return p
}

// taps answers with a choice, presses with a key, writes with words.
func (p person) taps(choice string) person {
	p.t.Helper()
	return p.answer(url.Values{"c": {choice}})
}
func (p person) presses(key string) person { p.t.Helper(); return p.answer(url.Values{"k": {key}}) }
func (p person) writes(text string) person {
	p.t.Helper()
	return p.answer(url.Values{"x": {text}, "k": {"say"}})
}

// reads looks at the log as it is now.
func (p person) reads() person {
	p.t.Helper()
	at := p.at
	p.opens(origin(at) + "/a")
	p.at = at
	return p
}

// returns goes back to the chat's page after reading.
func (p person) returns() person { p.t.Helper(); p.opens(p.at); return p }

// An adviser is a visitor of the desk.
type adviser struct{ *visitor }

// signsIn opens a one-time link and goes on duty.
func signsIn(t testing.TB, name, link string) adviser {
	t.Helper()
	a := adviser{visits(t, name)}
	a.opens(link)
	a.sends("", url.Values{})
	return a.posts("/duty", url.Values{"on": {"1"}})
}

func (a adviser) posts(path string, fields url.Values) adviser {
	a.t.Helper()
	if fields == nil {
		fields = url.Values{}
	}
	fields.Set("form", a.field("form"))
	a.sends(path, fields)
	return a
}

// claims takes the first who waits and returns the handle.
func (a adviser) claims() string {
	a.t.Helper()
	var m []string
	soon(a.t, "somebody waits in the queue", func() bool {
		a.opens(origin(a.at) + "/list")
		m = regexp.MustCompile(`action="/c/([0-9A-Z]+)/claim"`).FindStringSubmatch(a.body)
		return m != nil
	})
	a.posts("/c/"+m[1]+"/claim", nil)
	a.sees(m[1])
	return m[1]
}

// writes sends a text to the person of a handle.
func (a adviser) writes(handle, text string) adviser {
	a.t.Helper()
	a.opens(origin(a.at) + "/c/" + handle)
	return a.posts("/c/"+handle+"/say", url.Values{"nonce": {a.field("nonce")}, "text": {text}})
}

// reads opens the log of a handle.
func (a adviser) reads(handle string) adviser {
	a.t.Helper()
	a.opens(origin(a.at) + "/c/" + handle + "/log")
	return a
}
