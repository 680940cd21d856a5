package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quietline/bot/telegram"
	"quietline/bot/twilio"
	"quietline/bot/web"
	"quietline/line"
)

// A shift may name exactly the channels that there are.
func TestShiftsNameTheChannelsThatThereAre(t *testing.T) {
	if want := []string{web.Channel, telegram.Name, twilio.SMS, twilio.WhatsApp}; !slices.Equal(line.Channels(), want) {
		t.Errorf("shifts may name %q, and the channels are %q", line.Channels(), want)
	}
}

// doctor says what about the hours cannot be meant.
func TestDoctorOnTheRota(t *testing.T) {
	v := provides(t, modePoll, false)
	file := filepath.Join(v.dir, "quietline.toml")
	base, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	says := func(tables string, want, not []string) {
		t.Helper()
		if err := os.WriteFile(file, append(slices.Clone(base), tables...), 0o600); err != nil {
			t.Fatal(err)
		}
		p, _, _ := serves(t, v.dir)
		out, _ := command(t, v.dir, "doctor") // Telegram may complain: it is not connected
		p.stops()
		for _, w := range want {
			if !strings.Contains(out, "note: "+w) {
				t.Errorf("doctor does not say %q:\n%s", w, out)
			}
		}
		for _, n := range not {
			if strings.Contains(out, n) {
				t.Errorf("doctor says %q:\n%s", n, out)
			}
		}
	}
	const shift = "\n[[shift]]\ndays = [\"mon\"]\nfrom = \"10:00\"\nto = \"18:00\"\nzone = \"Europe/London\"\n"
	says("", []string{"quietline.toml has no [[shift]]"}, []string{"no shift answers on", "shifts name"})
	must(t, v.dir, "staff", "add", "adviser-1", "--role", "adviser", "--lang", "en")
	says(shift+"langs = [\"en\", \"es\"]\nchannels = [\"web\", \"sms\"]\n[[closed]]\nday = \"2020-12-24\"\n[[closed]]\nholidays = \"GB\"\n",
		[]string{"shifts name es, which nobody on the staff answers in", "shifts name sms, which is off", "no shift answers on telegram", "[[closed]] that are over: 1"},
		[]string{"has no [[shift]]", "shifts name en"})
	says(shift+"langs = [\"en\"]\n[[closed]]\nday = \"2999-12-24\"\n", nil, []string{"has no [[shift]]", "shifts name", "no shift answers", "that are over"})
}
