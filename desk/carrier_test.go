package desk

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"quietline/bot"
	"quietline/flows"
	"quietline/line"
)

// A carrier delivers text messages until somebody opts out.
type carrier struct {
	refuses atomic.Bool
	last    atomic.Value // text
	all     logBuffer    // every text, each on lines of its own
}

func (*carrier) Name() string { return "sms" }

func (*carrier) Limits() flows.Limits { return flows.Limits{Channel: "sms", MaxSegments: 3} }

func (c *carrier) Send(_ context.Context, out bot.Outbound) (bot.Receipt, error) {
	if c.refuses.Load() {
		return bot.Receipt{}, &bot.SendError{Next: bot.Never, Class: "opted out"}
	}
	c.last.Store(out.Text.Reveal())
	_, _ = c.all.Write([]byte(out.Text.Reveal() + "\n"))
	return bot.Receipt{ID: "sent", At: time.Now()}, nil
}

func (*carrier) Withdraw(context.Context, bot.Address, []bot.Receipt) (later, never []bot.Receipt, err error) {
	return nil, nil, nil
}

// text takes a text message from somebody who writes by SMS.
func (h *house) text(from, id, words string) {
	h.t.Helper()
	_, err := h.bot.Take(h.t.Context(), bot.Inbound{Channel: "sms", Address: bot.Hide(from), ID: id, Country: "GB", Text: bot.Hide(words)})
	ok(h.t, err)
}

// texting walks somebody who writes by SMS to the queue and returns their handle.
func (h *house) texting(from string) (handle string) {
	h.t.Helper()
	for i, words := range []string{"hi", "1", "1", "9"} {
		h.text(from, string(rune('a'+i)), words)
	}
	return h.bot.Queue()[0].Handle
}

// The adviser of somebody who opted out sees that nothing arrives, in the queue and beside the conversation, until they write.
func TestCannotReplyIsShown(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	handle := h.texting("ana")
	c.get("/list").is(http.StatusOK).says("SMS").lacks("cannot reply")
	c.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	h.carrier.refuses.Store(true)
	c.get("/c/" + handle)
	c.post("/c/"+handle+"/say", url.Values{"nonce": {"N1"}, "text": {"A bed is free."}}).is(http.StatusSeeOther)
	for range h.bot.HandleChanges(t.Context(), handle) {
		if v, err := h.bot.Desk(t.Context(), handle, id, false, "en"); err != nil || v.Deaf {
			ok(t, err)
			break
		}
	}
	c.get("/list").says("cannot reply")
	c.get("/c/"+handle+"/log").says("Cannot reply", "waits until the person comes back")
	h.carrier.refuses.Store(false)
	h.text("ana", "e", "START")
	if r := c.get("/c/" + handle + "/log"); strings.Contains(r.body, "Cannot reply") {
		t.Error("they wrote, and the desk still says that it cannot reply")
	}
}

// An unanswered check-in stands in the queue, and whoever takes it reads what was agreed and finds no box to write in.
func TestS7_AnUnansweredCheckIn(t *testing.T) {
	h := newHouse(t)
	for i, words := range []string{"hi", "1", "1", "2", "1", "1", "5", "1", "1", "1", "1", "2", "1"} {
		_, err := h.bot.Take(t.Context(), bot.Inbound{Channel: "sms", Address: bot.Hide("ana"), ID: string(rune('a' + i)), Country: "GB", Text: bot.Hide(words)})
		ok(t, err)
	}
	london, err := time.LoadLocation("Europe/London")
	ok(t, err)
	y, m, d := h.now().In(london).Date()
	h.later(time.Date(y, m, d+1, 9, 30, 0, 0, london).Sub(h.now()))
	until(t, "the line comes", func() bool { return h.carrier.last.Load() == "Your photo is ready." })
	h.later(24*time.Hour + time.Minute)
	until(t, "an adviser is told", func() bool { return len(h.bot.Queue()) == 1 })
	handle := h.bot.Queue()[0].Handle
	c, _ := h.signedIn("adviser-1", line.Adviser)
	c.get("/list").is(http.StatusOK).says(handle, "check-in unanswered")
	c.post("/c/"+handle+"/claim", nil).is(http.StatusSeeOther)
	c.get("/c/" + handle).is(http.StatusOK).says("nothing may be written here").lacks("<textarea")
	c.get("/c/" + handle + "/log").is(http.StatusOK).says("nothing came back within a day").lacks("Nothing has been written")
	c.get("/c/" + handle)
	c.post("/c/"+handle+"/say", url.Values{"nonce": {"N1"}, "text": {"Where are you?"}}).is(http.StatusConflict).says("Nothing may be written here")
	c.get("/c/" + handle)
	c.post("/c/"+handle+"/close", nil).is(http.StatusSeeOther)
	if q := h.bot.Queue(); len(q) != 0 {
		t.Errorf("the queue still has %+v", q)
	}
}
