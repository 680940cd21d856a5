package bot

import (
	"testing"

	"quietline/flows"

	"quietline/store"
)

// Whatever bytes a record decodes from, looking at it, ticking and hearing a message end in an answer, never in a panic.
func FuzzRecord(f *testing.F) {
	s := newScene(f)
	s.adviser("adviser-1")
	ana := s.onWeb("ana")
	ana.Taps("yes")
	ana.Taps("yes")
	plain, err := encMode.Marshal(ana.record())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain, "1")
	f.Add([]byte{0xa0}, "hi")
	f.Fuzz(func(t *testing.T, plain []byte, words string) {
		var tk talk
		if decMode.Unmarshal(plain, &tk) != nil || goodText(words, MaxText) != nil {
			return
		}
		w := s.bot.world("ABCDEFGH")
		tk.deadline()
		tk.item()
		if tn := w.tick(&tk); tn != nil && tn.gone {
			return
		}
		w.person(&tk, &Inbound{Channel: tk.Channel, Address: Hide("a"), Text: Hide(words), Page: tk.Page}, wordHit{})
		for i := range tk.Out {
			s.bot.render(w.Content, &tk, &tk.Out[i], flows.Limits{MaxSegments: 3})
		}
		for i := range tk.Log {
			s.bot.line(w.Content, "en", tk.Country, &tk.Log[i], tk.Acts)
		}
		if len(plain) < 32_000 && len(tk.Log) <= maxLog {
			tk.shrink()
			if _, err := seal(&tk, store.Name{}, store.Key{}); err != nil {
				t.Fatalf("cannot be sealed again: %v", err)
			}
		}
	})
}
