package telegram

import (
	"fmt"
	"strings"
	"testing"

	"quietline/bot/telegram/telegramtest"
)

// S11: polling confirms only what is committed: whoever dies in between takes it again, and nothing is taken twice.
func TestS11_PollingConfirmsWhatIsCommitted(t *testing.T) {
	s := newScene(t, quick)
	s.signedIn()
	end := s.polls()
	var people []*telegramtest.Phone
	for range 8 {
		people = append(people, s.server.Phone())
	}
	handles := s.held(people...)
	end()
	b := s.bot.Swap(nil)
	for n := range 5 {
		for i, p := range people {
			p.Writes(numbered(fmt.Sprint("person ", i), n))
		}
	}
	asked := s.server.Calls("getUpdates")
	end = s.polls() // the chat is off: it asks, and confirms nothing
	s.ok(s.server.Called("getUpdates", asked+3))
	if n := s.server.Pending(); n != 40 {
		t.Fatalf("%d of 40 updates wait", n)
	}
	end()
	s.bot.Store(b)
	for n := 5; n < 20; n++ { // dies again and again, while everybody writes
		end = s.polls()
		asked = s.server.Calls("getUpdates")
		for i, p := range people {
			p.Writes(numbered(fmt.Sprint("person ", i), n))
		}
		s.ok(s.server.Called("getUpdates", asked+1+n%2))
		end()
	}
	s.polls()
	s.ok(s.server.Taken())
	s.inOrder(handles, 20)
	s.clean(people...)
}

// A chat whose update cannot be taken holds up no other, and is taken when it can be.
func TestPollingGoesOnBesidesAFailingChat(t *testing.T) {
	s := newScene(t, quick)
	code := s.code.String()
	s.broken.Store(&code)
	ana := s.server.Phone()
	ana.Starts(code)
	ana.Writes("1")
	s.polls()
	for range 5 {
		mai := s.server.Phone()
		mai.Starts("")
		s.sees(mai, "arrival.language")
	}
	if ana.Received() != 0 || s.server.Pending() < 2 {
		t.Fatalf("confirmed although it panicked: %d wait", s.server.Pending())
	}
	s.broken.Store(nil)
	s.sees(ana, "check.unseen")
	s.ok(s.server.Taken())
	s.clean(ana)
}

// While a webhook is set, or the token is wrong, the log says what to do.
func TestPollingSaysWhatToDo(t *testing.T) {
	s := newScene(t, quick).hooked()
	s.polls()
	s.ok(s.server.Called("getUpdates", 2))
	_, after, err := s.ch.Connect(t.Context(), "")
	s.ok(err)
	if after.URL != "" {
		t.Fatalf("the webhook is %+v", after)
	}
	ana := s.server.Phone()
	ana.Starts("")
	s.sees(ana, "arrival.language")
	if log := s.log.String(); !strings.Contains(log, "class=conflict") || !strings.Contains(log, "quietline connect telegram") {
		t.Errorf("the log does not say what to do:\n%s", log)
	}
}

// After a week of silence Telegram may number updates lower than before: they are taken all the same.
func TestPollingAfterAWeekOfSilence(t *testing.T) {
	s := newScene(t, quick)
	s.polls()
	ana, mai := s.server.Phone(), s.server.Phone()
	ana.Starts("")
	s.sees(ana, "arrival.language")
	s.ok(s.server.Taken())
	s.ok(s.server.Called("getUpdates", s.server.Calls("getUpdates")+3)) // nothing came for a while
	s.server.Renumber(17)
	mai.Starts("")
	s.sees(mai, "arrival.language")
	s.ok(s.server.Taken())
}
