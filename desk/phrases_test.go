package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"quietline/line"
)

// Three clicks: the phrasebook, the phrase, "Send". What the person will read stands there in their language before it is
// sent, and the number that comes back says what it means.
func TestAPhraseInThreeClicks(t *testing.T) {
	both(t, func(t *testing.T, h *house, script bool) {
		b := h.tab(script)
		h.enter(b, "adviser-1", line.Adviser)
		ana := h.person("ana", "es")
		handle := ana.waits()
		b.sees(handle)
		b.clickInside("#b-" + handle)
		b.sees("Write to the person")

		b.click("#phrases")
		b.sees("Are you hurt or ill now?")
		if script {
			b.run(chromedp.SendKeys("#q", "hurt"))
			until(t, "the list narrows", func() bool {
				return b.eval(`document.getElementById("phrase-hello-here").hidden`) == "true"
			})
		}
		b.click("#phrase-safe-hurt summary")
		b.sees("¿Está con heridas", "Sí", "a draft: no native speaker has read it")
		b.click("#send-phrase-safe-hurt")
		ana.sees("¿Está con heridas")
		ana.taps("phrase.answer.yes")
		b.sees("the answer:")
		b.clean()
	})
}

// A search in the adviser's language, with no script; nothing found is said.
func TestSearchingThePhrasebook(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	handle := h.person("ana", "vi").handedTo(id)
	c.get("/c/"+handle+"/phrases?q=LAWYER").is(http.StatusOK).says("You can talk to a lawyer first", "luật sư").lacks("Goodbye")
	c.get("/c/" + handle + "/phrases?q=xylophone").is(http.StatusOK).says("Nothing in the phrasebook fits")
	c.post("/me/language", url.Values{"lang": {"es"}}).is(http.StatusSeeOther)
	c.get("/c/"+handle+"/phrases?q=abogado").is(http.StatusOK).says("luật sư", "Puede hablar antes con un abogado")
	c.post("/c/"+handle+"/phrases", url.Values{"nonce": {"n1"}, "id": {"check.unseen"}}).is(http.StatusConflict)
	c.post("/c/"+handle+"/phrases", url.Values{"id": {"phrase.close.bye"}}).is(http.StatusUnprocessableEntity)
}

// What an adviser types in a language that the person does not read goes out only when the adviser has been told.
func TestNothingUntranslatedIsSentUnnoticed(t *testing.T) {
	h := newHouse(t)
	id, _, err := h.line.Invite(t.Context(), "", "adviser-1", line.Adviser, []string{"en"})
	ok(t, err)
	token, err := h.line.OneTimeLink(t.Context(), id)
	ok(t, err)
	c := h.client()
	c.post("/in/"+token, nil).is(http.StatusSeeOther)
	c.get("/")
	ana := h.person("ana", "ar")
	handle := ana.handedTo(id)
	page := c.get("/c/" + handle)
	form := url.Values{"nonce": {page.find(`class="say">.*?name="nonce" value="([^"]+)"`)}, "text": {"Where would you like to go?"}}
	told := c.post("/c/"+handle+"/say", form).is(http.StatusUnprocessableEntity).says("The person reads Arabic", "Where would you like to go?", "Send it all the same")
	if v, err := h.bot.Desk(t.Context(), handle, id, false, "en"); err != nil || len(v.Lines) != 0 {
		t.Fatalf("it was sent: %+v %v", v.Lines, err)
	}
	form.Set("own", told.find(`name="own" value="([^"]+)"`))
	c.post("/c/"+handle+"/say", form).is(http.StatusSeeOther)
	ana.sees("Where would you like to go?")

	mai := h.person("mai", "en")
	handle = mai.handedTo(id)
	c.post("/c/"+handle+"/say", url.Values{"nonce": {"n2"}, "text": {"Good evening."}}).is(http.StatusSeeOther)
	if !strings.Contains(c.get("/c/"+handle+"/log").body, "Good evening.") {
		t.Fatal("in their own language it is sent at once")
	}
}

// The desk in Arabic: from right to left, and no wider than a small phone.
func TestTheDeskInArabic(t *testing.T) {
	h := newHouse(t)
	b := h.tab(true)
	id := h.enter(b, "adviser-1", line.Adviser)
	ok(t, h.line.ChangeStaff(t.Context(), "", id, func(s *line.Staff) { s.DeskLang = "ar" }))
	b.open("/")
	if b.eval("document.documentElement.dir + document.documentElement.lang") != "rtlar" {
		t.Fatal("the page is not in Arabic")
	}
	b.sees("قائمة الانتظار")
	b.picture("queue-ar")
	ana := h.person("ana", "vi")
	handle := ana.handedTo(id)
	ana.writes("em cần giúp")
	for _, page := range []string{"", "/phrases?q=طبيب", "/services", "/notes"} {
		b.open("/c/" + handle + page)
		b.sees(handle)
		b.picture("talk-ar" + strings.Trim(strings.Split(page, "?")[0], "/"))
	}
	for _, page := range []string{"/me", "/hours", "/shift"} {
		b.open(page)
		b.picture(strings.Trim(page, "/") + "-ar")
	}
	b.clean()
}
