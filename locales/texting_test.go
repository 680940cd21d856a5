package locales_test

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"quietline/locales"
)

func TestTexting(t *testing.T) {
	for _, c := range []struct {
		text, want string
		parts      int
	}{
		{"", "", 0},
		{"“Don’t” – wait… • now · then", `"Don't" - wait... - now - then`, 1},
		{"a\u00a0b\u202fc", "a b c", 1},
		{"send \u20660\u2069", "send 0", 1}, // marks that nothing needs go
		{"أرسل \u20660\u2069", "أرسل 0", 1}, // an old telephone draws them as boxes
		{"\u2068Unseen\u2069: \u206608000 121-700\u2069 الآن", "Unseen: 08000121700 الآن", 1}, // its groups stay in order
		{"من \u206609:00-17:00\u2069 الآن", "من \u200e09:00-17:00\u200e الآن", 1},
		{"الرقم \u2066+44 20\u2069", "الرقم \u200e+44 20\u200e", 1},
		{"¿Qué? 5 €", "¿Qué? 5 €", 1},                                                 // the GSM alphabet's own
		{"también", "también", 1},                                                     // a letter is never changed, though it costs room
		{strings.Repeat("’", 160), strings.Repeat("'", 160), 1},                       // 160 septets
		{strings.Repeat("’", 161), strings.Repeat("'", 161), 2},                       // 153 and 8
		{strings.Repeat("a", 159) + "–", strings.Repeat("a", 159) + "-", 1},           // the dash alone would have made three
		{strings.Repeat("a", 158) + "€", strings.Repeat("a", 158) + "€", 1},           // an extension character is two septets
		{strings.Repeat("a", 159) + "€", strings.Repeat("a", 159) + "€", 2},           // 161
		{strings.Repeat("a", 459), strings.Repeat("a", 459), 3},                       // 3 × 153
		{strings.Repeat("a", 458) + "{", strings.Repeat("a", 458) + "{", 4},           // never split over two parts
		{strings.Repeat("…", 51), strings.Repeat("...", 51), 1},                       // 153 of 160
		{strings.Repeat("ă", 70), strings.Repeat("ă", 70), 1},                         // UCS-2
		{strings.Repeat("ă", 71), strings.Repeat("ă", 71), 2},                         // 67 and 4
		{strings.Repeat("ă", 201), strings.Repeat("ă", 201), 3},                       // 3 × 67
		{strings.Repeat("ă", 202), strings.Repeat("ă", 202), 4},                       //
		{strings.Repeat("🌊", 35), strings.Repeat("🌊", 35), 1},                         // a surrogate pair is two units
		{strings.Repeat("🌊", 66), strings.Repeat("🌊", 66), 2},                         // 33 pairs a part: the 67th unit stays empty
		{strings.Repeat("🌊", 67), strings.Repeat("🌊", 67), 3},                         //
		{strings.Repeat("𐍈", 99) + "a", strings.Repeat("𐍈", 99) + "a", 3},             // the unit left over takes the single one
		{"a" + strings.Repeat("🌊", 33) + "b", "a" + strings.Repeat("🌊", 33) + "b", 1}, // 68
	} {
		got := locales.Texting(c.text)
		if got != c.want {
			t.Errorf("Texting(%q) = %q, wanted %q", c.text, got, c.want)
		}
		if n := locales.Segments(got); n != c.parts {
			t.Errorf("%q takes %d parts, wanted %d", got, n, c.parts)
		}
	}
}

// Whatever the text, its letters and digits stay, and doing it again changes nothing.
func TestTextingKeepsLetters(t *testing.T) {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
				return r
			}
			return -1
		}, s)
	}
	// "x" stands for "×": the one sign whose like is a letter.
	rapid.Check(t, func(t *rapid.T) {
		text := strings.ReplaceAll(rapid.String().Draw(t, "text"), "×", "")
		got := locales.Texting(text)
		if letters(got) != letters(text) {
			t.Fatalf("%q became %q", text, got)
		}
		if again := locales.Texting(got); again != got {
			t.Fatalf("%q became %q, then %q", text, got, again)
		}
	})
}

func TestTypographic(t *testing.T) {
	for text, want := range map[string]string{
		"plain text, 5 € ¿qué? (yes)": "", "أرسل \u20660\u2069": "", "Tiếng Việt": "",
		"don’t": "’", "“so": "“", "a – b": "–", "wait…": "…", "a\u00a0b": "\u00a0", "• one": "•", "good ☺": "☺", "sea 🌊": "🌊", "1\ufe0f\u20e3": "\ufe0f",
	} {
		if got := locales.Typographic(text); got != want {
			t.Errorf("Typographic(%q) = %q, wanted %q", text, got, want)
		}
	}
}
