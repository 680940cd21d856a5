package web_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// patience is how long a step in the browser may take before the test fails. The machine may be busy.
const patience = 20 * time.Second

// A phone is one person's tab in a fresh profile of a real Chromium, 360×640.
type phone struct {
	t       *testing.T
	w       *town
	ctx     context.Context
	profile cdp.BrowserContextID
}

// chromium starts one browser for all tests of the package; each phone gets a profile of its own in it.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		return nil, errors.New("the browser tests need Chromium: apt-get install -y --no-install-recommends chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true), chromedp.Flag("disable-features", "Translate,MediaRouter"), chromedp.WindowSize(360, 640))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, _ := chromedp.NewContext(alloc)
	stopChromium = stop
	return ctx, chromedp.Run(ctx)
})

var stopChromium = func() {}

func TestMain(m *testing.M) {
	status := m.Run()
	stopChromium()
	os.Exit(status)
}

// phone opens a tab, with or without script.
func (w *town) phone(script bool) *phone {
	w.t.Helper()
	root, err := chromium()
	if err != nil {
		w.t.Fatal(err)
	}
	// Each phone is a window of a profile of its own; this Chromium opens no tab in a profile without one.
	browser := cdp.WithExecutor(root, chromedp.FromContext(root).Browser)
	profile, err := target.CreateBrowserContext().Do(browser)
	if err != nil {
		w.t.Fatalf("making a new profile: %v", err)
	}
	tab, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(browser)
	if err != nil {
		w.t.Fatalf("opening a tab: %v", err)
	}
	ctx, cancel := chromedp.NewContext(root, chromedp.WithTargetID(tab))
	w.t.Cleanup(func() {
		cancel()
		_ = target.DisposeBrowserContext(profile).Do(browser)
	})
	// The first Run ties the tab to its context, so it must not be one with a deadline.
	if err := chromedp.Run(ctx); err != nil {
		w.t.Fatalf("attaching to the tab: %v", err)
	}
	p := &phone{w.t, w, ctx, profile}
	p.run(chromedp.EmulateViewport(360, 640, chromedp.EmulateMobile, chromedp.EmulateTouch),
		network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": "en"}), emulation.SetScriptExecutionDisabled(!script))
	return p
}

func (p *phone) run(actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.t.Fatalf("browser: %v\non screen: %.400s", err, p.html())
	}
}

func (p *phone) open(path string) {
	p.t.Helper()
	p.run(chromedp.Navigate(p.w.url + path))
}

// html is what the page is made of now; empty when there is none.
func (p *phone) html() string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var out string
	_ = chromedp.Run(ctx, chromedp.OuterHTML("html", &out, chromedp.ByQuery))
	return out
}

// until waits for a condition on a page that may be changing.
func (p *phone) until(what string, ok func() bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			p.t.Fatalf("waited in vain for %s; at %s, title %q\non screen: %.1500s", what, p.location(), p.title(), p.html())
		case <-tick.C:
		}
	}
}

// sees waits until the page, its frames included, holds a piece of HTML.
func (p *phone) sees(piece string) {
	p.t.Helper()
	p.until("“"+piece+"”", func() bool { return strings.Contains(p.all(), piece) })
}

// all is the page and the frames in it.
func (p *phone) all() string {
	out := p.html()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var frames []*cdp.Node
	if strings.Contains(out, "<iframe") {
		if err := chromedp.Run(ctx, chromedp.Nodes("iframe", &frames, chromedp.ByQueryAll, chromedp.AtLeast(0))); err == nil {
			for _, f := range frames {
				var inner string
				short, stop := context.WithTimeout(ctx, time.Second)
				if chromedp.Run(short, chromedp.OuterHTML("html", &inner, chromedp.ByQuery, chromedp.FromNode(f))) == nil {
					out += inner
				}
				stop()
			}
		}
	}
	return out
}

func (p *phone) taps(selector string) {
	p.t.Helper()
	p.run(chromedp.Click(selector, chromedp.ByQuery, chromedp.NodeVisible))
}

func (p *phone) types(text string) {
	p.t.Helper()
	p.run(chromedp.SendKeys("#x", text, chromedp.ByQuery))
}

func (p *phone) title() string {
	var s string
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.Title(&s))
	return s
}

func (p *phone) location() string {
	var s string
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.Location(&s))
	return s
}

// entries is the tab's Back list.
func (p *phone) entries() (current int64, list []*page.NavigationEntry) {
	p.t.Helper()
	p.until("the Back list", func() (ok bool) {
		var err error
		current, list, err = p.history()
		return err == nil
	})
	return current, list
}

func (p *phone) history() (current int64, list []*page.NavigationEntry, err error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	err = chromedp.Run(ctx, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		current, list, err = page.GetNavigationHistory().Do(ctx)
		return err
	}))
	return current, list, err
}

// cookies are all of the profile.
func (p *phone) cookies() (all []*network.Cookie) {
	p.t.Helper()
	p.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		all, err = storage.GetCookies().WithBrowserContextID(p.profile).Do(cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser))
		return err
	}))
	return all
}

// shoot keeps a picture of the screen, or with whole of the whole page, where SHOTS names a folder.
func (p *phone) shoot(name string, whole bool) {
	p.t.Helper()
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return
	}
	var png []byte
	shot := chromedp.CaptureScreenshot(&png)
	if whole {
		shot = chromedp.FullScreenshot(&png, 100)
	}
	p.run(shot)
	if err := os.WriteFile(dir+"/"+name+".png", png, 0o600); err != nil {
		p.t.Fatal(err)
	}
}
