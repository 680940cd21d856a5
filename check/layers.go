package check

import (
	"math"
	"slices"
	"sort"
)

// A shape is one box of a drawing: a step, a pointer to a step elsewhere, or a bend of a long line.
type shape struct {
	w, h    float64
	bend    bool
	x, y    float64 // the middle of its top
	rank    int
	place   int // in its rank
	in, out []*line
}

// A line leads from a slot of one shape to the top of another.
type line struct {
	from, to *shape
	slot     float64 // where it begins, right of the middle of from
	via      []*shape
	step     *line // for a bend's pieces: the line that they are of
}

// Distances of a drawing, in pixels.
const (
	apart  = 22.0 // between neighbours
	under  = 46.0 // between rows
	sweeps = 12
)

// layers lays shapes out in rows, each line leading down, by the method of Sugiyama, Tagawa and Toda (1981): rank, bend
// long lines at every row, order each row by its neighbours, and move the shapes over and under them. Lines must hold no
// circle. It returns the width and height; the same shapes always give the same drawing.
func layers(shapes []*shape, lines []*line) (w, h float64) {
	rows := rank(shapes)
	pieces := bend(&rows, lines)
	order(rows)
	across(rows)
	y := 0.0
	for _, row := range rows {
		tall := 0.0
		for _, s := range row {
			s.y = y
			tall = max(tall, s.h)
		}
		for _, s := range row { // bends are as tall as their row, so that lines pass beside the boxes
			if s.bend {
				s.h = tall
			}
		}
		y += tall + under
	}
	left := math.Inf(1)
	for _, row := range rows {
		for _, s := range row {
			left = min(left, s.x-s.w/2)
		}
	}
	for _, row := range rows {
		for _, s := range row {
			s.x -= left
			w = max(w, s.x+s.w/2)
		}
	}
	for _, p := range pieces {
		if p.to.bend {
			p.step.via = append(p.step.via, p.to)
		}
	}
	return w, y - under
}

// rank puts each shape in the row under the lowest of those that lead to it.
func rank(shapes []*shape) [][]*shape {
	done := map[*shape]bool{}
	var below func(s *shape)
	below = func(s *shape) {
		if done[s] {
			return
		}
		done[s] = true
		for _, l := range s.in {
			below(l.from)
			s.rank = max(s.rank, l.from.rank+1)
		}
	}
	var rows [][]*shape
	for _, s := range shapes {
		below(s)
		for len(rows) <= s.rank {
			rows = append(rows, nil)
		}
		s.place = len(rows[s.rank])
		rows[s.rank] = append(rows[s.rank], s)
	}
	return rows
}

// bend cuts each line that passes a row into pieces, with a narrow shape in that row.
func bend(rows *[][]*shape, lines []*line) []*line {
	var pieces []*line
	for _, l := range lines {
		from, slot := l.from, l.slot
		l.from.out = slices.DeleteFunc(l.from.out, func(o *line) bool { return o == l })
		l.to.in = slices.DeleteFunc(l.to.in, func(o *line) bool { return o == l })
		for r := l.from.rank + 1; r <= l.to.rank; r++ {
			to := l.to
			if r < l.to.rank {
				to = &shape{w: 8, bend: true, rank: r, place: len((*rows)[r])}
				(*rows)[r] = append((*rows)[r], to)
			}
			p := &line{from: from, to: to, slot: slot, step: l}
			from.out, to.in = append(from.out, p), append(to.in, p)
			pieces = append(pieces, p)
			from, slot = to, 0
		}
	}
	return pieces
}

// order sorts each row by the middle of its neighbours above, then below, several times, and keeps the best.
func order(rows [][]*shape) {
	best, least := snapshot(rows), crossings(rows)
	for n := range sweeps {
		down := n%2 == 0
		for k := range rows {
			row := rows[k]
			if !down {
				row = rows[len(rows)-1-k]
			}
			want := map[*shape]float64{}
			for _, s := range row {
				want[s] = middle(s, down)
			}
			sort.SliceStable(row, func(i, j int) bool { return want[row[i]] < want[row[j]] })
			for i, s := range row {
				s.place = i
			}
		}
		if c := crossings(rows); c < least {
			best, least = snapshot(rows), c
		}
	}
	for k, row := range best {
		copy(rows[k], row)
		for i, s := range row {
			s.place = i
		}
	}
}

func snapshot(rows [][]*shape) [][]*shape {
	out := make([][]*shape, len(rows))
	for i, row := range rows {
		out[i] = slices.Clone(row)
	}
	return out
}

// middle is the mean place of a shape's neighbours above or below; its own place when it has none.
func middle(s *shape, above bool) float64 {
	sum, n := 0.0, 0.0
	if above {
		for _, l := range s.in {
			sum += float64(l.from.place) + (l.slot+l.from.w/2)/(l.from.w+1) // the slot's share of its shape
			n++
		}
	} else {
		for _, l := range s.out {
			sum += float64(l.to.place)
			n++
		}
	}
	if n == 0 {
		return float64(s.place)
	}
	return sum / n
}

// crossings counts pairs of pieces that cross between two rows.
func crossings(rows [][]*shape) int {
	n := 0
	for _, row := range rows {
		var all []*line
		for _, s := range row {
			all = append(all, s.out...)
		}
		for i, a := range all {
			for _, b := range all[i+1:] {
				x := float64(a.from.place-b.from.place) + (a.slot-b.slot)/1e6
				if y := a.to.place - b.to.place; x < 0 && y > 0 || x > 0 && y < 0 {
					n++
				}
			}
		}
	}
	return n
}

// across moves the shapes of each row as near as can be to where their lines would be straight, keeping their order.
func across(rows [][]*shape) {
	for _, row := range rows {
		x := 0.0
		for _, s := range row {
			s.x = x + s.w/2
			x += s.w + apart
		}
	}
	for n := range 2 * sweeps {
		for k := range rows {
			row := rows[k]
			if n%2 == 1 {
				row = rows[len(rows)-1-k]
			}
			settle(row, n%2 == 0)
		}
	}
}

// settle finds the places of one row with the least sum of squared distances from the wished ones: the wishes, less what
// the shapes before take up, averaged wherever they would fall (pool adjacent violators).
func settle(row []*shape, above bool) {
	type pool struct {
		sum, weight float64
		n           int
	}
	var pools []pool
	offset := 0.0
	offsets := make([]float64, len(row))
	for i, s := range row {
		if i > 0 {
			offset += row[i-1].w/2 + apart + s.w/2
		}
		offsets[i] = offset
		wish, weight := s.x, 0.1
		ls := s.out
		if above {
			ls = s.in
		}
		if len(ls) > 0 {
			wish, weight = 0, float64(len(ls))
			for _, l := range ls {
				if above {
					wish += l.from.x + l.slot/3 // wholly under its slot, a chain would drift off like a stair
				} else {
					wish += l.to.x - l.slot/3
				}
			}
			wish /= float64(len(ls))
		}
		if s.bend {
			weight *= 4 // long lines should be straight
		}
		pools = append(pools, pool{(wish - offset) * weight, weight, 1})
		for len(pools) > 1 {
			a, b := pools[len(pools)-2], pools[len(pools)-1]
			if a.sum/a.weight <= b.sum/b.weight {
				break
			}
			pools = append(pools[:len(pools)-2], pool{a.sum + b.sum, a.weight + b.weight, a.n + b.n})
		}
	}
	i := 0
	for _, p := range pools {
		for range p.n {
			row[i].x = p.sum/p.weight + offsets[i]
			i++
		}
	}
}
