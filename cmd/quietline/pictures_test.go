package main

import (
	"bytes"
	"context"
	"flag"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var pictures = flag.String("pictures", "", "a folder to write the pictures of README.md into: make pictures")

// browser opens one window of a real Chromium.
func browser(t *testing.T, width, height int64, scale float64) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("the browser tests need Chromium: apt-get install -y --no-install-recommends chromium (%v)", err)
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("force-color-profile", "srgb"))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx, chromedp.EmulateViewport(width, height, chromedp.EmulateScale(scale))); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	return ctx
}

func does(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatalf("browser: %v", err)
	}
}

func visible(selector string) chromedp.Action {
	return chromedp.WaitVisible(selector, chromedp.ByQuery)
}
func click(selector string) chromedp.Action { return chromedp.Click(selector, chromedp.ByQuery) }

// TestPictures draws the pictures of README.md from a running try, as anybody would see them.
func TestPictures(t *testing.T) {
	_, out := tries(t, t.TempDir())
	var page, desk []byte

	phone := browser(t, 360, 640, 2)
	does(t, phone, chromedp.Navigate(out.Page), visible(".first"), chromedp.CaptureScreenshot(&page))

	screen := browser(t, 1280, 800, 1)
	does(t, screen, chromedp.Navigate(out.Desk), click("button.main"), visible("#list"),
		click(`form[action="/duty"] button`), visible(".state.on"))
	mai := scans(t, "mai", out.Codes[1].URL)
	mai.taps("yes").taps("yes")
	does(t, screen, click("#list .main"), visible("#log"), visible("#text"))
	mai.returns().writes("I can write for ten minutes.")
	ana := scans(t, "ana", out.Page)
	ana.taps("yes").presses("person")
	does(t, screen, visible(".line.person"),
		chromedp.SendKeys("#text", "Hello, I am an adviser. Thank you for writing. I read every word.", chromedp.ByQuery),
		click("#say .main"), visible(".line.adviser"), chromedp.CaptureScreenshot(&desk))

	for name, b := range map[string][]byte{"page.png": page, "desk.png": desk} {
		if _, err := png.Decode(bytes.NewReader(b)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if *pictures != "" {
			if err := os.WriteFile(filepath.Join(*pictures, name), b, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}
