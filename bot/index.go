package bot

import (
	"container/heap"
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"quietline/store"
)

// state is what a Bot holds in memory: found again from Watch at every start, never the only place of anything.
type state struct {
	tries  tries
	floods floods
	trials trials
	kick   chan struct{} // something may be due: Run looks again
	whole  chan struct{} // closed when all there was at the start has been read
	once   sync.Once

	mu       sync.Mutex
	secret   store.Key
	cells    map[store.Name]*cell
	byHandle map[string]store.Name
	waiting  int
	talks    map[string]int // by staff id: conversations they hold whose person is there
	pages    int
	dues     dueHeap
	clock    int64 // when deadlines were last looked at, to notice a clock that is turned back
	present  map[store.Name]presence
	ends     uint64 // how many records ended
	readers  map[store.Name][]chan struct{}
	queueRev chan struct{}           // closed and replaced when the queue changes
	busy     map[store.Name]bool     // tended to now; true: and due again meanwhile
	early    map[store.Name][]Report // of messages whose send has not ended, while busy

	asks      map[store.Name]*askedCell   // what was asked for beforehand, by the record's Name
	asksUnder map[store.Name][]store.Name // the same by address and by conversation: askedAt, askedBy

	jobs [64]sync.Mutex // by the Name whose jobs are done
}

// cell is what is known of one conversation without opening it.
type cell struct {
	rev    store.Rev
	due    int64 // exact, Unix seconds; 0: never
	last   int64
	handle string
	page   bool
	item   *Item // only while it waits or is held
}

type presence struct {
	readers int
	seen    time.Time
}

// pageSeen is how long a page counts as present after it was last heard from: without script it asks every 10 s.
const pageSeen = 30 * time.Second

func (b *Bot) init() {
	b.floods.rand = b.cfg.Rand
	b.kick = make(chan struct{}, 1)
	b.whole = make(chan struct{})
	b.cells = map[store.Name]*cell{}
	b.byHandle = map[string]store.Name{}
	b.talks = map[string]int{}
	b.present = map[store.Name]presence{}
	b.readers = map[store.Name][]chan struct{}{}
	b.queueRev = make(chan struct{})
	b.busy = map[store.Name]bool{}
	b.early = map[store.Name][]Report{}
	b.asks = map[store.Name]*askedCell{}
	b.asksUnder = map[store.Name][]store.Name{}
}

// note takes a committed record into the index and wakes whoever waits for it. t nil: it is gone, with every version up
// to rev; a newer one began since.
func (b *Bot) note(name store.Name, rev store.Rev, t *talk) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.noteLocked(name, rev, t)
}

func (b *Bot) noteLocked(name store.Name, rev store.Rev, t *talk) {
	old := b.cells[name]
	if t == nil {
		b.ends++
	}
	if old != nil && (old.rev > rev || t != nil && old.rev == rev) {
		return // a newer version is known already
	}
	b.noteAsked(name, t)
	queue := old != nil && old.item != nil
	if old != nil {
		b.count(old, -1)
		if (t == nil || t.Handle != old.handle) && b.byHandle[old.handle] == name {
			delete(b.byHandle, old.handle)
		}
	}
	if t == nil {
		if old == nil {
			return
		}
		delete(b.cells, name)
		if b.present[name].readers == 0 {
			delete(b.present, name)
		}
	} else {
		c := &cell{rev: rev, due: t.deadline(), last: t.Last, handle: t.Handle, page: t.Page && t.Mode != string(Residue), item: t.item()}
		if c.item != nil {
			queue = true
		}
		b.cells[name] = c
		b.count(c, +1)
		if t.Handle != "" {
			// A conversation on its way to another record is found there as soon as it has arrived.
			if _, known := b.byHandle[t.Handle]; !known || t.Mode != string(Moved) {
				b.byHandle[t.Handle] = name
			}
		}
		if c.due != 0 {
			heap.Push(&b.dues, due{c.due, name, rev})
			b.thin()
		}
	}
	if queue {
		close(b.queueRev)
		b.queueRev = make(chan struct{})
	}
	for _, ch := range b.readers[name] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
	b.wake()
}

func (b *Bot) count(c *cell, n int) {
	if c.page {
		b.pages += n
	}
	if c.item != nil && c.item.Mode == Waiting && !c.item.Quiet && !c.item.only {
		b.waiting += n
	}
	if c.item != nil && c.item.there {
		if b.talks[c.item.Adviser] += n; b.talks[c.item.Adviser] == 0 {
			delete(b.talks, c.item.Adviser)
		}
	}
}

// item is the conversation as the desk's queue lists it, nil when it is no adviser's.
func (t *talk) item() *Item {
	m := Mode(t.Mode)
	if m == Moved {
		m = Mode(t.Was)
	}
	h, c := t.Hand, t.Complaint
	if h == nil || m != Waiting && m != Claimed && m != Active {
		if !t.complaintWaits() {
			return nil
		}
		return &Item{Handle: t.Handle, Mode: Waiting, Channel: t.Channel, Lang: c.Lang, Country: c.Country, Left: t.Left, Deaf: t.Deaf,
			Since: at(c.At), Until: at(c.Until), Complaint: true, about: slices.Clone(c.Of), only: true}
	}
	it := &Item{Handle: t.Handle, Mode: m, Channel: t.Channel, Lang: h.Lang, Country: h.Country, Urgent: h.Urgent, Lost: h.Lost,
		Left: t.Left, Duress: t.Duress, Alert: h.Alerted, Since: at(h.Since), Until: at(h.Until), Unread: h.Unread, Deaf: t.Deaf,
		Child: h.Child, Harm: h.Harm, Flags: inQueue(h.Flags), Complaint: c != nil, only: h.About, Seen: t.seen(), Alone: h.Alone, Covered: t.Covered, Given: h.Given, Wants: h.Wants}
	if m == Waiting {
		it.Before = h.Adviser
	}
	if c != nil {
		it.about = slices.Clone(c.Of)
	}
	if m != Waiting {
		it.Adviser = h.Adviser
		it.there = t.Flow.Open && !t.Left
	}
	if a := t.Beforehand; a != nil {
		it.Quiet, it.Who, it.Needs = true, a.Who, slices.Clone(a.Needs)
	}
	if t.Flow.Share == "all" {
		it.Who, it.Needs, it.Happening = t.Flow.Who, slices.Clone(t.Flow.Needs), slices.Clone(t.Flow.Happen)
	}
	return it
}

func (b *Bot) load() Load {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Load{Waiting: b.waiting, Sittings: b.pages}
}

func (b *Bot) queue() []Item {
	out := b.items()
	b.order(out, false, false)
	return out
}

// rank is the order in which to take people: alert or duress, a lost adviser, danger, a child, who may hurt themselves, who
// is hurt, then those who wait, then the rest. A complaint is the first thing a lead does when nobody waits for a person.
func rank(it Item) int {
	switch {
	case it.Alert || it.Duress:
		return 0
	case it.Mode == Waiting && it.Lost:
		return 1
	case it.Mode == Waiting && it.Urgent:
		return 2
	case it.Mode == Waiting && it.Quiet: // nobody is at the other end at present
		return 8
	case it.Mode == Waiting && it.only:
		return 7
	case it.Mode == Waiting && it.Child:
		return 3
	case it.Mode == Waiting && slices.Contains(it.Flags, "selfharm"):
		return 4
	case it.Mode == Waiting && len(it.Flags) > 0:
		return 5
	case it.Mode == Waiting:
		return 6
	}
	return 9
}

func (b *Bot) queueChanges(ctx context.Context) iter.Seq[struct{}] {
	return func(yield func(struct{}) bool) {
		for {
			b.mu.Lock()
			next := b.queueRev
			b.mu.Unlock()
			if !yield(struct{}{}) {
				return
			}
			select {
			case <-next:
			case <-ctx.Done():
				return
			}
		}
	}
}

// follow yields the Rev of the record that find names, now and after every change, until it is gone (0) or ctx ends.
func (b *Bot) follow(ctx context.Context, page bool, find func() (store.Name, bool)) iter.Seq[store.Rev] {
	return func(yield func(store.Rev) bool) {
		ch := make(chan struct{}, 1)
		var on store.Name
		leave := func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			rs := slices.DeleteFunc(b.readers[on], func(c chan struct{}) bool { return c == ch })
			if len(rs) == 0 {
				delete(b.readers, on)
			} else {
				b.readers[on] = rs
			}
			if page {
				b.see(on, -1)
			}
		}
		for {
			b.mu.Lock()
			name, ok := find()
			if ok {
				on = name
				b.readers[name] = append(b.readers[name], ch)
				if page {
					b.see(name, +1)
				}
			}
			rev := store.Rev(0)
			if c := b.cells[name]; ok && c != nil {
				rev = c.rev
			}
			b.mu.Unlock()
			if !ok {
				yield(0)
				return
			}
			if !yield(rev) || rev == 0 {
				leave()
				return
			}
			select {
			case <-ch:
				leave()
			case <-ctx.Done():
				leave()
				return
			}
		}
	}
}

// known is the version of a record that the index has, 0 for none.
func (b *Bot) known(name store.Name) store.Rev {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.cells[name]; c != nil {
		return c.rev
	}
	return 0
}

func (b *Bot) endsSoFar() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ends
}

// meet says that a page asked for its conversation. After a start that may be before the list of all reaches it; what was
// read before some record ended is not believed.
func (b *Bot) meet(name store.Name, rev store.Rev, t *talk, ends uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cells[name] == nil && b.ends == ends {
		b.noteLocked(name, rev, t)
	}
	b.see(name, 0)
}

// see counts the readers of a page. The caller holds mu.
func (b *Bot) see(name store.Name, n int) {
	p := b.present[name]
	p.readers += n
	p.seen = b.cfg.Now()
	if p.readers == 0 && b.cells[name] == nil {
		delete(b.present, name)
		return
	}
	b.present[name] = p
}

func (b *Bot) isPresent(name store.Name) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.present[name]
	return p.readers > 0 || b.cfg.Now().Sub(p.seen) < pageSeen
}

func (b *Bot) changes(ctx context.Context, channel string, a Address) iter.Seq[store.Rev] {
	return b.follow(ctx, true, func() (store.Name, bool) {
		name := store.NewName(b.secret, channel, a.Reveal())
		_, ok := b.cells[name]
		return name, ok
	})
}

func (b *Bot) handleChanges(ctx context.Context, handle string) iter.Seq[store.Rev] {
	b.byName(ctx, handle)
	return b.follow(ctx, false, func() (store.Name, bool) {
		name, ok := b.byHandle[handle]
		return name, ok
	})
}

// idlest is the web conversation that was quiet for longest: it falls when there are too many.
func (b *Bot) idlest() (store.Name, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	limit := b.cfg.MaxSittings
	if limit == 0 {
		limit = maxSittings
	}
	if b.pages < limit {
		return store.Name{}, false
	}
	var name store.Name
	oldest := int64(-1)
	for n, c := range b.cells {
		if c.page && (c.item == nil || c.item.only && c.item.Mode == Waiting) && (oldest < 0 || c.last < oldest) {
			name, oldest = n, c.last
		}
	}
	return name, oldest >= 0
}

// secretNow is the key that all Names are made with.
func (b *Bot) secretNow() store.Key {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.secret
}

// forget drops from the index what a new Watch did not list.
func (b *Bot) forget(listed map[store.Name]bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, c := range b.cells {
		if !listed[name] {
			b.noteLocked(name, c.rev, nil)
		}
	}
}
