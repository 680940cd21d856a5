package bot

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// showsOfSigns is all that a person reads who opens a sitting on this phone and asks for a sign, ends any, and asks again.
func (h *human) showsOfSigns() string {
	h.s.t.Helper()
	h.opens()
	var b strings.Builder
	for _, w := range []string{"5", "4", "5", "1", "1", "1", "1", "1"} {
		h.Says(w)
		b.WriteString(h.screen())
	}
	h.Says("8")
	h.Says("0")
	return b.String()
}

// The next one to hold the phone is asked the same and told the same, whether somebody set a check-in here or not, and
// whether it is behind return words or not (S12). What no words guard is ended; what they guard is not.
func TestS12_WhetherThereIsACheckInIsToldToNobody(t *testing.T) {
	said := map[string]string{}
	for _, c := range []string{"none", "open", "guarded", "waiting"} {
		t.Run(c, func(t *testing.T) {
			s := newScene(t)
			s.adviser("adviser-1")
			ana := s.onPhone("ana")
			switch ana.opens(); c {
			case "none":
				ana.Says("0")
			case "open":
				ana.asks("2", "2", "1", "1", "2")
				ana.Says("0")
			case "guarded":
				ana.asks("2", "2", "1", "1", "2")
				ana.Says("1")
				ana.Says("1")
				ana.Says("5") // no plain line
				ana.Says("5") // words
				ana.madeWords()
				ana.Says("1")
				ana.Says("0")
			case "waiting": // she waits: the chat goes on, and is still not hers alone
				ana.asks("2", "2", "1", "1", "2")
				ana.Says("1")
				ana.Says("1")
				ana.Says("5")
				ana.Says("0")
			}
			s.until(day(2, 15, 0))
			mai := &human{s: s, address: "ana", n: 100}
			if c == "waiting" {
				mai.Says("hi")
				for !strings.Contains(mai.screen(), mai.text("check.unseen")) {
					mai.Says("1")
				}
				mai.Says("1")
				mai.Hears("handoff.waiting")
				mai.Says("4") // stop waiting
				mai.Says("5")
				mai.Hears("checkin.often")
				mai.Never("2026")
				mai.Says("4")
				mai.Hears("checkin.ended")
				mai.Never("2026")
			} else {
				said[c] = mai.showsOfSigns()
				if said[c] != said["none"] {
					t.Fatalf("with %s she reads\n%s\nand without\n%s", c, said[c], said["none"])
				}
			}
			mai.gets()
			s.until(day(16, 20, 0))
			if want := map[bool][]string{true: {"Your photo is ready."}}[c == "guarded"]; !slices.Equal(mai.gets(), want) {
				t.Fatalf("wanted %q", want)
			}
		})
	}
}

// Words made in a later sitting guard nothing that somebody else may have set before.
func TestS12_LaterWordsGuardNoEarlierCheckIn(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.opens()
	ana.asks("2", "2", "1", "1", "1")
	for _, w := range []string{"1", "1", "5", "0"} { // she waits, without words
		ana.Says(w)
	}
	s.later(time.Hour)
	mai := &human{s: s, address: "ana", n: 100}
	mai.Says("hi")
	for !strings.Contains(mai.screen(), mai.text("check.unseen")) {
		mai.Says("1")
	}
	mai.Says("1")
	mai.Says("5")
	words, _ := mai.madeWords()
	mai.Says("1")
	mai.Says("0")
	s.later(time.Hour)
	mai.Says(words)
	mai.Hears("return.hello")
	mai.Says("hi")
	for !strings.Contains(mai.screen(), mai.text("check.unseen")) {
		mai.Says("1")
	}
	mai.Says("1")
	mai.Says("4") // stop waiting
	mai.Says("5")
	mai.Hears("checkin.often")
	mai.Never("2026", "photo")
}
