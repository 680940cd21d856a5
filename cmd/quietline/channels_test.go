package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quietline/bot/telegram/telegramtest"
)

// unseen is the first question, which is asked before anything telling is said.
const unseen = "without anyone seeing?"

// TestTelegram is a conversation from the deep link to the end, through the whole program, by webhook and by polling: at
// the end neither side's messages are in the chat, and no log or file holds a word or a chat's number.
func TestTelegram(t *testing.T) {
	for _, mode := range []string{modeWebhook, modePoll} {
		t.Run(mode, func(t *testing.T) {
			v := provides(t, mode, false).serves()
			one := v.adviser("adviser-1")
			ana := v.telegram.Phone()
			ana.Starts(madeCode(t, v.dir))
			v.ok(ana.Waits(unseen))
			v.ok(ana.Taps("1"))
			v.ok(ana.Waits("Are you in danger right now?"))
			ana.Writes("9")
			v.ok(ana.Waits("keep a place"))
			v.ok(ana.Taps("1"))
			v.ok(ana.Waits("Who is this about?"))
			handle := one.claims()
			one.writes(handle, "A bed is free tonight.")
			v.ok(ana.Waits("A bed is free tonight."))
			ana.Writes("a plover by the canal")
			soon(t, "the adviser reads", func() bool { return strings.Contains(one.reads(handle).body, "a plover by the canal") })
			ana.Writes("0")
			v.ok(ana.Until(func(screen string) bool {
				return strings.Contains(screen, "Goodbye") && !strings.Contains(screen, "> ") && !strings.Contains(screen, "bed")
			}))
			soon(t, "only the goodbye is left", func() bool {
				people, bot := v.telegram.Left()
				return people == 0 && bot == 1
			})
			for _, method := range []string{"getChat", "getFile", "getUserProfilePhotos", "forwardMessage"} {
				if n := v.telegram.Calls(method); n > 0 {
					t.Errorf("%s was called %d times", method, n)
				}
			}
			for _, wrong := range v.telegram.Mistakes() {
				if !strings.Contains(wrong, "message is not modified") { // buttons taken away twice
					t.Errorf("Telegram refuses as wrong: %q", wrong)
				}
			}
			v.serving.stops()
			v.keepsQuiet("plover", "bed is free", ana.Chat(), strings.SplitN(botToken, ":", 2)[1])
		})
	}
}

// TestSMS is the same by text message and by WhatsApp: at most four messages until somebody has her, each answer within
// its size, and nothing is left at Twilio.
func TestSMS(t *testing.T) {
	t.Parallel() // it waits for a minute
	v := provides(t, "", true).serves()
	one := v.adviser("adviser-1")
	mai := v.twilio.Phone(herNumber)
	for name, send := range map[string]func(string){
		"sms":      func(text string) { mai.Texts(ourNumber, text) },
		"whatsapp": func(text string) { mai.WhatsApps(ourNumber, text) },
	} {
		for i, step := range []struct{ says, sees string }{
			{"hello", unseen}, {"1", "Are you in danger right now?"}, {"9", "keep a place"}, {"1", "Who is this about?"},
		} {
			send(step.says)
			v.ok(mai.Waits(v.ctx, step.sees))
			if i == 0 && len(mai.Got()) > 0 && !strings.Contains(mai.Got()[0].Body, "Notices") {
				t.Errorf("%s: the first message is not the cover: %q", name, mai.Got()[0].Body)
			}
		}
		handle := one.claims()
		one.writes(handle, "A bed is free by "+name+".")
		v.ok(mai.Waits(v.ctx, "A bed is free by "+name+"."))
		send("a plover by the canal")
		soon(t, "the adviser reads", func() bool { return strings.Contains(one.reads(handle).body, "a plover by the canal") })
		send("0")
		v.ok(mai.Waits(v.ctx, "Goodbye"))
	}
	// The copies of what she wrote go a minute after she wrote it.
	within(t, 2*patience, "nothing is left at Twilio", func() bool { return len(v.twilio.Left()) == 0 })
	v.serving.stops()
	v.keepsQuiet("plover", "bed is free", herNumber, strings.TrimPrefix(herNumber, "+"))
}

// TestS11_ChannelKilled kills serve right after it has told Telegram that a message is taken, and right after an adviser
// has answered: the adviser reads each message once, and each answer arrives.
func TestS11_ChannelKilled(t *testing.T) {
	for _, mode := range []string{modeWebhook, modePoll} {
		t.Run(mode, func(t *testing.T) {
			v := provides(t, mode, false).serves()
			one := v.adviser("adviser-1")
			ana := v.telegram.Phone()
			ana.Starts("")
			v.ok(ana.Waits("Notices"))
			ana.Writes("1") // the country, or the first question where there is but one
			for _, sees := range []string{unseen, "Are you in danger right now?"} {
				v.ok(ana.Waits(sees))
				ana.Writes("1")
			}
			v.ok(ana.Waits("keep a place"))
			ana.Writes("1")
			handle := one.claims()
			for i := range 3 {
				said, answered := fmt.Sprintf("line %d of ana.", i), fmt.Sprintf("answer %d of the adviser.", i)
				ana.Writes(said)
				if mode == modeWebhook {
					v.ok(v.telegram.Taken()) // by polling it is confirmed only with the next question
				}
				v.again(&one)
				soon(t, "the adviser reads", func() bool { return strings.Contains(one.reads(handle).body, said) })
				v.ok(v.telegram.Taken())
				if n := strings.Count(one.reads(handle).body, said); n != 1 {
					t.Errorf("after kill %d the adviser reads the line %d times", i, n)
				}
				one.writes(handle, answered)
				v.again(&one)
				v.ok(ana.Waits(answered))
			}
		})
	}
}

// again kills the line's server and starts it.
func (v *provided) again(one *adviser) {
	v.t.Helper()
	v.serving.killed()
	v.serving, v.page, v.desk = serves(v.t, v.dir)
	one.at = v.desk + "/"
}

// keepsQuiet looks for what must be nowhere: in all that the program printed, and in every file it keeps.
func (v *provided) keepsQuiet(texts ...string) {
	v.t.Helper()
	said, _ := v.serving.out.now()
	for _, text := range texts {
		if strings.Contains(said, text) {
			v.t.Errorf("the log holds %q:\n%s", text, said)
		}
	}
	for _, part := range []string{"state", "line", "run"} {
		if found := findAll(v.t, filepath.Join(v.dir, part), texts); len(found) > 0 {
			v.t.Errorf("what must not be kept is in: %q", found)
		}
	}
}

// TestChannelsWhileChatIsOff: what people write while the conversations do not open is not lost. The provider is told to
// come again, and after erase --all it is answered.
func TestChannelsWhileChatIsOff(t *testing.T) {
	v := provides(t, modeWebhook, true).serves()
	v.serving.stops()
	remove(t, v.dir, "state/talks.keys")
	v.serves().serving.prints("chat=false channels=web,telegram,sms,whatsapp")
	ana := v.telegram.Phone()
	ana.Starts("")
	soon(t, "Telegram was told to come again", func() bool {
		said, _ := v.serving.out.now()
		return v.telegram.Pending() == 1 && v.telegram.Calls("sendMessage") == 0 && strings.Contains(said, "serving")
	})
	if out, err := command(t, v.dir, "doctor"); err == nil || !strings.Contains(out, "! the chat is off on every channel") {
		t.Errorf("doctor: %v\n%s", err, out)
	}
	must(t, v.dir, "erase", "--all")
	v.ok(ana.Waits("Notices"))
	mai := v.twilio.Phone(herNumber)
	mai.Texts(ourNumber, "hello")
	v.ok(mai.Waits(v.ctx, unseen))
}

// TestHooksAreThePage: a provider's address is the ordinary page to everybody but a provider that is on.
func TestHooksAreThePage(t *testing.T) {
	v := provides(t, modePoll, false).serves()
	ordinary := visits(t, "ana").opens(v.page + "/nothing-here")
	for _, path := range []string{"/in/t", "/in/s", "/in/r", "/in/x", "/in"} {
		got := visits(t, "ana").opens(v.page + path)
		if got.status != ordinary.status || len(got.body) != len(ordinary.body) {
			t.Errorf("GET %s answers %d with %d bytes, the ordinary page %d with %d", path, got.status, len(got.body), ordinary.status, len(ordinary.body))
		}
		posted := visits(t, "ana").opens(v.page+"/").sends(path, url.Values{"Body": {"x"}})
		other := visits(t, "ana").opens(v.page+"/").sends("/nothing-here", url.Values{"Body": {"x"}})
		if posted.status != other.status || posted.header.Get("Content-Type") != other.header.Get("Content-Type") {
			t.Errorf("POST %s of a channel that is off answers %d, another path %d", path, posted.status, other.status)
		}
	}
	on := provides(t, modeWebhook, true).serves()
	for path, want := range map[string]int{"/in/t": http.StatusUnauthorized, "/in/s": http.StatusForbidden, "/in/r": http.StatusForbidden} {
		if got := visits(t, "ana").opens(on.page+"/").sends(path, url.Values{"Body": {"plover"}}).status; got != want {
			t.Errorf("POST %s without its secret answers %d, want %d", path, got, want)
		}
	}
	on.keepsQuiet("plover")
}

// TestConnect shows what was before and what is after, changes what mode asks for, and shows no secret.
func TestConnect(t *testing.T) {
	v := provides(t, modeWebhook, true)
	out := must(t, v.dir, "connect", "telegram")
	for _, want := range []string{"bot     https://t.me/notices_bot", "before  no webhook", "after   posts to " + v.public + "/in/t", "by hand: "} {
		if !strings.Contains(out, want) {
			t.Errorf("connect telegram does not say %q:\n%s", want, out)
		}
	}
	twilio := must(t, v.dir, "connect", "twilio")
	for _, want := range []string{"before  " + ourNumber + "  sms  none none", "after  " + ourNumber + "  sms  POST " + v.public + "/in/s", "whatsapp: a WhatsApp sender is set in Twilio's console", "Advanced Opt-Out"} {
		if !strings.Contains(twilio, want) {
			t.Errorf("connect twilio does not say %q:\n%s", want, twilio)
		}
	}
	if strings.Contains(out+twilio, "AAtest") || strings.Contains(out+twilio, "0123456789abcdef0123456789abcdef") && !strings.Contains(out+twilio, "AC0123456789abcdef") {
		t.Errorf("a secret was shown:\n%s%s", out, twilio)
	}
	write(t, v.dir, "poll.toml", strings.Replace(v.config, `mode = "webhook"`, `mode = "poll"`, 1))
	if out := must(t, v.dir, "connect", "telegram", "--config", "poll.toml"); !strings.Contains(out, "after   no webhook") {
		t.Errorf("connect for polling: %s", out)
	}
	write(t, v.dir, "telegram.token", "1234567:AAanother_token-unknown\n")
	if out, err := command(t, v.dir, "connect", "telegram"); err == nil || !strings.Contains(out, "BotFather") || strings.Contains(out, "AAanother") {
		t.Errorf("a wrong token: %v, %s", err, out)
	}
	write(t, v.dir, "other.toml", strings.Replace(v.config, ourNumber, hisNumber, 1))
	if out, err := command(t, v.dir, "connect", "twilio", "--config", "other.toml"); err == nil || !strings.Contains(out, "not in this account") {
		t.Errorf("a number of somebody else's: %v, %s", err, out)
	}
	write(t, v.dir, twilioTest, strings.Repeat("0", 32)+"\n")
	if out, err := command(t, v.dir, "connect", "twilio"); err == nil || !strings.Contains(out, "primary auth token") {
		t.Errorf("a wrong auth token: %v, %s", err, out)
	}
	if out, err := command(t, lineFolder(t), "connect", "telegram"); err == nil || !strings.Contains(out, "no table [telegram]") {
		t.Errorf("a line without Telegram: %v, %s", err, out)
	}
}

// TestDoctor: what is well exits with 0; each thing that needs a human is a line of its own, and exits with 1.
func TestDoctor(t *testing.T) {
	v := provides(t, modeWebhook, true)
	if out, err := command(t, v.dir, "doctor"); err == nil || !strings.Contains(out, "does not run") {
		t.Errorf("without a server: %v, %s", err, out)
	}
	v.serving, v.page, v.desk = serves(t, v.dir)
	if out, err := command(t, v.dir, "doctor"); err == nil || !strings.Contains(out, `! telegram: it is not set up for mode = "webhook": quietline connect telegram`) {
		t.Errorf("before connect: %v, %s", err, out)
	}
	must(t, v.dir, "connect", "telegram")
	must(t, v.dir, "connect", "twilio")
	out := must(t, v.dir, "doctor")
	if !regexp.MustCompile(`(?m)^telegram +on, last heard never since the start; sent 0, failed: none`).MatchString(out) || strings.Contains(out, "!") {
		t.Errorf("doctor says:\n%s", out)
	}
	for _, note := range []string{"leads on the staff: 0", "nobody on the staff is trained for children", "complaint_body names nobody"} {
		if !strings.Contains(out, note) {
			t.Errorf("doctor does not say %q:\n%s", note, out)
		}
	}
	must(t, v.dir, "staff", "add", "lead-1", "--role", "lead", "--child-trained")
	must(t, v.dir, "staff", "add", "lead-2", "--role", "lead")
	if out := must(t, v.dir, "doctor"); strings.Contains(out, "leads on the staff") || strings.Contains(out, "trained for children") {
		t.Errorf("doctor says:\n%s", out)
	}
	v.twilio.Point(ourNumber, "https://elsewhere.example/", "")
	if out, err := command(t, v.dir, "doctor"); err == nil || !strings.Contains(out, "! sms: what is written to "+ourNumber+" does not come here: quietline connect twilio") {
		t.Errorf("a number that somebody pointed elsewhere: %v, %s", err, out)
	}
	must(t, v.dir, "connect", "twilio")
	ana := v.telegram.Phone()
	ana.Starts("")
	v.ok(ana.Waits("Notices"))
	if out := must(t, v.dir, "code", "new", "--country", "GB", "--kind", "poster"); !regexp.MustCompile(`(?m)^GB-\S+  https://t\.me/notices_bot\?start=GB`).MatchString(out) {
		t.Errorf("code new prints no link to the bot:\n%s", out)
	}
	var got health
	if err := json.Unmarshal([]byte(jsonOf(must(t, v.dir, "doctor", "--json"))), &got); err != nil {
		t.Fatal(err)
	}
	if c := got.Channels[0]; c.Channel != "telegram" || c.Sent == 0 || c.Heard != "within 10 minutes" || len(got.Human) > 0 {
		t.Errorf("doctor --json: %+v", got)
	}
	v.telegram.Fail(telegramtest.Faults{Share: 1, Kinds: []telegramtest.Fault{telegramtest.Error500}, Methods: []string{"sendMessage"}})
	for range rowIsSick {
		v.telegram.Phone().Starts("")
	}
	soon(t, "doctor sees that sending fails", func() bool {
		out, err := command(t, v.dir, "doctor")
		return err != nil && strings.Contains(out, "! telegram: the last ") && strings.Contains(out, "messages could not be sent (server ")
	})
}

// TestDoctorLive: a word is shown, sent from a phone, and comes through every channel; nothing of it stays, no adviser
// sees it, and everybody else's conversation goes on.
func TestDoctorLive(t *testing.T) {
	v := provides(t, modeWebhook, true).serves()
	ana, mai, bo := v.telegram.Phone(), v.twilio.Phone(herNumber), v.twilio.Phone(hisNumber)
	bo.Texts(ourNumber, "hello")
	v.ok(bo.Waits(v.ctx, unseen))
	ana.Starts("")
	v.ok(ana.Waits("Notices"))
	p := start(t, v.dir, "doctor", "--live", "--wait", "60s")
	word := p.prints(`telegram +write ([A-Z]{6}) to @notices_bot`)[1]
	p.prints(`sms +write ` + word + ` to \` + ourNumber)
	p.prints(`whatsapp +write ` + word + ` to \` + ourNumber)
	mai.WhatsApps(ourNumber, word+" ") // before the others: a word counts on its own channel
	ana.Writes(strings.ToLower(word))
	mai.Texts(ourNumber, word)
	for _, channel := range []string{"telegram", "sms", "whatsapp"} {
		for _, step := range []string{"received", "answered", "delivered", "deleted"} {
			if channel != "telegram" || step != "delivered" { // Telegram does not say so
				p.prints(channel + ` +` + step + ` +[0-9.]+ s after `)
			}
		}
	}
	p.ended()
	if p.err != nil {
		t.Errorf("doctor --live ended with %v", p.err)
	}
	if people, bot := v.telegram.Left(); people+bot != 0 {
		t.Errorf("%d and %d messages are left in the chat:\n%s", people, bot, ana.Screen())
	}
	for _, r := range v.twilio.Left() {
		if r.From != hisNumber && r.To != hisNumber {
			t.Errorf("a message is left at Twilio: %+v", r)
		}
	}
	bo.Texts(ourNumber, "1")
	v.ok(bo.Waits(v.ctx, "Are you in danger right now?"))

	late := start(t, v.dir, "doctor", "--live", "--channel", "sms", "--wait", "1s", "--json")
	late.ended()
	out, _ := late.out.now()
	if late.err == nil || !strings.Contains(out, `"channel": "sms"`) || strings.Contains(out, `"channel": "telegram"`) || strings.Contains(out, `"received"`) {
		t.Errorf("nobody wrote: %v\n%s", late.err, out)
	}
	v.keepsQuiet(word, herNumber)
}

// TestTryTelegram tries a bot of one's own: no address that others can reach, no configuration; a bot that serves a line is
// left as it is.
func TestTryTelegram(t *testing.T) {
	tg, err := telegramtest.New(botToken, telegramtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tg.Close)
	dir := t.TempDir()
	write(t, dir, "my-bot.token", botToken+"\n")
	args := []string{"--telegram-token-file", "my-bot.token", "--telegram-api", tg.URL()}
	p, out := tries(t, dir, args...)
	m := regexp.MustCompile(`^https://t\.me/notices_bot\?start=([A-Z0-9]{7})$`).FindStringSubmatch(out.Telegram)
	if m == nil {
		t.Fatalf("the bot's link is %q", out.Telegram)
	}
	ana := tg.Phone()
	ana.Starts(m[1])
	if err := ana.Waits("Notices"); err != nil {
		t.Fatal(err)
	}
	p.stops()

	v := provides(t, modeWebhook, false)
	must(t, v.dir, "connect", "telegram")
	write(t, v.dir, "my-bot.token", botToken)
	refused, err := command(t, v.dir, "try", "--telegram-token-file", "my-bot.token", "--telegram-api", v.telegram.URL())
	if err == nil || !strings.Contains(refused, "serves a line already") || strings.Contains(refused, "AAtest") {
		t.Errorf("a line's own bot was taken: %v\n%s", err, refused)
	}
	if calls := v.telegram.Methods(); slices.Contains(calls, "deleteWebhook") || slices.Contains(calls, "setMyName") {
		t.Errorf("a line's own bot was changed: %q", calls)
	}
}

// jsonOf is the JSON object in what a command printed.
func jsonOf(out string) string {
	return out[strings.Index(out, "{") : strings.LastIndex(out, "}")+1]
}
