package telegram

import (
	"strings"
	"testing"

	"quietline/bot/telegram/telegramtest"
)

// Faces are set where they differ, by language, and not again; what Telegram would refuse is refused before anything is set.
func TestFaces(t *testing.T) {
	b := newBench(t, quick)
	faces := map[string]Face{
		"":   {Name: "Notices", ShortDescription: "Notices and times", Description: "Write anything to begin.", Commands: []Command{{"0", "Close"}, {"menu", "Menu"}}},
		"es": {Name: "Avisos", ShortDescription: "Avisos", Description: "Escriba algo.", Commands: []Command{{"0", "Cerrar"}}},
		"ar": {Name: "Notices", ShortDescription: "Notices and times", Description: "Write anything to begin."},
	}
	n, err := b.ch.SetFaces(t.Context(), faces)
	if err != nil || n != 8 {
		t.Fatalf("%d changed, %v", n, err)
	}
	if got := b.server.Face("name", "es"); got != "Avisos" {
		t.Errorf("the Spanish name is %q", got)
	}
	if n, err = b.ch.SetFaces(t.Context(), faces); err != nil || n != 0 {
		t.Fatalf("the second time %d changed, %v", n, err)
	}
	faces["es"] = Face{Name: "Avisos", ShortDescription: "Avisos", Description: "Escriba algo."}
	if n, err = b.ch.SetFaces(t.Context(), faces); err != nil || n != 1 || b.server.Face("commands", "es") != "" {
		t.Fatalf("a menu taken away: %d changed, %v", n, err)
	}
	b.server.Fail(telegramtest.Faults{Share: 1, Kinds: []telegramtest.Fault{telegramtest.Error500}})
	if _, err = b.ch.SetFaces(t.Context(), faces); err == nil || !strings.Contains(err.Error(), "try again") {
		t.Errorf("with Telegram down: %v", err)
	}
	calls := b.server.Calls("")
	for _, f := range []Face{{Name: strings.Repeat("x", 65)}, {ShortDescription: strings.Repeat("x", 121)}, {Description: strings.Repeat("x", 513)},
		{Commands: []Command{{"Menu", "x"}}}, {Commands: []Command{{"menu", ""}}}, {Commands: make([]Command, 101)}} {
		if _, err := b.ch.SetFaces(t.Context(), map[string]Face{"en": f}); err == nil {
			t.Errorf("taken: %+v", f)
		}
	}
	if _, err := b.ch.SetFaces(t.Context(), map[string]Face{"prs": {}}); err == nil || b.server.Calls("") != calls {
		t.Error("a language without two letters was taken")
	}
	for tag, want := range map[string]string{"ar-AE": "ar", "ku-Latn": "ku", "prs": "", "en": "en"} {
		if code, ok := LanguageCode(tag); ok != (want != "") || ok && code != want {
			t.Errorf("%s: %q, %v", tag, code, ok)
		}
	}
}

// Connecting shows before and after, and no secret; mistakes tell the operator what to do.
func TestConnectAndCheck(t *testing.T) {
	b := newBench(t, quick)
	before, after, err := b.ch.Connect(t.Context(), "https://example.org/in/t")
	if err != nil || before.URL != "" || after.URL != "https://example.org/in/t" || after.MaxConnections != 100 || len(after.Allowed) != 4 {
		t.Fatalf("%+v, %+v, %v", before, after, err)
	}
	if before, after, err = b.ch.Connect(t.Context(), ""); err != nil || before.URL == "" || after.URL != "" {
		t.Fatalf("%+v, %+v, %v", before, after, err)
	}
	if _, _, err = b.ch.Connect(t.Context(), "http://example.org/in/t"); err == nil {
		t.Error("a webhook without https")
	}
	me, err := b.ch.Check(t.Context())
	if err != nil || me.Username != "notices_bot" || me.JoinsGroups || me.ReadsGroups {
		t.Fatalf("%+v, %v", me, err)
	}
	wrong := b.channel("1:wrong_token_wrong", b.server.URL(), quick)
	if _, err = wrong.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "BotFather") || strings.Contains(err.Error(), "wrong_token") {
		t.Errorf("a wrong token: %v", err)
	}
	for _, cfg := range []Config{{}, {Token: "x"}} {
		if _, err := New(cfg); err == nil {
			t.Errorf("made of %+v", cfg)
		}
	}
}
