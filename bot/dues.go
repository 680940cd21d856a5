package bot

import (
	"container/heap"
	"slices"

	"quietline/store"
)

// A due is a deadline of one version of a record; a newer version has its own.
type due struct {
	at   int64
	name store.Name
	rev  store.Rev
}

type dueHeap []due

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)        { *h = append(*h, x.(due)) }
func (h *dueHeap) Pop() any {
	old := *h
	d := old[len(old)-1]
	*h = old[:len(old)-1]
	return d
}

// thin drops deadlines of versions that are gone when they are most of the heap. The caller holds mu.
func (b *Bot) thin() {
	if len(b.dues) < 1024 || len(b.dues) < 4*len(b.cells) {
		return
	}
	b.dues = slices.DeleteFunc(b.dues, func(d due) bool {
		c := b.cells[d.name]
		return c == nil || c.rev != d.rev || c.due != d.at
	})
	heap.Init(&b.dues)
}

// takeDue returns the names whose deadline has come, and when the next one comes (0: none). They count as busy until rest
// is called: nobody else tends to them.
func (b *Bot) takeDue(now int64) (names []store.Name, next int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now < b.clock-clockSlack { // every record is looked at again: see turnBack
		b.dues = b.dues[:0]
		for name, c := range b.cells {
			if c.due != 0 {
				c.due = now
				b.dues = append(b.dues, due{now, name, c.rev})
			}
		}
	}
	b.clock = now
	for len(b.dues) > 0 && b.dues[0].at <= now {
		d := heap.Pop(&b.dues).(due)
		if c := b.cells[d.name]; c == nil || c.rev != d.rev || c.due != d.at {
			continue
		}
		if _, busy := b.busy[d.name]; busy {
			b.busy[d.name] = true
			continue
		}
		b.busy[d.name] = false
		names = append(names, d.name)
	}
	if len(b.dues) > 0 {
		next = b.dues[0].at
	}
	return names, next
}

// rest says that nobody tends to a name any more; what fell due meanwhile is due again.
func (b *Bot) rest(name store.Name) {
	b.mu.Lock()
	defer b.mu.Unlock()
	again := b.busy[name]
	delete(b.busy, name)
	delete(b.early, name)
	if c := b.cells[name]; again && c != nil && c.due != 0 {
		heap.Push(&b.dues, due{c.due, name, c.rev})
		b.wake()
	}
}

// wake lets Run look again.
func (b *Bot) wake() {
	select {
	case b.kick <- struct{}{}:
	default:
	}
}

// later puts a version of a record back for another look; a newer one has its own time.
func (b *Bot) later(name store.Name, rev store.Rev, when int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.cells[name]; c != nil && c.rev == rev && c.due != when {
		c.due = when
		heap.Push(&b.dues, due{when, name, c.rev})
	}
}
