package check

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"quietline/flows"
	"quietline/locales"
)

// Sizes of a drawing, in pixels; letters are taken as wide as their mean in a usual sans-serif face.
const (
	letter   = 13.0
	small    = 11.0
	advance  = 0.56
	leading  = 17.0
	boxWidth = 236.0
	margin   = 14.0
	farthest = 3 // rows that a line may lead over; a longer one is shown by a pointer
	widest   = 1500.0
)

// A picture is one flow being drawn.
type picture struct {
	plain
	flow  flows.Flow
	boxes []*box
	lines []*line
	b     bytes.Buffer
}

// A box is what a shape shows.
type box struct {
	*shape
	step  *flows.Step // nil: a pointer
	head  string      // above the text, small
	rows  []row
	slots []slot
	body  float64 // height without the slots
}

// A row is one line of text in a box.
type row struct {
	text string
	kind string // "say", "do", "why"
}

// A slot is what is written where an arrow leaves.
type slot struct {
	rows []string
	x, w float64 // its middle, right of the box's
	line *line
}

// Draw returns the drawing of one flow in a language, as SVG: each step a box with what it says, each answer on the arrow
// that it leads along. A pointer with a name stands for a step of another flow, or far away. The same book always gives
// the same bytes.
func Draw(words *locales.Catalogues, lang string, f flows.Flow) []byte {
	p := &picture{plain: plain{words, lang}, flow: f}
	p.collect()
	w, h := p.arrange()
	p.head(w, h)
	for _, b := range p.boxes {
		for _, s := range b.slots {
			p.arrow(b, s)
		}
	}
	for _, b := range p.boxes {
		p.box(b)
	}
	p.b.WriteString("</svg>\n")
	return p.b.Bytes()
}

// collect makes the boxes and lines. What would lead up, or too far down, becomes a pointer.
func (p *picture) collect() {
	at := map[flows.Place]*box{}
	for i := range p.flow.Steps {
		b := p.stepBox(&p.flow.Steps[i])
		at[b.step.Place] = b
		p.boxes = append(p.boxes, b)
	}
	depth := p.depths(at)
	for _, b := range slices.Clone(p.boxes) {
		for i, r := range p.roads(*b.step) {
			to, here := at[r.to]
			if d := depth[r.to] - depth[b.step.Place]; !here || d <= 0 || d > farthest {
				to = p.pointer(r.to)
				p.boxes = append(p.boxes, to)
			}
			l := &line{from: b.shape, to: to.shape, slot: b.slots[i].x}
			b.slots[i].line = l
			b.out, to.in = append(b.out, l), append(to.in, l)
			p.lines = append(p.lines, l)
		}
	}
}

// depths is how many steps each step lies below those that nothing of this flow leads to, circles cut where they close.
func (p *picture) depths(at map[flows.Place]*box) map[flows.Place]int {
	down := map[flows.Place][]flows.Place{}
	state := map[flows.Place]int{} // 1: on the way, 2: done
	var walk func(q flows.Place)
	walk = func(q flows.Place) {
		state[q] = 1
		for _, r := range p.roads(*at[q].step) {
			if at[r.to] == nil || state[r.to] == 1 {
				continue
			}
			down[q] = append(down[q], r.to)
			if state[r.to] == 0 {
				walk(r.to)
			}
		}
		state[q] = 2
	}
	var starts []flows.Place
	for _, s := range p.flow.Steps {
		if s.Place.Step == p.flow.Start || lead[s.Place.String()] != "" {
			starts = append(starts, s.Place)
		}
	}
	for _, s := range p.flow.Steps {
		starts = append(starts, s.Place)
	}
	for _, q := range starts {
		if state[q] == 0 {
			walk(q)
		}
	}
	depth := map[flows.Place]int{}
	for range p.flow.Steps { // the longest way down, found when nothing moves any more
		moved := false
		for _, s := range p.flow.Steps {
			for _, q := range down[s.Place] {
				if depth[q] <= depth[s.Place] {
					depth[q], moved = depth[s.Place]+1, true
				}
			}
		}
		if !moved {
			break
		}
	}
	return depth
}

// stepBox is a step with its text and the slots under it.
func (p *picture) stepBox(s *flows.Step) *box {
	b := &box{shape: &shape{}, step: s, head: s.Place.Step}
	add := func(kind, text string, width int) {
		for _, l := range wrap(text, width) {
			b.rows = append(b.rows, row{l, kind})
		}
	}
	if why := leads(p.flow, *s); why != "" {
		add("why", "Begins: "+why, 34)
	}
	for _, id := range s.Say {
		add("say", p.text(id), 30)
	}
	for _, e := range s.Do {
		add("do", "+ "+p.does(e), 36)
	}
	if s.Menu != "" {
		add("do", "Answers: "+listed[s.Menu], 36)
	}
	if s.Free != "" {
		add("do", "Words written here are taken: "+p.text(s.Free), 36)
	}
	if s.Rest {
		add("why", "Ends here; nothing is asked", 34)
	}
	if len(b.rows) == 0 {
		add("do", "(decides, and says nothing)", 36)
	}
	total := 0.0
	for _, r := range p.roads(*s) {
		var sl slot
		for _, n := range r.notes {
			sl.rows = append(sl.rows, wrap(n, 17)...)
		}
		longest := 0
		for _, t := range sl.rows {
			longest = max(longest, utf8.RuneCountInString(t))
		}
		sl.w = max(34, float64(longest)*small*advance+12)
		total += sl.w
		b.slots = append(b.slots, sl)
	}
	b.w = max(boxWidth, total)
	x := -total / 2
	for i := range b.slots {
		b.slots[i].x = x + b.slots[i].w/2
		x += b.slots[i].w
	}
	b.body = float64(len(b.rows))*leading + 26
	b.h = b.body + p.skirt(b)
	return b
}

// skirt is the height of the slots' texts.
func (p *picture) skirt(b *box) float64 {
	most := 0
	for _, s := range b.slots {
		most = max(most, len(s.rows))
	}
	return float64(most) * (small + 3)
}

// pointer is a small box that names a step elsewhere.
func (p *picture) pointer(to flows.Place) *box {
	b := &box{shape: &shape{}}
	text := "go to " + to.Step
	if to.Flow != p.flow.Name {
		b.rows = append(b.rows, row{"flow " + to.Flow, "why"}, row{text, "do"})
	} else {
		b.rows = append(b.rows, row{text, "do"})
	}
	longest := 0
	for _, r := range b.rows {
		longest = max(longest, utf8.RuneCountInString(r.text))
	}
	b.w = float64(longest)*small*advance + 22
	b.body = float64(len(b.rows))*(small+4) + 10
	b.h = b.body
	return b
}

// arrange lays out each piece that hangs together by itself and sets them side by side, in rows as wide as a page.
func (p *picture) arrange() (w, h float64) {
	piece := map[*shape]int{}
	n := 0
	for _, b := range p.boxes {
		if _, ok := piece[b.shape]; ok {
			continue
		}
		todo := []*shape{b.shape}
		for len(todo) > 0 {
			s := todo[0]
			todo = todo[1:]
			if _, ok := piece[s]; ok {
				continue
			}
			piece[s] = n
			for _, l := range s.out {
				todo = append(todo, l.to)
			}
			for _, l := range s.in {
				todo = append(todo, l.from)
			}
		}
		n++
	}
	x, y, tall := margin, margin, 0.0
	for i := range n {
		var shapes []*shape
		var lines []*line
		for _, b := range p.boxes {
			if piece[b.shape] == i {
				shapes = append(shapes, b.shape)
			}
		}
		for _, l := range p.lines {
			if piece[l.from] == i {
				lines = append(lines, l)
			}
		}
		pw, ph := layers(shapes, lines)
		if x > margin && x+pw > widest {
			x, y, tall = margin, y+tall+under, 0
		}
		move := func(s *shape) { s.x, s.y = s.x+x, s.y+y }
		for _, s := range shapes {
			move(s)
		}
		for _, l := range lines {
			for _, v := range l.via {
				move(v)
			}
		}
		x += pw + 2*apart
		tall = max(tall, ph)
		w = max(w, x-2*apart+margin)
	}
	return w, y + tall + margin
}

// wrap cuts a text into lines of about n letters, at spaces.
func wrap(text string, n int) []string {
	var out []string
	for _, para := range strings.Split(text, "\n") {
		cur := ""
		for _, w := range strings.Fields(para) {
			if cur != "" && utf8.RuneCountInString(cur)+1+utf8.RuneCountInString(w) > n {
				out = append(out, cur)
				cur = ""
			}
			if cur != "" {
				cur += " "
			}
			cur += w
		}
		if cur != "" {
			out = append(out, cur)
		}
	}
	return out
}

func (p *picture) printf(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }
