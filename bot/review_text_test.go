package bot

import (
	"strings"
	"testing"
)

// A text with nowhere to cut but at its own end is cut anyway: nobody's message stops the line.
func TestATextWithoutAPlaceToCut(t *testing.T) {
	for _, end := range []string{" ", "  ", ". ", "? ", "؟ ", " \n", ". \nabc", "\n\n \n"} {
		for _, long := range []string{strings.Repeat("x", 2*MaxText), strings.Repeat("我", MaxText), strings.Repeat(" ", 2*MaxText), strings.Repeat(". ", MaxText)} {
			words := long + end
			out := split(words, func(s string) bool { return len(s) <= MaxText })
			if squeezed(strings.Join(out, "")) != squeezed(words) {
				t.Fatalf("%d bytes and %q: something is missing", len(long), end)
			}
			for _, p := range out {
				if p == "" || len(p) > MaxText {
					t.Fatalf("a piece of %d bytes", len(p))
				}
			}
		}
	}
	s := newScene(t)
	adv := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	adv.Claims(ana.handle())
	s.bot.Tend(s.ctx)
	ana.Says(strings.Repeat("x", 2*MaxText) + " ")
	if !strings.Contains(squeezed(adv.reads(ana.handle())), strings.Repeat("x", MaxText)) {
		t.Fatal("the adviser does not read it")
	}
}
