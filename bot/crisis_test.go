package bot

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"quietline/directory"
	"quietline/flows"
	"quietline/locales"
)

const (
	operatorsLines = "id,country,kind,name,name_local,phone,phone_e164_or_short,sms,whatsapp,url,hours,languages,free_of_charge,anonymous,audience,note,source_url,source_title,source_says,confidence,read_on\n" +
		"gb-crisis,GB,crisis_line,Evening Line,,020 7946 0011,+442079460011,,,,24/7,en,yes,yes,all,,https://example.org/line,Page,Ring 020 7946 0011,high,2026-01-31\n"
	operatorsRights = "id,country,topic,statement,source_url,source_title,confidence,read_on\n" +
		"gb-silent-call,GB,silent_call,Stay on the line and press two keys when asked.,https://example.org/silent,Page,high,2026-01-31\n"
	operatorsWords = "[\"right.gb-silent-call\"]\nother = \"Stay on the line. When a voice asks, press two keys.\"\n"
)

// own is what an operator's content folder adds to what is built in.
func own(t *testing.T) *Content {
	t.Helper()
	shipped, err := content()
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{"directory.csv": {Data: []byte(operatorsLines)}, "rights.csv": {Data: []byte(operatorsRights)}}
	c := *shipped
	if c.Directory, err = directory.Load(directory.Data(), folder); err != nil {
		t.Fatal(err)
	}
	if c.Words, err = locales.Load(locales.Shipped(), fstest.MapFS{"en.toml": {Data: []byte(operatorsWords)}}); err != nil {
		t.Fatal(err)
	}
	return &c
}

// Whoever writes of dying reads first the line that an operator added for it, with what it is; the silent call that the
// operator's source tells of stands right below the numbers on the card, and not among the rights.
func TestCrisisLinesAndSilentCallsOfAnOperator(t *testing.T) {
	s := newScene(t)
	c := own(t)
	s.cfg.Content = func() *Content { return c }
	s.restart()
	ana := s.onWeb("ana")
	ana.Taps("yes")
	ana.send(Inbound{Text: Hide("i want to die")})
	ana.Hears("hurt.selfharm", "hurt.listen", "kind.crisis_line", "card.silent")
	screen := ana.screen()
	_, lines, _ := strings.Cut(screen, ana.text("hurt.listen"))
	crisis, other := strings.Index(lines, "020 7946 0011"), strings.Index(lines, "08000 121 700")
	if crisis < 0 || other < 0 || other < crisis {
		t.Errorf("the crisis line does not come first:\n%s", lines)
	}
	numbers, said, next := strings.Index(screen, "999"), strings.Index(screen, "When a voice asks"), strings.Index(screen, ana.text("card.places"))
	if numbers < 0 || said < numbers || next < said {
		t.Errorf("the silent call does not stand below the numbers:\n%s", screen)
	}
	for _, b := range c.Rights("en", "GB") {
		if strings.Contains(b.Text, "When a voice asks") {
			t.Error("it stands among the rights")
		}
	}
	full := c.Card("en", "GB", true, directory.ShowUnchecked)
	if i := slices.IndexFunc(full, func(b Block) bool { return strings.Contains(b.Text, "When a voice asks") }); i < 0 || full[i].Source != "https://example.org/silent" || full[i].On == "" {
		t.Error("it has no source and day")
	}

	// Before a sitting is open the card holds public numbers, and nothing more.
	bo := s.onWeb("bo")
	bo.Presses(flows.Urgent)
	bo.Never("voice asks", c.say("en", "card.silent", nil), "020 7946")
	bo.Sees("999")

	// As shipped there is neither.
	s2 := newScene(t)
	eve := s2.onWeb("eve")
	eve.Taps("yes")
	eve.send(Inbound{Text: Hide("i want to die")})
	eve.Never(eve.text("card.silent"), eve.text("kind.crisis_line"))
}
