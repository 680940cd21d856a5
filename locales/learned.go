package locales

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"sync"
)

// What a message means is learned: of messages that somebody wrote down with their meaning (testdata/corpus) each cue got a
// weight for each intent, and the sum of a message's weights tells how likely each intent is. Forms are a cue among others
// here: what they find counts for as much as it proved right. The learning itself is a test (learn_test.go); words/xx.learned
// is what it made, and is loaded when the language is first spoken.
type learned struct {
	head
	keys   []uint32 // sorted
	from   []uint32 // by the top bits of a key: where its keys begin
	weight []int8   // a row of len(Intents) for each key
	scale  float32  // of a weight
}

// head is what stands before the weights in a learned file.
type head struct {
	Of   [32]byte         // sha256 of what it was learned from
	Keys uint32           // how many cues
	Need [intents]float32 // from which likelihood on an intent is taken
	Max  float32          // the greatest weight; one step of a weight is a 127th of it
}

const (
	intents   = 7  // of Intents
	topBits   = 12 // of a key
	mostKeys  = 1 << 20
	mostWords = 40 // of a message weighed at once; a longer one is weighed by parts
	nextPart  = 20 // words between two parts
	learnedAs = "quietline learned words 1\n"
)

// readLearned reads a learned file.
func readLearned(b []byte) (*learned, error) {
	rest, ok := bytes.CutPrefix(b, []byte(learnedAs))
	if !ok {
		return nil, errors.New("is no file of learned words, or of another version")
	}
	l := &learned{}
	r := bytes.NewReader(rest)
	if err := binary.Read(r, binary.LittleEndian, &l.head); err != nil {
		return nil, fmt.Errorf("is cut off: %w", err)
	}
	if l.Keys == 0 || l.Keys > mostKeys || r.Len() != int(l.Keys)*(4+intents) || !(l.Max > 0) {
		return nil, errors.New("is damaged")
	}
	l.scale = l.Max / math.MaxInt8
	l.keys, l.weight = make([]uint32, l.Keys), make([]int8, int(l.Keys)*intents)
	if err := errors.Join(binary.Read(r, binary.LittleEndian, l.keys), binary.Read(r, binary.LittleEndian, l.weight)); err != nil {
		return nil, err
	}
	if !slices.IsSorted(l.keys) {
		return nil, errors.New("is damaged")
	}
	l.index()
	return l, nil
}

// index notes where the keys of each beginning stand.
func (l *learned) index() {
	l.from = make([]uint32, 1<<topBits+1)
	for i, k := range l.keys {
		l.from[k>>(32-topBits)+1] = uint32(i) + 1
	}
	for i := 1; i < len(l.from); i++ {
		l.from[i] = max(l.from[i], l.from[i-1])
	}
}

// row is the weights of a cue; nil: it was never seen.
func (l *learned) row(c cue) []int8 {
	top := c >> (32 - topBits)
	for i := l.from[top]; i < l.from[top+1]; i++ {
		if l.keys[i] == uint32(c) {
			return l.weight[int(i)*intents : int(i+1)*intents]
		}
	}
	return nil
}

// likely is how likely each intent is.
type likely [intents]float32

// A weighing gathers the cues of one message, each once.
type weighing struct {
	seen  []cue // open addressing; 0: free
	n     int
	zero  bool
	known int
	sum   [intents]int32
	by    *learned
}

// newWeighing expects about so many words.
func newWeighing(by *learned, words int) *weighing {
	size := 512
	for size < words*64 {
		size *= 2
	}
	return &weighing{seen: make([]cue, size), by: by}
}

func (w *weighing) add(c cue) {
	if !w.first(c) {
		return
	}
	w.n++
	row := w.by.row(c)
	if row == nil {
		return
	}
	w.known++
	for i, v := range row {
		w.sum[i] += int32(v)
	}
}

// first says whether a cue comes for the first time.
func (w *weighing) first(c cue) bool {
	if c == 0 {
		was := w.zero
		w.zero = true
		return !was
	}
	if w.n*2 > len(w.seen) {
		old := w.seen
		w.seen = make([]cue, 2*len(old))
		for _, c := range old {
			if c != 0 {
				w.slot(c)
			}
		}
	}
	return w.slot(c)
}

func (w *weighing) slot(c cue) bool {
	mask := cue(len(w.seen) - 1)
	for i := c & mask; ; i = (i + 1) & mask {
		switch w.seen[i] {
		case c:
			return false
		case 0:
			w.seen[i] = c
			return true
		}
	}
}

// likely sums up.
func (w *weighing) likely() (p likely) {
	scale := float64(w.by.scale) / math.Sqrt(float64(w.n)+1)
	top, total := math.Inf(-1), 0.0
	var z [intents]float64
	for i, s := range w.sum {
		z[i] = float64(s) * scale
		top = max(top, z[i])
	}
	for i := range z {
		z[i] = math.Exp(z[i] - top)
		total += z[i]
	}
	for i := range z {
		p[i] = float32(z[i] / total)
	}
	return p
}

// weigh weighs the words from at to end of a message whose forms mean kind.
func (l *learned) weigh(g *grammar, c *cut, kind KeyKind, at, end int) (likely, int, int) {
	w := newWeighing(l, end-at)
	w.add(cueOf('F', string(kind)))
	g.cues(c, at, end, w.add)
	return w.likely(), w.known, w.n
}

// later is a learned file, read when it is first needed: a line serves few of the languages that are shipped. A file that
// cannot be read counts as none; that every shipped one can be read is a test.
type later struct {
	once sync.Once
	fsys fs.FS
	file string
	got  *learned
}

func (l *later) get() *learned {
	l.once.Do(func() {
		if b, err := fs.ReadFile(l.fsys, l.file); err == nil {
			l.got, _ = readLearned(b)
		}
	})
	return l.got
}

// surer is how many times more of a message's cues another language must know to be taken for the message's own.
const surer = 1.2

// plainly is how many of a message's cues its conversation's language must know for no other to be asked.
const plainly = 0.65

// heard is how many of a message's cues must be known for what was learned to count: of "xxxx" nobody knows anything.
const heard = 0.15

// longestWord is the longest word of any language in bytes, doubled letters and all: a finger asleep on a key says nothing.
const longestWord = 80

// learnedKind is what a message means by what was learned, where its forms mean kind. langs are the languages it may be in,
// the conversation's first; the one that knows most of its cues decides. Of a language nothing was learned for, its forms
// alone decide.
func (c *Catalogues) learnedKind(cut *cut, kind KeyKind, langs []string) KeyKind {
	if slices.ContainsFunc(cut.raw, func(w string) bool { return len(w) > longestWord }) {
		return kind
	}
	var best *lang
	most := 0.0
	words := min(len(cut.bare), mostWords)
	var p likely
	for i, tag := range langs {
		l, ok := c.langs[tag]
		if !ok {
			continue
		}
		by := l.learned.get()
		if by == nil {
			if i == 0 {
				return kind
			}
			continue
		}
		got, known, all := by.weigh(l.words, cut, kind, 0, words)
		if share := float64(known) / float64(all); best == nil || share > most*surer {
			best, most, p = l, share, got
		}
		if i == 0 && most >= plainly {
			break
		}
	}
	if best == nil || most < heard || best.ret.only(cut) {
		return kind
	}
	by := best.learned.get()
	if len(cut.bare) <= mostWords {
		return by.decide(p, kind, len(cut.bare))
	}
	found := by.part(p, kind)
	for at := nextPart; at < len(cut.bare) && found != SelfHarmKey; at += nextPart {
		q, _, _ := by.weigh(best.words, cut, kind, at, min(len(cut.bare), at+mostWords))
		switch next := by.part(q, kind); {
		case next == SelfHarmKey, next == DangerKey, found == NoKey:
			found = next
		}
	}
	return found
}

// The places of Intents.
const (
	atLeave = iota
	atErase
	atPerson
	atBack
	atDanger
	atSelfHarm
	atNone
)

// single is the bar of leave and erase for a single word: "nothing" is an answer, and may not destroy.
const single = 0.95

// decide takes the gravest intent that is likely enough in a message of so many words whose forms mean kind.
func (l *learned) decide(p likely, kind KeyKind, words int) KeyKind {
	if kind := l.part(p, kind); kind == SelfHarmKey || kind == DangerKey {
		return kind
	}
	least := float32(0)
	if words == 1 {
		least = single
	}
	switch {
	case p[atErase] >= max(least, l.Need[atErase]):
		return EraseKey
	case p[atLeave] >= max(least, l.Need[atLeave]):
		return LeaveKey
	case p[atPerson] >= l.Need[atPerson]:
		return PersonKey
	case p[atBack] >= l.Need[atBack]:
		return BackKey
	}
	return NoKey
}

// agreed is which share of its bar danger must reach where the forms found it too.
const agreed = 0.6

// part is what a part of a message can mean whose forms mean kind.
func (l *learned) part(p likely, kind KeyKind) KeyKind {
	switch {
	case kind == DangerKey && p[atDanger] >= agreed*l.Need[atDanger] && p[atSelfHarm] < 0.5:
		return DangerKey
	case p[atSelfHarm] >= l.Need[atSelfHarm] && p[atSelfHarm] >= p[atDanger]:
		return SelfHarmKey
	case p[atDanger] >= l.Need[atDanger]:
		return DangerKey
	case p[atSelfHarm] >= l.Need[atSelfHarm]:
		return SelfHarmKey
	case p[atPerson] >= l.Need[atPerson]:
		return PersonKey
	}
	return NoKey
}
