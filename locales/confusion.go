package locales

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Intents are what a corpus may say a message means, in the order in which a Table lists them.
var Intents = []string{"leave", "erase", "person", "back", "danger", "selfharm", "none"}

// A Row is how well one intent is understood.
type Row struct {
	Intent string
	N      int // messages that mean it
	Found  int // of them, understood so
	False  int // others, understood so
	Hard   int // hard negatives (messages that hold such words and mean none of it) understood so
}

// Recall is the share of the messages that mean it which were understood so; 1 when there is none.
func (r Row) Recall() float64 { return share(r.Found, r.N) }

// Precision is the share of the messages understood so which mean it; 1 when there is none.
func (r Row) Precision() float64 { return share(r.Found, r.Found+r.False) }

func share(part, all int) float64 {
	if all == 0 {
		return 1
	}
	return float64(part) / float64(all)
}

// A Mistake is one message of a corpus understood otherwise than it says.
type Mistake struct {
	Line      int // in the corpus, from 1
	Want, Got string
	Text      string // made up for the corpus by its writers: nobody's message
}

// A Confusion tells how well one language's words are understood.
type Confusion struct {
	Lang     string
	Rows     []Row // one for each of Intents
	Hard     int   // hard negatives in the corpus
	Mistakes []Mistake
}

// False is the share of the hard negatives that were understood as an intent.
func (c Confusion) False(intent string) float64 {
	i := slices.Index(Intents, intent)
	if i < 0 || c.Hard == 0 {
		return 0
	}
	return float64(c.Rows[i].Hard) / float64(c.Hard)
}

// Confusion reads a corpus of messages in language lang and tells how the matcher understands them, with numbers as the
// country's emergency numbers. A corpus has a line for each message, intent TAB message TAB note; the note "hard" marks a
// hard negative; lines that begin with # are comments. keep chooses the messages that count, by their text; nil: all.
func (c *Catalogues) Confusion(lang string, corpus io.Reader, numbers []string, keep func(text string) bool) (Confusion, error) {
	out := Confusion{Lang: lang}
	for _, intent := range Intents {
		out.Rows = append(out.Rows, Row{Intent: intent})
	}
	langs := []string{lang}
	if lang != source {
		langs = append(langs, source)
	}
	lines := bufio.NewScanner(corpus)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		intent, rest, _ := strings.Cut(line, "\t")
		text, note, _ := strings.Cut(rest, "\t")
		want := slices.Index(Intents, intent)
		if want < 0 || text == "" {
			return out, fmt.Errorf("corpus of %s, line %d: an intent (%s), a tab and a message are wanted", lang, n, strings.Join(Intents, ", "))
		}
		if keep != nil && !keep(text) {
			continue
		}
		got := slices.Index(Intents, intentOf(c.Keys(text, langs, numbers...).Kind))
		hard := intent == "none" && slices.Contains(strings.Fields(strings.ReplaceAll(note, ",", " ")), "hard")
		out.Rows[want].N++
		if hard {
			out.Hard++
		}
		if got == want {
			out.Rows[got].Found++
			continue
		}
		out.Rows[got].False++
		if hard {
			out.Rows[got].Hard++
		}
		out.Mistakes = append(out.Mistakes, Mistake{Line: n, Want: intent, Got: Intents[got], Text: text})
	}
	if err := lines.Err(); err != nil {
		return out, fmt.Errorf("corpus of %s: %w", lang, err)
	}
	return out, nil
}

// intentOf is the intent a key answers. A choice, a yes and a no ask for nothing here.
func intentOf(kind KeyKind) string {
	switch kind {
	case LeaveKey, EraseKey, PersonKey, BackKey, DangerKey, SelfHarmKey:
		return string(kind)
	case UrgentKey:
		return string(DangerKey)
	}
	return "none"
}

// String draws the table.
func (c Confusion) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-9s %5s %10s %7s %12s\n", c.Lang, "n", "precision", "recall", "false/hard")
	for _, r := range c.Rows {
		fmt.Fprintf(&b, "%-9s %5d %9.1f%% %6.1f%%", r.Intent, r.N, 100*r.Precision(), 100*r.Recall())
		if r.Intent != "none" {
			fmt.Fprintf(&b, " %5d/%d", r.Hard, c.Hard)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
