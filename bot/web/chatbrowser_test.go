package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quietline/bot/web"
)

// both runs a test with script and without.
func both(t *testing.T, f func(t *testing.T, script bool)) {
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script=%v", script), func(t *testing.T) { f(t, script) })
	}
}

// starts opens the chat from the public page.
func (p *phone) starts(lang string) {
	p.t.Helper()
	p.open("/")
	if lang != "en" {
		p.taps(`button[name=l][value=` + lang + `]`)
		p.sees(`<html lang="` + lang + `"`)
	}
	p.taps(`button[value=start]`)
	p.run(chromedp.WaitVisible("#ask .choice", chromedp.ByQuery))
}

// answers taps a choice and waits for the question that follows.
func (p *phone) answers(choice, next string) {
	p.t.Helper()
	p.taps(`button[name=c][value=` + choice + `]`)
	p.sees(next)
}

func TestWalkInBrowser(t *testing.T) {
	both(t, func(t *testing.T, script bool) {
		for _, lang := range languages() {
			if lang != "en" && lang != "ar" {
				continue
			}
			w := newTown(t, false, nil)
			mai := w.adviser("adviser-1")
			p := w.phone(script)
			p.starts(lang)
			say := func(id string) string { return text(t, lang, id) }
			p.sees(say("check.unseen"))
			p.shoot(fmt.Sprintf("chat-%s-%v-1", lang, script), false)
			if script {
				p.checkSizes()
			}
			p.answers("yes", say("check.danger"))
			p.answers("no", say("check.who"))
			p.shoot(fmt.Sprintf("chat-%s-%v-2", lang, script), false)
			p.answers("me", say("check.needs"))
			p.shoot(fmt.Sprintf("chat-%s-%v-needs", lang, script), true)
			p.taps("button[name=c]")
			p.sees(`class="line"`)
			p.shoot(fmt.Sprintf("chat-%s-%v-lines", lang, script), false)
			p.taps("button[value=person]")
			p.until("the queue", func() bool { return len(w.bot.Queue()) == 1 })
			mai.claims()
			mai.says("hello from mai")
			p.sees("hello from mai")
			if !script {
				p.open("/")
			}
			p.types("hello from ana")
			p.taps("button[value=say]")
			p.until("the adviser to read it", func() bool { return strings.Contains(mai.reads(), "hello from ana") })
			p.sees("hello from ana")
			p.shoot(fmt.Sprintf("chat-%s-%v-3", lang, script), false)
			if script {
				p.checkSizes()
				if _, list := p.entries(); len(list) != 2 { // about:blank and the page
					t.Errorf("the chat made entries in the history: %d", len(list))
				}
			}
			if got := p.title(); got != cover {
				t.Errorf("the title is %q", got)
			}
			if at := p.location(); at != w.url+"/" {
				t.Errorf("the address is %q", at)
			}
			p.taps("button[value=leave]")
			p.until("the exit", func() bool { return p.title() == exitTitle })
			p.until("the desk to see it", func() bool { return len(w.bot.Queue()) == 1 && w.bot.Queue()[0].Left })
			p.backEverywhere()
		}
	})
}

func TestS2_LeaveChat(t *testing.T) {
	ways := map[string]func(p *phone){
		"button": func(p *phone) { p.taps("button[value=leave]") },
		"erase":  func(p *phone) { p.taps("button[value=erase]") },
		"digit":  func(p *phone) { p.types("0"); p.taps("button[value=say]") },
		"shift": func(p *phone) {
			p.run(chromedp.KeyEvent(kb.Shift), chromedp.KeyEvent(kb.Shift), chromedp.KeyEvent(kb.Shift))
		},
	}
	both(t, func(t *testing.T, script bool) {
		for name, way := range ways {
			if name == "shift" && !script {
				continue
			}
			t.Run(name, func(t *testing.T) {
				w := newTown(t, false, nil)
				p := w.phone(script)
				p.starts("en")
				p.answers("yes", text(t, "en", "check.danger"))
				p.answers("no", text(t, "en", "check.who"))
				way(p)
				p.until("the exit", func() bool { return p.title() == exitTitle })
				p.until("the cookie to go", func() bool { return len(p.cookies()) == 0 })
				if script {
					p.leftNoEntry()
				}
				p.backEverywhere()
				var kept int
				if script {
					p.open("/")
					p.run(chromedp.Evaluate(`localStorage.length+sessionStorage.length+document.cookie.length`, &kept))
				}
				if kept != 0 {
					t.Error("the browser kept something")
				}
			})
		}
	})
}

// The screen is blank before any network: here the server does not answer at all.
func TestS2_BlankBeforeNetwork(t *testing.T) {
	w := newTown(t, false, nil)
	p := w.phone(true)
	p.starts("en")
	p.answers("yes", text(t, "en", "check.danger"))
	var blank bool
	p.run(chromedp.Evaluate(`(function(){
		var was = window.fetch; window.fetch = function () { return new Promise(function () {}); };
		document.querySelector('button[value=leave]').click();
		return document.body.children.length === 0;
	})()`, &blank))
	if !blank {
		t.Fatal("after the tap something is still on the screen")
	}
}

// A page put away by another navigation shows nothing when it comes back, not even from the browser's own copy.
func TestBackFromElsewhereShowsNothingOld(t *testing.T) {
	w := newTown(t, false, nil)
	p := w.phone(true)
	p.starts("en")
	p.answers("yes", text(t, "en", "check.danger"))
	p.run(chromedp.Navigate(w.exit))
	_, list := p.entries()
	p.back(list[len(list)-2])
	p.run(chromedp.WaitVisible("#ask .choice", chromedp.ByQuery)) // the session is still open: asked anew from the server
}

func TestCoverAfterHiddenAndIdle(t *testing.T) {
	t.Run("untouched", func(t *testing.T) {
		w := newTown(t, false, func(c *web.Config) { c.CoverIdle = 2 * time.Second })
		p := w.phone(true)
		p.starts("en")
		p.run(chromedp.WaitVisible("#back", chromedp.ByQuery))
		p.coveredThenBack()
	})
	t.Run("hidden", func(t *testing.T) {
		w := newTown(t, false, func(c *web.Config) { c.CoverHidden = 300 * time.Millisecond })
		p := w.phone(true)
		p.starts("en")
		p.run(chromedp.Evaluate(`Object.defineProperty(document, 'hidden', {value: true, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))`, nil))
		var away bool
		p.run(chromedp.Evaluate(`getComputedStyle(document.body).visibility === 'hidden'`, &away))
		if !away {
			t.Error("in the background the page is not blank at once")
		}
		p.run(chromedp.WaitReady("#back", chromedp.ByQuery),
			chromedp.Evaluate(`Object.defineProperty(document, 'hidden', {value: false, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))`, nil),
			chromedp.WaitVisible("#back", chromedp.ByQuery))
		p.coveredThenBack()
	})
}

// coveredThenBack checks a covered page: nothing but one button, and the server asks before it shows anything.
func (p *phone) coveredThenBack() {
	p.t.Helper()
	var said string
	p.run(chromedp.Text("body", &said, chromedp.ByQuery))
	if strings.TrimSpace(said) != text(p.t, "en", "chat.continue") || p.title() != cover {
		p.t.Fatalf("the covered page says %q under %q", said, p.title())
	}
	p.shoot("covered", false)
	p.taps("#back")
	p.run(chromedp.WaitVisible("button[value=seen]", chromedp.ByQuery))
	if strings.Contains(p.html(), `class="msg`) {
		p.t.Fatal("the page shows messages before it was told that nobody looks on")
	}
	p.shoot("covered-asks", false)
	p.taps("button[value=seen]")
	p.run(chromedp.WaitVisible("#ask .choice", chromedp.ByQuery))
}

func TestTypedTextSurvivesChanges(t *testing.T) {
	w := newTown(t, false, nil)
	mai := w.adviser("adviser-1")
	p := w.phone(true)
	p.starts("en")
	p.answers("yes", text(t, "en", "check.danger"))
	p.taps("button[name=c][value=yes]")
	p.until("the queue", func() bool { return len(w.bot.Queue()) == 1 })
	p.types("half a sen")
	mai.claims()
	mai.says("hello")
	p.sees("hello")
	p.types("tence")
	p.taps("button[value=say]")
	p.until("the whole sentence", func() bool { return strings.Contains(mai.reads(), "half a sentence") })
}

func TestEraseElsewhereBlanksThePage(t *testing.T) {
	w := newTown(t, false, nil)
	mai := w.adviser("adviser-1")
	p := w.phone(true)
	p.starts("en")
	p.answers("yes", text(t, "en", "check.danger"))
	p.taps("button[name=c][value=yes]")
	p.until("the queue", func() bool { return len(w.bot.Queue()) == 1 })
	mai.claims()
	if err := w.bot.Erase(t.Context(), mai.handle); err != nil {
		t.Fatal(err)
	}
	p.until("the exit", func() bool { return p.title() == exitTitle })
}

func TestPrintsWithoutButtons(t *testing.T) {
	w := newTown(t, true, nil)
	p := w.phone(true)
	p.open("/")
	p.taps("#more > summary")
	var shown bool
	p.run(emulation.SetEmulatedMedia().WithMedia("print"),
		chromedp.Evaluate(`getComputedStyle(document.querySelector('.leave')).display!=='none'||getComputedStyle(document.querySelector('.line .num')).display==='none'`, &shown))
	if shown {
		t.Error("on paper the buttons go and the numbers stay")
	}
}

func TestTheQuestionStandsAboveItsAnswers(t *testing.T) {
	both(t, func(t *testing.T, script bool) {
		w := newTown(t, false, nil)
		p := w.phone(script)
		p.run(page.SetFontSizes(&page.FontSizes{Standard: 32, Fixed: 26})) // a phone set to letters twice as large
		// The question and the first answer are on the screen together, and the question is not said twice.
		visible := func(id string) {
			t.Helper()
			q := text(t, "en", id)
			p.sees(`<p class="asked" id="q">` + q)
			var got string
			p.run(chromedp.Evaluate(`(function(){var q=document.querySelector('#q'),a=document.querySelector('.choice');a.scrollIntoView({block:'end'});
				var top=q.getBoundingClientRect().top,end=a.getBoundingClientRect().bottom;return top>=0&&end<=innerHeight+1?'':top+' to '+end+' of '+innerHeight})()`, &got))
			if got != "" {
				t.Errorf("%s and its first answer do not fit the screen: %s", id, got)
			}
			if all := p.all(); strings.Contains(all, `<p class="text">`+q) || !strings.Contains(all, `<p class="text mute">`+q) {
				t.Errorf("%s is to be in the log for who listens, and out of sight there", id)
			}
		}
		p.starts("en")
		visible("check.unseen")
		p.answers("yes", text(t, "en", "check.danger"))
		visible("check.danger")
		p.taps("button[value=person]")
		visible("handoff.stay")
	})
}
