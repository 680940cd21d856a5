package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"

	"quietline/bot/telegram/telegramtest"
	"quietline/bot/twilio/twiliotest"
)

// The numbers of lines and people in tests are kept for fiction.
const (
	ourNumber  = "+447700900000"
	herNumber  = "+447700900001"
	hisNumber  = "+447700900002"
	botToken   = "123456:AAtest_token-of-nobody"
	twilioTest = "twilio.token"
)

// A provided is a line in a folder of its own, with the providers that its channels have.
type provided struct {
	t          testing.TB
	dir        string
	config     string // its quietline.toml
	public     string // its address
	telegram   *telegramtest.Server
	twilio     *twiliotest.Server
	ctx        context.Context
	serving    *process
	page, desk string
}

// provides starts the providers of a line and writes its configuration: mode is that of Telegram, empty: not there.
func provides(t testing.TB, mode string, twilio bool) *provided {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	public := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	v := &provided{t: t, dir: t.TempDir(), public: "http://" + public, ctx: ctx}
	text := strings.Replace(served, `"http://127.0.0.1:8080"`, `"`+v.public+`"`, 1)
	text = strings.Replace(text, `public_listen = "127.0.0.1:0"`, `public_listen = "`+public+`"`, 1)
	if mode != "" {
		if v.telegram, err = telegramtest.New(botToken, telegramtest.Options{}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(v.telegram.Close)
		write(t, v.dir, "telegram.token", botToken+"\n")
		text += fmt.Sprintf("\n[telegram]\ntoken_file = \"telegram.token\"\nmode = %q\napi_url = %q\nusername = \"notices_bot\"\n"+
			"[telegram.face.en]\nabout = \"Notices for everybody\"\ncommands = { start = \"Begin\" }\n", mode, v.telegram.URL())
	}
	if twilio {
		v.twilio, err = twiliotest.New(twiliotest.Options{Numbers: []string{ourNumber}, WhatsApp: []string{ourNumber}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(v.twilio.Close)
		write(t, v.dir, twilioTest, twiliotest.AuthToken+"\n")
		text += fmt.Sprintf("\n[twilio]\naccount_sid = %q\nauth_token_file = %q\napi_url = %q\n[[twilio.number]]\nnumber = %q\ncountry = \"GB\"\nwhatsapp = true\n",
			twiliotest.AccountSID, twilioTest, v.twilio.URL, ourNumber)
	}
	v.config = text
	write(t, v.dir, "quietline.toml", text)
	return v
}

// serves starts the line and connects its providers to it.
func (v *provided) serves() *provided {
	v.t.Helper()
	v.serving, v.page, v.desk = serves(v.t, v.dir)
	if v.telegram != nil {
		must(v.t, v.dir, "connect", "telegram")
	}
	if v.twilio != nil {
		must(v.t, v.dir, "connect", "twilio")
		v.twilio.PointWhatsApp(ourNumber, v.public+"/in/s")
	}
	return v
}

// adviser enrols one and puts them on duty.
func (v *provided) adviser(name string) adviser {
	v.t.Helper()
	one := enrols(v.t, name, v.desk, must(v.t, v.dir, "staff", "add", name, "--role", "adviser", "--lang", "en", "--limit", "50")).adviser
	return one.posts("/duty", url.Values{"on": {"1"}})
}

func (v *provided) ok(err error) {
	v.t.Helper()
	if err != nil {
		said, _ := v.serving.out.now()
		v.t.Fatalf("%v\nthe server said:\n%s", err, said)
	}
}
