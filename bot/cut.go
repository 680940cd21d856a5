package bot

import (
	"strings"
	"unicode/utf8"

	"quietline/flows"
	"quietline/locales"
)

// pieces cuts a text into messages that a channel carries, never empty. Each leaves room for head before it. The choices,
// written below the last piece where the channel has no buttons, are counted with it.
func pieces(head, words string, choices []Choice, limits flows.Limits) []string {
	if limits.MaxSegments > 0 {
		words = locales.Texting(words)
	}
	room := func(s string) bool {
		s = head + s
		if limits.MaxSegments > 0 && locales.Segments(s) > limits.MaxSegments {
			return false
		}
		return limits.MaxText <= 0 || len(s) <= limits.MaxText
	}
	withChoices := func(s string) bool {
		if limits.CallbackBytes > 0 {
			return room(s)
		}
		return room(Outbound{Text: Hide(s), Choices: choices}.WithChoices())
	}
	out := split(words, room)
	if len(out) == 0 {
		return []string{""}
	}
	if len(choices) == 0 || withChoices(out[len(out)-1]) {
		return out
	}
	// The question, its last line, goes with the choices; what stood before it goes first.
	end := out[len(out)-1]
	if i := strings.LastIndexByte(end, '\n'); i > 0 && withChoices(end[i+1:]) {
		return append(out[:len(out)-1], end[:i], end[i+1:])
	}
	return append(out, "")
}

// split cuts a text at line ends, else at sentences, else at spaces, else anywhere, so that every piece has room.
func split(words string, room func(string) bool) []string {
	words = strings.Trim(words, "\n")
	if words == "" {
		return nil
	}
	if room(words) {
		return []string{words}
	}
	for _, sep := range []string{"\n", ". ", "؟ ", "? ", " "} {
		if out, ok := splitAt(words, sep, room); ok {
			return out
		}
	}
	var out []string
	for len(words) > 0 {
		n := 0
		for n < len(words) {
			_, size := utf8.DecodeRuneInString(words[n:])
			if n > 0 && !room(words[:n+size]) {
				break
			}
			n += size
		}
		out, words = append(out, words[:n]), words[n:]
	}
	return out
}

// splitAt joins parts between separators into pieces as long as they have room; it reports false when one part alone has
// none and cannot be cut at a finer separator.
func splitAt(words, sep string, room func(string) bool) ([]string, bool) {
	parts := strings.SplitAfter(words, sep)
	if n := len(parts); parts[n-1] == "" { // it stands at the very end, where nothing is cut
		parts = parts[:n-1]
	}
	if len(parts) < 2 {
		return nil, false
	}
	var out []string
	piece := ""
	flush := func() {
		if p := strings.TrimRight(piece, " \n"); p != "" {
			out = append(out, p)
		}
		piece = ""
	}
	for _, p := range parts {
		if room(strings.TrimRight(piece+p, " \n")) {
			piece += p
			continue
		}
		flush()
		if room(strings.TrimRight(p, " \n")) {
			piece = p
			continue
		}
		out = append(out, split(p, room)...)
	}
	flush()
	return out, true
}
