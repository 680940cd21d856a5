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
