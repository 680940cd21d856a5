package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"quietline/bot/web"
	"quietline/directory"
)

func TestPageOpensCountryOfCode(t *testing.T) {
	w := newTown(t, true, nil)
	for _, cc := range []string{"GB", "US", "AE"} {
		b := w.browser(code(t, cc))
		b.get()
		for _, n := range content().Directory.AllEmergencyNumbers(cc) {
			if !strings.Contains(b.body, `<a href="tel:`+n+`"><bdi dir="ltr">`+n+`</bdi></a>`) {
				t.Errorf("%s: emergency number %s is not on the page as a number to touch", cc, n)
			}
		}
		for _, s := range content().Directory.Services(cc, "", directory.ShowUnchecked) {
			if !strings.Contains(b.body, s.Phone) {
				t.Errorf("%s: the line %s is missing", cc, s.ID)
			}
		}
	}
}

// Whatever the host does not know is one and the same page.
func TestUnknownPathsAreOrdinary(t *testing.T) {
	w := newTown(t, true, nil)
	b := w.browser("/")
	want := b.get()
	good := code(t, "GB")
	bad := good[:len(good)-1] + string("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(strings.IndexByte("0123456789ABCDEFGHJKMNPQRSTVWXYZ", good[len(good)-1])+1)%32])
	for _, path := range []string{"/desk", "/desk/queue", "/login", "/admin", "/favicon.ico", "/robots.txt", "/.well-known/security.txt", "/GB", bad, code(t, "ZW"), "/a", "/b", "/%00", "/..%2f", "/a/b/c?x=1"} {
		if got := b.do(http.MethodGet, path, ""); got != want && path != "/b" || b.resp.StatusCode != http.StatusOK && path != "/b" {
			t.Errorf("GET %s: status %d, and the page differs from the ordinary one: %v", path, b.resp.StatusCode, got != want)
		}
	}
	for _, method := range []string{"PUT", "DELETE", "OPTIONS", "PATCH"} {
		if got := b.do(method, "/desk", ""); got != want || b.resp.StatusCode != http.StatusOK {
			t.Errorf("%s /desk: status %d, differs: %v", method, b.resp.StatusCode, got != want)
		}
	}
}

func TestCountryIsAskedWhenUnknown(t *testing.T) {
	w := newTown(t, true, func(c *web.Config) { c.Country = "" })
	b := w.browser("/desk")
	b.get()
	if !strings.Contains(b.body, text(t, "en", "page.choose")) || !strings.Contains(b.body, `<button name="g" value="US">`) || strings.Contains(b.body, `id="more"`) {
		t.Fatal("without a country the page must ask for one and show nothing else")
	}
	b.post("g", "US", "l", "en")
	if !strings.Contains(b.body, `href="tel:911"`) {
		t.Fatal("a country chosen by form is not shown")
	}
	if b.post("g", "ZZ", "l", "xx"); !strings.Contains(b.body, text(t, "en", "page.choose")) {
		t.Fatal("an unknown country must ask again")
	}
}

func TestPageSaysWhenThereIsNoNumber(t *testing.T) {
	var none string
	for _, cc := range content().Directory.Countries() {
		if c, _ := content().Directory.Country(cc); !c.HasEmergency() {
			none = cc
			break
		}
	}
	if none == "" {
		none = "AQ" // the directory knows a number for every country it has
	}
	w := newTown(t, true, func(c *web.Config) { c.Countries, c.Country = []string{none, "GB"}, none })
	b := w.browser("/")
	b.get()
	first, _, _ := strings.Cut(b.body, `id="more"`)
	if strings.Contains(first, `class="em"`) {
		t.Fatal("a number is shown where none is confirmed")
	}
	if said := content().Card("en", none, false, directory.ShowUnchecked)[0].Text; said == "" || !strings.Contains(b.body, said) {
		t.Fatalf("the page does not say that there is no confirmed number for %s", none)
	}
}

func TestLanguageByExactTable(t *testing.T) {
	w := newTown(t, true, nil)
	for header, want := range map[string]string{"en-GB,en;q=0.9": "en", "ku,tr;q=0.5": "en", "ug": "en", "fr-FR": "en", "": "en", "de,en;q=0.1": "en", "*": "en"} {
		b := w.browser("/")
		b.lang = header
		if b.get(); !strings.Contains(b.body, `<html lang="`+want+`"`) {
			t.Errorf("Accept-Language %q: not %s", header, want)
		}
	}
	for _, lang := range languages() {
		b := w.browser("/")
		b.lang = "xx," + lang + ";q=0.3"
		if b.get(); !strings.Contains(b.body, `<html lang="`+lang+`"`) {
			t.Errorf("Accept-Language %q: not %s", b.lang, lang)
		}
		b.lang = "en"
		if b.post("l", lang, "g", "GB"); !strings.Contains(b.body, `<html lang="`+lang+`"`) {
			t.Errorf("%s chosen by form is not shown", lang)
		}
	}
}

// allPages is every public page there is: language and country, packed size and text.
type aPage struct {
	lang, country string
	packed        int
	html          string
}

func allPages(t *testing.T) []aPage {
	t.Helper()
	everyPage.Do(func() {
		all := content().Directory.Countries()
		w := newTown(t, true, func(c *web.Config) { c.Countries = all })
		b := w.browser("/")
		for _, lang := range languages() {
			for _, cc := range all {
				b.do(http.MethodPost, "/", "l="+lang+"&g="+cc, "Accept-Encoding", "gzip")
				packed := b.body
				z, err := gzip.NewReader(strings.NewReader(packed))
				if err != nil || b.resp.Header.Get("Content-Encoding") != "gzip" {
					t.Fatalf("the public page is not compressed: %v", err)
				}
				html, err := io.ReadAll(z)
				if err != nil {
					t.Fatal(err)
				}
				pages = append(pages, aPage{lang, cc, len(packed), string(html)})
			}
		}
	})
	return pages
}

var (
	everyPage sync.Once
	pages     []aPage
)

// The first flight of a connection is 14 kB: the page must fit in every language and country.
func TestPageFitsFirstFlight(t *testing.T) {
	var biggest aPage
	for _, p := range allPages(t) {
		if p.packed > biggest.packed {
			biggest = p
		}
	}
	t.Logf("largest: %d bytes (%s %s)", biggest.packed, biggest.lang, biggest.country)
	if biggest.packed > 14<<10 || biggest.packed == 0 {
		t.Fatalf("%s %s needs %d bytes, more than 14 kB", biggest.lang, biggest.country, biggest.packed)
	}
}

func TestPageCarriesNothing(t *testing.T) {
	w := newTown(t, true, nil)
	b := w.browser(code(t, "GB"))
	b.get()
	h := b.resp.Header
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Cross-Origin-Opener-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow, noarchive", "X-Dns-Prefetch-Control": "off",
	} {
		if h.Get(name) != want {
			t.Errorf("header %s is %q, not %q", name, h.Get(name), want)
		}
	}
	csp := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'sha256-", "style-src 'sha256-", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("policy lacks %s: %s", part, csp)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Errorf("policy allows something unsafe: %s", csp)
	}
	if h.Get("Set-Cookie") != "" {
		t.Error("the public page sets a cookie")
	}
	for _, never := range []string{" style=", "<script src", "<link rel=\"stylesheet\"", "manifest", "serviceWorker", "localStorage", "sessionStorage", "indexedDB", "onclick=", "src=\"http", "url("} {
		if strings.Contains(b.body, never) {
			t.Errorf("the page contains %q", never)
		}
	}
	if !strings.Contains(b.body, `<link rel="icon" href="data:,">`) {
		t.Error("without an icon in the page the browser asks for one")
	}
	if i := strings.Index(b.body, "<title>"+cover+"</title>"); i < 0 || i > 200 {
		t.Errorf("the neutral title must come with the first bytes, it is at %d", i)
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

// firstScreen is what is seen before "Show more": text and names, without its own warning.
func firstScreen(t *testing.T, page, lang string) string {
	t.Helper()
	_, body, _ := strings.Cut(page, "<body")
	first, _, ok := strings.Cut(body, "</summary>\n<section class=\"card\">")
	if !ok {
		t.Fatal("the page has no fold")
	}
	first = strings.ReplaceAll(first, text(t, lang, "page.more.hint"), "")
	return tag.ReplaceAllString("<"+first, " ")
}

func TestS1_FirstScreenTellsNothing(t *testing.T) {
	for _, p := range allPages(t) {
		if found := content().Words.Discreet(p.lang, firstScreen(t, p.html, p.lang)); len(found) > 0 {
			t.Errorf("%s %s: telling words on the first screen: %q", p.lang, p.country, found)
		}
		if !strings.Contains(p.html, text(t, p.lang, "page.more.hint")) {
			t.Errorf("%s: the button does not say what will appear", p.lang)
		}
	}
	w := newTown(t, false, nil) // with the chat's button
	for _, lang := range languages() {
		b := w.browser("/")
		b.post("l", lang, "g", "GB")
		if found := content().Words.Discreet(lang, firstScreen(t, b.body, lang)); len(found) > 0 || !strings.Contains(b.body, `value="start"`) {
			t.Errorf("%s: telling words beside the button: %q", lang, found)
		}
	}
}

func TestS1_NoTellingNameOutside(t *testing.T) {
	w := newTown(t, true, nil)
	b := w.browser(code(t, "GB"))
	b.get()
	seen := b.path + " " + cover
	for name, values := range b.resp.Header {
		seen += " " + name + ": " + strings.Join(values, " ")
	}
	if found := content().Words.Discreet("en", seen); len(found) > 0 || strings.Contains(strings.ToLower(seen), "quietline") {
		t.Errorf("telling words in path, title or headers: %q", found)
	}
	if strings.Contains(strings.ToLower(b.body), "quietline") {
		t.Error("the page names the program")
	}
}

func TestS3_NumbersStandBeforeEverything(t *testing.T) {
	w := newTown(t, true, nil)
	b := w.browser(code(t, "GB"))
	b.get()
	number, menu := strings.Index(b.body, `href="tel:999"`), strings.Index(b.body, `name="l"`)
	if number < 0 || menu < number {
		t.Fatal("the emergency number must be the first thing on the page")
	}
}

func TestS9_EveryNumberHasItsSource(t *testing.T) {
	w := newTown(t, true, nil)
	b := w.browser(code(t, "GB"))
	b.get()
	lines := strings.Count(b.body, `<section class="line">`)
	if lines == 0 || strings.Count(b.body, `<details class="src">`) != lines {
		t.Errorf("%d lines and rights, %d of them with a source", lines, strings.Count(b.body, `<details class="src">`))
	}
	untried := text(t, "en", "lines.untried")
	for _, s := range content().Directory.Services("GB", "", directory.ShowUnchecked) {
		if s.Checked == nil && !strings.Contains(b.body, untried) {
			t.Errorf("%s is not marked as not tried", s.ID)
		}
		if s.Note != "" && strings.Contains(b.body, s.Note) {
			t.Errorf("%s: the note for staff is on the page", s.ID)
		}
	}
	w = newTown(t, true, func(c *web.Config) { c.Hide = true })
	b = w.browser(code(t, "GB"))
	b.get()
	if strings.Contains(b.body, untried) {
		t.Error("unchecked lines are shown although the operator hides them")
	}
	if !strings.Contains(b.body, `href="tel:999"`) {
		t.Error("emergency numbers are always shown")
	}
}

func TestChatIsOffWithoutStore(t *testing.T) {
	w := newTown(t, true, nil)
	b := w.browser(code(t, "GB"))
	b.get()
	if !strings.Contains(b.body, text(t, "en", "page.write.off")) || strings.Contains(b.body, `value="start"`) {
		t.Fatal("without a store the page must say neutrally that writing is not possible")
	}
	b.post("k", "start")
	if !b.ordinary() || len(b.cookies()) != 0 {
		t.Fatal("a start without a store must give the ordinary page")
	}
}

func TestS2_LeaveFromPage(t *testing.T) {
	w := newTown(t, true, nil)
	b := w.browser(code(t, "GB"))
	b.get()
	b.post("k", "leave")
	if b.resp.StatusCode != http.StatusSeeOther || b.resp.Header.Get("Location") != w.exit || len(b.cookies()) != 0 {
		t.Fatalf("leaving: status %d to %q, %d cookies", b.resp.StatusCode, b.resp.Header.Get("Location"), len(b.cookies()))
	}
}

func TestRevokedCodeIsOrdinary(t *testing.T) {
	w := newTown(t, false, nil)
	placed := must(w.line.AddPlacement(t.Context(), "", "US", "poster"))(t)
	b := w.browser("/" + placed.Code.String())
	if b.get(); !strings.Contains(b.body, `href="tel:911"`) {
		t.Fatal("a placed code does not open its country")
	}
	b.path = "/" + strings.ToLower(placed.Code.Display())
	if b.get(); !strings.Contains(b.body, `href="tel:911"`) {
		t.Fatal("a code typed with hyphens in small letters does not open its country")
	}
	if err := w.line.Revoke(t.Context(), "", placed.Code); err != nil {
		t.Fatal(err)
	}
	ordinary := w.browser("/").get()
	if b.get() != ordinary || b.do(http.MethodGet, code(t, "US"), "") != ordinary {
		t.Fatal("a revoked code and one never placed must open the ordinary page")
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	good := newTown(t, true, nil).cfg
	for want, spoil := range map[string]func(*web.Config){
		"Content":         func(c *web.Config) { c.Content = nil },
		"language":        func(c *web.Config) { c.Languages = nil },
		"country":         func(c *web.Config) { c.Countries = nil },
		"cover":           func(c *web.Config) { c.Cover = " " },
		"the exit":        func(c *web.Config) { c.ExitURL = "weather" },
		"public address":  func(c *web.Config) { c.PublicURL = "" },
		"the exit must":   func(c *web.Config) { c.ExitURL = "javascript:alert(1)" },
		"whole, such as ": func(c *web.Config) { c.PublicURL = "/here" },
	} {
		bad := good
		spoil(&bad)
		if _, err := web.New(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %q, got %v", want, err)
		}
	}
}
