package desk

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"quietline/bot"
	"quietline/flows"
	"quietline/line"
)

// axe runs axe-core (testdata/axe, with its licence) over the open page and returns what breaks WCAG 2.2 A or AA. It is put
// in by the debugger, which the page's content policy does not bind.
func (b *tab) axe(source string) (broken string) {
	b.t.Helper()
	b.run(chromedp.ActionFunc(func(ctx context.Context) error {
		if err := chromedp.Evaluate(source+"; 0", nil).Do(ctx); err != nil {
			return err
		}
		return chromedp.Evaluate(`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"]}).then(function (r) {
			return r.violations.map(function (v) { return v.id + ": " + v.nodes.map(function (n) { return n.target.join(" ") + " (" + (n.any[0] || n.all[0] || n.none[0] || {}).message + ")"; }).slice(0, 3).join(", "); }).join("\n");
		})`, &broken, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }).Do(ctx)
	}))
	return broken
}

// No page of the desk breaks WCAG 2.2 AA as far as a program can tell: light and dark, on a small phone and a wide screen, in
// English and Arabic. That is the floor, and no proof.
func TestAxe(t *testing.T) {
	source, err := os.ReadFile("testdata/axe/axe.min.js")
	ok(t, err)
	h, _, _ := referring(t, showing)
	b := h.tab(true)
	pages := map[string][]string{"out": {"/in", "/in/XXXX"}}
	lead := h.enter(b, "lead-1", line.Lead)
	ana, mai := h.person("ana", "ar"), h.person("mai", "en")
	handle := ana.handedTo(lead)
	ana.writes("مرحبا")
	ana.presses(flows.Urgent)
	ok(t, h.bot.Says(t.Context(), handle, lead, "n1", bot.Hide("Good evening.")))
	ok(t, h.bot.SendPhrase(t.Context(), handle, lead, "n2", "phrase.safe.hurt"))
	other, _ := h.staff("adviser-2", line.Adviser)
	held := h.person("bea", "en").handedTo(other) // a lead is asked why they open it
	mai.waits()
	pages["lead"] = []string{"/", "/c/" + handle, "/c/" + handle + "/phrases", "/c/" + handle + "/services", "/c/" + handle + "/notes", "/c/" + handle + "/refer",
		"/c/" + handle + "/address", "/c/" + held, "/shift", "/hours", "/audit", "/me", "/no-such-page"}
	pages["operator"] = []string{"/people", "/places", "/me", "/hours", "/audit"}
	_, invited, err := h.line.Invite(t.Context(), "", "adviser-3", line.Adviser, nil)
	ok(t, err)
	pages["out"] = append(pages["out"], "/new/"+invited)
	o, operator := h.signedIn("operator-1", line.Operator)
	o.post("/places", map[string][]string{"country": {"GB"}, "kind": {"poster"}}).is(http.StatusSeeOther)
	pages["operator"] = append(pages["operator"], o.get("/places").find(`href="(/places/[^"/]+)"`))
	look := func(who, id string) {
		for _, lang := range []string{"en", "ar"} {
			if id != "" {
				ok(t, h.line.ChangeStaff(t.Context(), "", id, func(s *line.Staff) { s.DeskLang = lang }))
			}
			for _, path := range pages[who] {
				b.open(path)
				if path == "/" {
					until(t, "the list has come", func() bool { return b.eval(`document.getElementById("h-waiting") !== null`) == "true" })
				}
				for _, scheme := range []string{"light", "dark"} {
					for _, size := range [][2]int64{{1280, 800}, {360, 640}} {
						b.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
							chromedp.EmulateViewport(size[0], size[1]))
						if broken := b.axe(string(source)); broken != "" {
							t.Errorf("%s %s, %s, %d wide: %s", strings.Replace(path, handle, "HANDLE", 1), lang, scheme, size[0], broken)
						}
						if b.eval("document.documentElement.scrollWidth > innerWidth") == "true" {
							t.Errorf("%s %s is wider than %d", strings.Replace(path, handle, "HANDLE", 1), lang, size[0])
						}
					}
				}
			}
		}
	}
	b.open("/me")
	b.eval(`document.body.appendChild(document.createElement("img")).src = "data:,"`)
	if broken := b.axe(string(source)); !strings.Contains(broken, "image-alt") {
		t.Fatalf("a picture without words is not found: %q", broken)
	}
	look("lead", lead)
	second := h.tab(true)
	token, err := h.line.OneTimeLink(t.Context(), operator)
	ok(t, err)
	second.open("/in/" + token)
	second.click("button")
	second.sees("operator-1")
	b = second
	look("operator", operator)
	third := h.tab(true)
	b = third
	look("out", "")
}
