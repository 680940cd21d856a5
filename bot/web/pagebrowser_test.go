package web_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quietline/bot"
	"quietline/bot/web"
)

func TestPageInBrowser(t *testing.T) {
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script=%v", script), func(t *testing.T) {
			w := newTown(t, true, func(c *web.Config) { c.Bot = &bot.Bot{} })
			for _, lang := range languages() {
				p := w.phone(script)
				p.open(code(t, "GB"))
				if lang != "en" {
					p.taps(`button[name=l][value=` + lang + `]`)
				}
				p.sees(`<html lang="` + lang + `"`)
				p.shoot(fmt.Sprintf("page-%s-%v", lang, script), false)
				p.taps("#more > summary")
				p.run(chromedp.WaitVisible(".line .num a", chromedp.ByQuery))
				p.shoot(fmt.Sprintf("page-%s-%v-open", lang, script), true)
				if got := p.title(); got != cover {
					t.Errorf("title is %q", got)
				}
				if len(p.cookies()) != 0 {
					t.Error("the public page left a cookie")
				}
				if script {
					p.checkSizes()
				}
			}
		})
	}
}

// The first view is one request: nothing else is fetched, from here or anywhere.
func TestPageIsOneRequest(t *testing.T) {
	w := newTown(t, false, nil)
	p := w.phone(true)
	var mu sync.Mutex
	var asked []string
	chromedp.ListenTarget(p.ctx, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok && !strings.HasPrefix(e.Request.URL, "data:") {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, e.Request.URL)
		}
	})
	p.run(network.Enable())
	p.open("/")
	p.taps("#more > summary")
	p.run(chromedp.WaitVisible(".line .num a", chromedp.ByQuery))
	mu.Lock()
	defer mu.Unlock()
	if len(asked) != 1 || asked[0] != w.url+"/" {
		t.Errorf("the page made these requests: %q", asked)
	}
}

// checkSizes fails on what a thumb cannot hit and on what is wider than the screen.
func (p *phone) checkSizes() {
	p.t.Helper()
	var small []string
	p.run(chromedp.Evaluate(`[].filter.call(document.querySelectorAll('button,summary,a,textarea'),function(e){var r=e.getBoundingClientRect();return r.width>0&&(r.height<43.5||r.width<43.5||r.right>361||r.left<-1)}).map(function(e){var r=e.getBoundingClientRect();return e.tagName+' '+e.textContent.slice(0,30)+' '+Math.round(r.width)+'x'+Math.round(r.height)})`, &small))
	if len(small) > 0 {
		p.t.Errorf("too small for a thumb or off the screen: %q", small)
	}
	var wide float64
	p.run(chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide))
	if wide > 360 {
		p.t.Errorf("the page is %v px wide", wide)
	}
}

func TestCountryInOneTapKeepsOneEntry(t *testing.T) {
	w := newTown(t, true, nil)
	p := w.phone(true)
	p.open(code(t, "GB"))
	before, _ := p.entries()
	p.taps("details.places > summary")
	p.taps(`button[name=g][value=US]`)
	p.sees(`href="tel:911"`)
	p.taps(`button[name=l][value=` + languages()[len(languages())-1] + `]`)
	p.sees(`<html lang="` + languages()[len(languages())-1] + `"`)
	p.sees(`href="tel:911"`)
	if after, list := p.entries(); after != before || len(list) != int(after)+1 {
		t.Errorf("choosing made entries in the history: %d, then %d of %d", before, after, len(list))
	}
}

func TestS2_LeavePageByShift(t *testing.T) {
	w := newTown(t, true, nil)
	p := w.phone(true)
	p.open("/")
	p.taps("#more > summary")
	p.run(chromedp.KeyEvent(kb.Shift), chromedp.KeyEvent(kb.Shift), chromedp.KeyEvent(kb.Shift))
	p.until("the exit", func() bool { return p.title() == exitTitle })
	p.leftNoEntry()
	p.backEverywhere()
}

func TestS2_LeavePageByButton(t *testing.T) {
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script=%v", script), func(t *testing.T) {
			w := newTown(t, true, nil)
			p := w.phone(script)
			p.open("/")
			p.taps("#more > summary")
			p.taps("button[value=leave]")
			p.until("the exit", func() bool { return p.title() == exitTitle })
			p.backEverywhere()
		})
	}
}

// leftNoEntry fails if the tab's Back list still has an address of this host.
func (p *phone) leftNoEntry() {
	p.t.Helper()
	_, list := p.entries()
	for _, e := range list {
		if strings.HasPrefix(e.URL, p.w.url) {
			p.t.Errorf("Back still leads to %s", e.URL)
		}
	}
}

// backEverywhere presses Back through every entry the tab has and fails if one shows more than the page's first screen.
func (p *phone) backEverywhere() {
	p.t.Helper()
	now, _ := p.entries()
	for i := now - 1; i >= 0; i-- {
		_, list := p.entries()
		// Not chromedp's own: that waits for a load, and a page out of the browser's own copy does not load.
		p.back(list[i])
		html := p.all()
		if strings.Contains(html, `class="chat"`) || strings.Contains(html, `class="msg`) || strings.Contains(html, `class="more" id="more" open`) {
			p.t.Errorf("Back to entry %d of %d shows what was left: %.600s", i, len(list), html)
		}
		if got := p.title(); strings.HasPrefix(list[i].URL, p.w.url) && got != cover && !strings.HasPrefix(got, "127.0.0.1") && got != "" {
			p.t.Errorf("Back to entry %d has the title %q", i, got)
		}
	}
	if left := p.cookies(); len(left) != 0 {
		p.t.Errorf("%d cookies are left", len(left))
	}
}

// back goes to an entry of the Back list and waits until the tab is there.
func (p *phone) back(to *page.NavigationEntry) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	// An error here may only say that the page asked went away while answering.
	_ = chromedp.Run(ctx, chromedp.ActionFunc(page.NavigateToHistoryEntry(to.ID).Do))
	p.until("the entry "+to.URL, func() bool {
		at, list, err := p.history()
		// An entry made by a form is not fetched again by itself: the browser shows a page of its own in its place.
		here := p.location()
		return err == nil && list[at].ID == to.ID && (here == to.URL || strings.HasPrefix(here, "chrome-error:"))
	})
}
