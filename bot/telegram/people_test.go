package telegram

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"quietline/bot/telegram/telegramtest"
)

// ways are the two by which updates come.
func ways(t *testing.T, f func(t *testing.T, s *scene)) {
	t.Run("webhook", func(t *testing.T) { f(t, newScene(t, quick).hooked()) })
	t.Run("polling", func(t *testing.T) {
		s := newScene(t, quick)
		s.polls()
		f(t, s)
	})
}

// A deep link opens in the code's country; buttons and typed digits answer alike; old keyboards go; every tap is answered.
func TestDeepLinkButtonsAndDigits(t *testing.T) {
	ways(t, func(t *testing.T, s *scene) {
		ana := s.server.Phone()
		ana.Starts(s.code.String())
		s.sees(ana, "arrival.language")
		s.taps(ana, "English")
		s.sees(ana, "check.unseen")
		if strings.Contains(ana.Screen(), s.text("arrival.country")) {
			t.Fatalf("the code's country was not used:\n%s", ana.Screen())
		}
		ana.Writes("1")
		s.sees(ana, "check.danger")
		s.ok(ana.Until(func(screen string) bool { // the keyboards of the first two questions are gone, one by a tap, one by a typed answer
			return !strings.Contains(screen, "[1 English]") && !strings.Contains(screen, s.text("check.unseen.later")+"]")
		}))
		s.ok(s.server.Taken())
		s.ch.Settle()
		if n := s.server.Unanswered(); n != 0 {
			t.Errorf("%d taps were not answered", n)
		}
		for _, m := range ana.Messages() {
			if m.Preview || m.Protected {
				t.Errorf("a message with preview or protection: %q", m.Text)
			}
			for _, b := range m.Buttons() {
				turn, digit, ok := strings.Cut(b.Data, ":")
				if !ok || turn == "" || len(digit) != 1 || len(b.Data) > 12 {
					t.Errorf("a button sends %q", b.Data)
				}
			}
		}
		s.clean(ana)
	})
}

// A code that is not known, and anything else behind /start, opens as without; what was written by hand is heard.
func TestUntrustedPayload(t *testing.T) {
	s := newScene(t, quick).hooked()
	for _, payload := range []string{"", "GB0000X", "../../etc", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "<b>x</b>", "ES'--"} {
		ana := s.server.Phone()
		ana.Starts(payload)
		s.sees(ana, "arrival.language")
		if strings.Contains(ana.Screen(), s.text("check.unseen")) {
			t.Errorf("%q opened something:\n%s", payload, ana.Screen())
		}
	}
	mai := s.server.Phone()
	mai.Starts("99")
	s.sees(mai, "card.nocountry")
}

// S2: leave and erase take away what both sides wrote, from the phone too.
func TestS2_LeaveAndEraseLeaveNothing(t *testing.T) {
	ways(t, func(t *testing.T, s *scene) {
		ana, mai := s.server.Phone(), s.server.Phone()
		for p, key := range map[*telegramtest.Phone]string{ana: "0", mai: "00"} {
			p.Starts(s.code.String())
			for range 3 {
				p.Writes("1")
			}
			p.SendsPhoto()
			p.Writes("/menu@notices_bot")
			p.Writes(key)
		}
		s.ok(s.server.Taken())
		stays := func(p *telegramtest.Phone) { // a goodbye that can be read, and nothing else
			s.ok(p.Until(func(screen string) bool { return strings.Count(screen, "\n") <= 3 && !strings.Contains(screen, ">") }))
		}
		s.sees(ana, "closing.gone.chat")
		s.sees(mai, "closing.gone.chat")
		stays(ana)
		stays(mai)
		s.shift.Add(int64(10 * time.Minute))
		s.ok(ana.Until(func(screen string) bool { return screen == "" }))
		s.ok(mai.Until(func(screen string) bool { return screen == "" }))
		if people, own := s.server.Left(); people != 0 || own != 0 {
			t.Errorf("%d messages of people and %d of the bot are left", people, own)
		}
		s.clean(ana, mai)
	})
}

// A button of an older question answers nothing; its keyboard goes, and the tap is answered.
func TestStaleButton(t *testing.T) {
	s := newScene(t, quick).hooked()
	ana := s.server.Phone()
	ana.Starts(s.code.String())
	s.sees(ana, "arrival.language")
	s.server.Fail(telegramtest.Faults{Share: 1, Methods: []string{"editMessageReplyMarkup"}, Kinds: []telegramtest.Fault{telegramtest.Error500}})
	first := ana.Messages()[len(ana.Messages())-1]
	s.taps(ana, "English")
	s.sees(ana, "check.unseen")
	s.ok(s.server.Called("editMessageReplyMarkup", 1)) // with the tap; it fails, and no other follows
	s.ch.Settle()
	if !strings.Contains(ana.Screen(), "[1 English]") {
		t.Fatal("the old keyboard is gone already")
	}
	s.server.Fail(telegramtest.Faults{})
	s.shift.Add(int64(time.Minute))
	ana.TapsOld(first, first.Buttons()[1])
	s.ok(s.server.Taken())
	s.ch.Settle()
	if s.server.Unanswered() != 0 || strings.Contains(ana.Screen(), "[1 English]") {
		t.Fatalf("the old tap: %d not answered;\n%s", s.server.Unanswered(), ana.Screen())
	}
	ana.Writes("1")
	s.sees(ana, "check.danger") // still English, still the question after
	ana.TapsOld(first, telegramtest.Button{Data: "no button of ours"})
	ana.TapsOld(first, telegramtest.Button{Data: strings.Repeat("9", 300) + ":1"})
	ana.TapsOld(first, telegramtest.Button{Data: "\u202e:1"})
	s.ok(s.server.Taken())
	s.ch.Settle()
	if n := s.server.Unanswered(); n != 0 {
		t.Fatalf("%d forged taps were not answered", n)
	}
	s.clean(ana)
}

// S11: an update that comes twice is taken once, in order, whatever overtakes it.
func TestS11_OrderOfManyChats(t *testing.T) {
	ways(t, func(t *testing.T, s *scene) {
		s.signedIn()
		var people []*telegramtest.Phone
		for range 20 {
			people = append(people, s.server.Phone())
		}
		s.server.Fail(telegramtest.Faults{Twice: 0.3, Late: 2 * time.Millisecond})
		handles := s.held(people...)
		for n := range 20 {
			for i, p := range people {
				p.Writes(numbered(fmt.Sprint("person ", i), n))
			}
		}
		s.ok(s.server.Taken())
		s.inOrder(handles, 20)
		s.clean(people...)
	})
}

// inOrder checks that each person's numbered messages reached the adviser once, in order.
func (s *scene) inOrder(handles []string, n int) {
	s.t.Helper()
	for _, h := range handles {
		said := s.said(h)
		said = said[max(0, len(said)-n):]
		if len(said) != n {
			s.t.Errorf("%d of %d messages arrived", len(said), n)
			continue
		}
		name := strings.TrimSuffix(said[0], " 00")
		for i, words := range said {
			if words != numbered(name, i) {
				s.t.Errorf("message %d of %s is %q", i, name, words)
			}
		}
	}
}

// Pictures, voices, contacts, places, stickers: answered, never fetched; a danger word under a picture is heard.
func TestOtherThingsAreNotFetched(t *testing.T) {
	s := newScene(t, quick).hooked()
	ana := s.server.Phone()
	ana.SendsPhoto()
	s.sees(ana, "bot.other")
	for kind, what := range map[string]any{
		"voice": map[string]any{"file_id": "A", "duration": 3}, "contact": map[string]any{"phone_number": "+15550100", "first_name": "mai"},
		"location": map[string]any{"latitude": 1.5, "longitude": 2.5}, "sticker": map[string]any{"file_id": "A", "type": "regular"},
		"poll": map[string]any{"id": "1", "question": "?"}, "dice": map[string]any{"emoji": "x", "value": 1},
		"a_kind_of_tomorrow": map[string]any{"x": 1}, "paid_media": map[string]any{"star_count": 1, "paid_media": []any{map[string]any{"type": "of tomorrow"}}},
	} {
		mai := s.server.Phone()
		mai.SendsOther(kind, what)
		s.sees(mai, "bot.other")
	}
	for _, w := range []string{"under the picture", "+15550100", "a_kind_of_tomorrow", "of tomorrow"} {
		if strings.Contains(s.log.String(), w) {
			t.Errorf("the log holds %q", w)
		}
	}
	ana.SendsPhotoWith("999")
	ana.Waits("999")
	before := ana.Received()
	ana.SendsOther("message_auto_delete_timer_changed", map[string]any{"message_auto_delete_time": 86400})
	s.ok(s.server.Taken())
	if ana.Received() != before {
		t.Error("Telegram's own message was answered")
	}
	s.clean(ana)
}

// A changed message reaches the adviser as what it says now.
func TestEditedMessage(t *testing.T) {
	s := newScene(t, quick).hooked()
	s.signedIn()
	ana := s.server.Phone()
	h := s.held(ana)
	ana.Writes("the red house")
	s.ok(ana.Edits("the blue\u202e house\x00"))
	s.ok(s.server.Taken())
	said := strings.Join(s.said(h[0]), "\n")
	if !strings.Contains(said, "the red house") || !strings.Contains(said, "the blue house") {
		t.Fatalf("the adviser reads %q", said)
	}
	ana.Writes(strings.Repeat("ሰላም ", 1000))
	s.ok(ana.Edits("00"))
	s.sees(ana, "closing.gone.chat")
	s.shift.Add(int64(10 * time.Minute))
	s.ok(ana.Until(func(screen string) bool { return screen == "" }))
}

// Groups are left and get no word; other bots get none.
func TestGroupsAndBots(t *testing.T) {
	s := newScene(t, quick).hooked()
	g := s.server.Group()
	s.ok(g.Left())
	g.Writes("hello")
	s.ok(s.server.Called("leaveChat", 2)) // should the first have been lost
	s.server.BotWrites("hello")
	s.ok(s.server.Taken())
	mai := s.server.Phone()
	mai.Starts("")
	s.sees(mai, "arrival.language")
	if n := s.server.Calls("sendMessage"); n != 1 {
		t.Fatalf("%d messages were sent", n)
	}
}

// Somebody who blocked the bot is not written to until they write; nothing else suffers.
func TestBlocked(t *testing.T) {
	s := newScene(t, quick).hooked()
	s.signedIn()
	ana, mai := s.server.Phone(), s.server.Phone()
	handles := s.held(ana, mai)
	ana.Blocks()
	s.ok(s.server.Taken())
	for i, h := range handles {
		s.ok(s.bot.Load().Says(t.Context(), h, s.adviser, fmt.Sprint(i), hide("Thank you for writing.")))
	}
	s.ok(mai.Waits("Thank you for writing."))
	if strings.Contains(ana.Screen(), "Thank you") {
		t.Fatal("a blocked bot wrote")
	}
	ana.Unblocks()
	ana.Writes("I am here again")
	s.ok(s.server.Taken())
	s.clean(ana, mai)
}

// One chat that Telegram tells to wait is left alone for so long, and holds up no other.
func TestOneFloodedChatHoldsUpNoOther(t *testing.T) {
	s := newScene(t, quick).hooked()
	ana, mai := s.server.Phone(), s.server.Phone()
	ana.Flood(time.Minute)
	ana.Starts("")
	s.ok(s.server.Called("sendMessage", 1))
	mai.Starts("")
	s.sees(mai, "arrival.language")
	if ana.Received() != 0 || s.server.Calls("sendMessage") != 2 {
		t.Fatalf("%d calls;\n%s", s.server.Calls("sendMessage"), ana.Screen())
	}
	defer s.hurry()()
	s.sees(ana, "arrival.language")
	if n := s.server.Calls("sendMessage"); n != 3 {
		t.Fatalf("%d calls: it was asked to wait", n)
	}
	s.clean(ana, mai)
}
