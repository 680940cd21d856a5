package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"

	"quietline/bot"
	"quietline/flows"
	"quietline/line"
)

// rota is a line in London that is there from nine to five every day, by SMS on weekdays only, and closed on British
// holidays but for one early shift.
func rota() line.Options {
	every := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	return line.Options{
		Shifts: []line.Shift{
			{Days: every, From: "09:00", To: "17:00", Zone: "Europe/London", Langs: []string{"en", "es"}, Channels: []string{"web", "telegram"}},
			{Days: every[:5], From: "09:00", To: "17:00", Zone: "Europe/London", Langs: []string{"en"}, Channels: []string{"sms"}},
			{Days: every, From: "06:00", To: "07:00", Zone: "Europe/London", Langs: []string{"en", "ar"}, OnHoliday: true},
		},
		Closed: []line.Closed{{Holidays: "GB"}, {From: "2026-12-28", To: "2026-12-30"}},
	}
}

// at moves the house's clock to a moment in London.
func (h *house) at(moment string) time.Time {
	h.t.Helper()
	london, err := time.LoadLocation("Europe/London")
	ok(h.t, err)
	m, err := time.ParseInLocation("2006-01-02 15:04", moment, london)
	ok(h.t, err)
	h.later(m.Sub(h.now()))
	return m
}

// A closed Friday is closed for the person who comes on that Friday, and on the page that says what they are told; opened
// again, it is open.
func TestClosedFriday(t *testing.T) {
	h := newHouseWith(t, rota())
	h.at("2026-11-27 10:00") // a Friday
	adviser, _ := h.signedIn("adviser-1", line.Adviser)
	adviser.post("/duty", url.Values{"on": {"1"}}).is(http.StatusSeeOther)
	lead, id := h.signedIn("lead-1", line.Lead)
	soon := "A trained person is on duty now"
	nobody := "Nobody is on duty right now. The next time is"
	lead.get("/hours").is(http.StatusOK).says("Friday 27 November", "Close the rest of today", "Close Saturday", soon, "We keep your place until", "09:00–17:00").lacks(nobody, "fault")
	ana := h.person("ana", "en")
	ana.taps("yes")
	ana.presses(flows.Person)
	ana.sees(soon)

	lead.post("/hours", url.Values{"first": {"2026-11-27"}, "to": {"closed"}}).is(http.StatusSeeOther)
	page := lead.get("/hours").is(http.StatusOK).says("closed here", "As planned again", nobody).lacks(soon)
	adviser.get("/").says("no shift is open now")
	mai := h.person("mai", "en")
	mai.taps("yes")
	mai.presses(flows.Person)
	told := page.find(`>(Nobody is on duty right now\. [^<]+)<`)
	if !strings.Contains(told, "Sat 06:00") {
		t.Errorf("the next time is said to be: %s", told)
	}
	mai.sees(told)

	lead.post("/hours", url.Values{"first": {"2026-11-27"}, "to": {"planned"}}).is(http.StatusSeeOther)
	lead.get("/hours").says(soon).lacks("closed here")
	adviser.get("/").lacks("no shift is open now")
	noor := h.person("noor", "en")
	noor.taps("yes")
	noor.presses(flows.Person)
	noor.sees(soon)
	h.audited(id, line.ActHours)
	log, err := h.line.AuditLog(t.Context())
	ok(t, err)
	var said []string
	for _, e := range log {
		if e.Act == line.ActHours {
			said = append(said, e.Handle+" "+string(e.Note))
		}
	}
	if got := strings.Join(said, ", "); got != "2026112720261127 closed, 2026112720261127 planned" {
		t.Errorf("the audit says: %s", got)
	}
}

// What the page says of any moment is what a person is told who comes at that moment, in their language and channel.
func TestHoursTellWhatPeopleAreTold(t *testing.T) {
	h := newHouseWith(t, rota())
	h.at("2026-11-25 12:00")
	look, _ := h.signedIn("adviser-1", line.Adviser)
	ask := func(day, at, lang, channel string) reply {
		return look.get("/hours?" + url.Values{"day": {day}, "at": {at}, "lang": {lang}, "channel": {channel}, "country": {"GB"}}.Encode()).is(http.StatusOK)
	}
	then := func(r reply) string {
		return r.find(`(?s)(<section id="then".*?</section>)`)
	}
	night := then(ask("2026-11-29", "03:00", "en", "web"))
	if !strings.Contains(night, "Sunday 29 November 2026, 03:00") || !strings.Contains(night, "Nobody is on duty right now") || strings.Contains(night, "on duty then") {
		t.Errorf("Sunday at three: %s", night)
	}
	day := then(ask("2026-11-29", "10:00", "en", "web"))
	if !strings.Contains(day, "A trained person is on duty now") || !strings.Contains(day, "if nobody is") {
		t.Errorf("Sunday at ten: %s", day)
	}
	if christmas := then(ask("2026-12-25", "10:00", "en", "web")); strings.Contains(christmas, "A trained person is on duty now") || !strings.Contains(christmas, "06:00") && !strings.Contains(christmas, "6:00") {
		t.Errorf("on Christmas Day: %s", christmas)
	}
	spanish := then(ask("2026-11-29", "03:00", "es", "web"))
	if !strings.Contains(spanish, `lang="es"`) || strings.Contains(spanish, "Nobody is on duty") {
		t.Errorf("in Spanish: %s", spanish)
	}
	ask("2026-11-29", "25:00", "en", "web").says("That is no moment that can be looked at")
	ask("9999-11-29", "03:00", "<script>", "fax").says("That is no moment").lacks("<script>")

	if n := len(h.bot.Queue()); n > 0 || h.bot.Load().Sittings > 0 {
		t.Errorf("looking made %d conversations", n)
	}

	// The page was asked on Wednesday; the person comes on Sunday at three.
	told := reply{t: t, body: night}.find(`>(Nobody is on duty right now\. [^<]+)<`)
	h.at("2026-11-29 03:00")
	ana := h.person("ana", "en")
	ana.taps("yes")
	ana.presses(flows.Person)
	ana.sees(told)
}

// On a Sunday the web is answered and SMS is not: whoever writes by SMS is told so, and when it is, in what the page says.
func TestHoursByChannel(t *testing.T) {
	h := newHouseWith(t, rota())
	h.at("2026-11-29 10:00") // a Sunday
	adviser, _ := h.signedIn("adviser-1", line.Adviser)
	adviser.post("/duty", url.Values{"on": {"1"}}).is(http.StatusSeeOther)
	page := adviser.get("/hours?channel=sms&lang=en&country=GB").is(http.StatusOK).lacks("A trained person is on duty")
	told := page.find(`>(Nobody is on duty right now\. [^<]+)<`)
	if !strings.Contains(told, "Mon 06:00") {
		t.Errorf("by SMS: %s", told)
	}
	for i, words := range []string{"hi", "1", "1", "9"} {
		_, err := h.bot.Take(t.Context(), bot.Inbound{Channel: "sms", Address: bot.Hide("mai"), ID: string(rune('a' + i)), Country: "GB", Text: bot.Hide(words)})
		ok(t, err)
	}
	until(t, "by SMS they hear the same", func() bool { return strings.Contains(h.carrier.all.String(), told) })
	adviser.get("/hours?channel=web&lang=en&country=GB").says("A trained person is on duty")
	ana := h.person("ana", "en")
	ana.taps("yes")
	ana.presses(flows.Person)
	ana.sees("A trained person is on duty")
}

// Everybody on the staff may read the hours; leads and operators alone change them, days to come only.
func TestWhoMayCloseDays(t *testing.T) {
	h := newHouseWith(t, rota())
	h.at("2026-11-25 12:00")
	for _, role := range anyone {
		c, _ := h.signedIn(string(role)+"-1", role)
		page := c.get("/hours").is(http.StatusOK).says(`href="/hours"`, "Boxing Day", "closed in the line&#39;s settings", "public holiday: Christmas Day (GB)", "Sunday", "on public holidays, too")
		if role == line.Lead || role == line.Operator {
			page.says("Close Friday", "Close other days", "Open all the same")
		} else {
			page.lacks("Close Friday", "Close other days", "Open all the same", "<button name=\"to\"")
		}
	}
	c, _ := h.signedIn("lead-2", line.Lead)
	for name, v := range map[string]url.Values{
		"no day":     {"to": {"closed"}},
		"the past":   {"first": {"2026-11-20"}, "to": {"closed"}},
		"backwards":  {"first": {"2026-12-02"}, "last": {"2026-12-01"}, "to": {"closed"}},
		"a season":   {"first": {"2026-12-02"}, "last": {"2027-03-01"}, "to": {"closed"}},
		"in years":   {"first": {"2036-12-02"}, "to": {"closed"}},
		"something":  {"first": {"2026-12-02"}, "to": {"lost"}},
		"not a date": {"first": {"<b>"}, "to": {"closed"}},
	} {
		if r := c.post("/hours", v).is(http.StatusUnprocessableEntity).says("Choose a first day"); strings.Contains(r.body, "<b>\"") {
			t.Errorf("%s: what was sent stands in the page as it came", name)
		}
	}
	c.post("/hours", url.Values{"first": {"2026-12-24"}, "last": {"2026-12-28"}, "to": {"open"}}).is(http.StatusSeeOther)
	c.get("/hours").says("opened here: Christmas Day (GB)")
	if d := h.line.Planned(h.at("2026-12-25 12:00"), "es", "web"); !d.Open {
		t.Error("opened on Christmas Day, and closed")
	}
}

// In a browser, with and without script, by hand and by light: the page works and fits its screen.
func TestHoursInABrowser(t *testing.T) {
	h := newHouseWith(t, rota())
	h.at("2026-11-25 12:00")
	for _, script := range []bool{true, false} {
		b := h.tab(script)
		h.enter(b, "lead-"+map[bool]string{true: "1", false: "2"}[script], line.Lead)
		b.click(`a[href="/hours"]`)
		b.sees("The next seven days", "Friday 27 November")
		b.click(`#d-2026-11-27 button`)
		b.sees("closed here")
		b.click(`#look`)
		b.sees("On Sunday 29 November 2026, 03:00", "Nobody is on duty right now")
		if script {
			b.open("/hours?lang=ar&day=2026-11-29&at=10:00")
			b.sees("On Sunday 29 November 2026, 10:00")
			b.picture("hours")
			for _, part := range []string{"h-later", "h-week", "told", "then"} {
				b.picture("hours-"+part, part)
			}
			b.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
			b.picture("hours-dark-told", "told")
			b.picture("hours-dark", "main")
		}
		b.open("/hours")
		b.click(`#d-2026-11-27 button`)
		b.sees("Close Friday")
		b.clean()
	}
}
