package desk

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// browser is one Chromium for all tests; every tab has cookies of its own.
var browser = sync.OnceValues(func() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, closeAll := chromedp.NewContext(alloc)
	stopBrowser = func() { closeAll(); stop() }
	return ctx, chromedp.Run(ctx)
})

var stopBrowser = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopBrowser()
	os.Exit(code)
}

// A tab is one browser window with cookies of its own.
type tab struct {
	t      testing.TB
	ctx    context.Context
	url    string
	script bool
	mu     sync.Mutex
	faults []string // what the page complained of
}

func (h *house) tab(script bool) *tab {
	h.t.Helper()
	parent, err := browser()
	if err != nil {
		h.t.Fatalf("these tests need Debian's chromium (apt-get install chromium): %v", err)
	}
	// a context of its own needs a window of its own, which chromedp does not ask for
	var id target.ID
	ok(h.t, chromedp.Run(parent, chromedp.ActionFunc(func(ctx context.Context) error {
		ctx = cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
		own, err := target.CreateBrowserContext().Do(ctx)
		if err != nil {
			return err
		}
		id, err = target.CreateTarget("about:blank").WithBrowserContextID(own).WithNewWindow(true).Do(ctx)
		return err
	})))
	ctx, stop := chromedp.NewContext(parent, chromedp.WithTargetID(id))
	ctx, stopTime := context.WithTimeout(ctx, 90*time.Second)
	h.t.Cleanup(func() { stopTime(); stop() })
	b := &tab{t: h.t, ctx: ctx, url: h.url, script: script}
	chromedp.ListenTarget(ctx, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			b.faults = append(b.faults, ev.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if ev.Type == runtime.APITypeError {
				b.faults = append(b.faults, "console error")
			}
		}
	})
	b.run(chromedp.EmulateViewport(1280, 800))
	if !script {
		b.run(emulation.SetScriptExecutionDisabled(true))
	}
	return b
}

func (b *tab) run(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatalf("in the browser: %v; it shows: %s", err, b.text())
	}
}

func (b *tab) open(path string) { b.t.Helper(); b.run(chromedp.Navigate(b.url + path)) }

// click presses what sel names and, when it leads to another page, waits for that.
func (b *tab) click(sel string) {
	b.t.Helper()
	b.run(chromedp.Click(sel, chromedp.ByQuery))
}

func (b *tab) fill(sel, text string) {
	b.t.Helper()
	b.run(chromedp.SendKeys(sel, text, chromedp.ByQuery))
}

// eval is a script's answer as text. The debugger may run it where the page may not.
func (b *tab) eval(js string) string {
	b.t.Helper()
	var s string
	if err := chromedp.Run(b.ctx, chromedp.Evaluate(`String(`+js+`)`, &s)); err != nil {
		return "" // between two pages
	}
	return s
}

// text is all that can be read: the page and the frame in it.
func (b *tab) text() string {
	b.t.Helper()
	var s string
	_ = chromedp.Run(b.ctx, chromedp.Evaluate(`(document.body ? document.body.innerText : "") + "\n" +
		Array.from(document.querySelectorAll("iframe")).map(f => f.contentDocument && f.contentDocument.body ? f.contentDocument.body.innerText : "").join("\n")`, &s))
	return s
}

func (b *tab) sees(texts ...string) {
	b.t.Helper()
	defer func() {
		if b.t.Failed() {
			b.t.Logf("it shows: %s", b.text())
		}
	}()
	for _, text := range texts {
		until(b.t, "the page shows "+text, func() bool { return strings.Contains(b.text(), text) })
	}
}

func (b *tab) lacks(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		until(b.t, "the page does not show "+text, func() bool { return !strings.Contains(b.text(), text) })
	}
}

// back goes one page back and does not wait for anything: a page that the browser kept loads nothing.
func (b *tab) back() {
	b.t.Helper()
	b.run(chromedp.ActionFunc(func(ctx context.Context) error {
		at, entries, err := devtools.GetNavigationHistory().Do(ctx)
		if err != nil || at == 0 {
			return err
		}
		return devtools.NavigateToHistoryEntry(entries[at-1].ID).Do(ctx)
	}))
}

// clickInside presses a button in the list: in the page with script, in the frame without.
func (b *tab) clickInside(sel string) {
	b.t.Helper()
	inside := `(document.querySelector("iframe") ? document.querySelector("iframe").contentDocument : document).querySelector('` + sel + `')`
	until(b.t, "there is "+sel, func() bool { return b.eval(inside+" !== null") == "true" })
	b.eval(inside + ".click()")
}

// picture keeps a screenshot where DESK_PICTURES says, for somebody to look at: from the top of the page, or of the parts
// that have these ids.
func (b *tab) picture(name string, from ...string) {
	b.t.Helper()
	dir := os.Getenv("DESK_PICTURES")
	if dir == "" {
		dir = b.t.TempDir()
	}
	for suffix, size := range map[string][2]int64{"wide": {1280, 800}, "phone": {360, 640}} {
		var png []byte
		b.run(chromedp.EmulateViewport(size[0], size[1]))
		for _, id := range from {
			b.eval(`document.getElementById("` + id + `").scrollIntoView()`)
		}
		b.run(
			chromedp.ActionFunc(func(ctx context.Context) error {
				var err error
				png, err = devtools.CaptureScreenshot().Do(ctx)
				return err
			}))
		ok(b.t, os.WriteFile(filepath.Join(dir, name+"-"+suffix+".png"), png, 0o600))
		if wide := b.eval("document.documentElement.scrollWidth > innerWidth"); wide == "true" {
			b.t.Errorf("%s is wider than its screen of %d", name, size[0])
		}
	}
	b.run(chromedp.EmulateViewport(1280, 800))
}

// clean fails when the page complained: of an error in its script or of what the content policy refused.
func (b *tab) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.faults) > 0 {
		b.t.Errorf("the page complained: %s", strings.Join(b.faults, "; "))
	}
}
