package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"quietline/store"
)

// errEarly says that not all records have been read since the start: what was asked for may not be known yet.
var errEarly = errors.New("not every record has been read yet")

// An askedCell is what the index knows of a record of what was asked for.
type askedCell struct {
	at, by store.Name
	of     store.Name // the conversation at the same address
	asked  asked
}

// loose says whether the conversation that by stands for, at an address, may end it: its own, or at this address one that
// no return words guard.
func (c *askedCell) loose(at, by store.Name) bool {
	return c.by == by || c.at == at && !c.asked.Guarded
}

// asksAt are the records under these keys of the index. Right after a start it waits until all records have been read.
func (b *Bot) asksAt(ctx context.Context, keys ...store.Name) (map[store.Name]askedCell, error) {
	select {
	case <-b.whole:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(listWait):
		return nil, errEarly
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[store.Name]askedCell{}
	for _, key := range keys {
		for _, name := range b.asksUnder[key] {
			out[name] = *b.asks[name]
		}
	}
	return out, nil
}

// noteAsked takes a record into the index of what was asked for, or out of it. The caller holds mu.
func (b *Bot) noteAsked(name store.Name, t *talk) {
	if old := b.asks[name]; old != nil {
		for _, key := range []store.Name{old.at, old.by} {
			rest := slices.DeleteFunc(b.asksUnder[key], func(n store.Name) bool { return n == name })
			if len(rest) == 0 {
				delete(b.asksUnder, key)
			} else {
				b.asksUnder[key] = rest
			}
		}
		delete(b.asks, name)
	}
	if t == nil || t.Beforehand == nil || len(t.Beforehand.Owner) != len(name) {
		return
	}
	c := &askedCell{at: askedAt(b.secret, t.Channel, t.Address), by: store.Name(t.Beforehand.Owner),
		of: store.NewName(b.secret, t.Channel, t.Address), asked: *t.Beforehand}
	b.asks[name] = c
	for _, key := range []store.Name{c.at, c.by} {
		b.asksUnder[key] = append(b.asksUnder[key], name)
	}
}

// starting says whether not all records have been read since the start.
func (b *Bot) starting() bool {
	select {
	case <-b.whole:
		return false
	default:
		return true
	}
}

// waitsForAll says whether the job needs to know all that was asked for.
func (j *job) waitsForAll() bool {
	switch j.Do {
	case jobHeard, jobForced, jobKnown, jobStop, jobForget, jobGuard, jobReady, jobUnready:
		return true
	}
	return false
}

// asksOf is what a turn needs to know: whether anything was asked for at this address, or by the conversation, and which
// check-in is its own. Another at this address is nobody's to see: whoever holds the phone now need not have set it (S12).
func (b *Bot) asksOf(secret store.Key, channel, address, handle string) (here, owns bool, sign *asked) {
	at, by := askedAt(secret, channel, address), askedBy(secret, handle)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range b.asksUnder[by] {
		if c := b.asks[name]; c.asked.Next > 0 {
			one := c.asked
			sign = &one
		}
	}
	return len(b.asksUnder[at]) > 0, len(b.asksUnder[by]) > 0, sign
}

// catchUp tells a record that the person wrote while it had not been read yet, right after the start.
func (b *Bot) catchUp(ctx context.Context, name store.Name) error {
	_, t, err := b.read(ctx, name)
	if err != nil || t == nil || t.Beforehand == nil {
		return err
	}
	_, of, err := b.read(ctx, store.NewName(b.secretNow(), t.Channel, t.Address))
	if err != nil || of == nil || of.Last <= t.Last {
		return err
	}
	but, forced := "", of.Flow.Shut
	if i := slices.IndexFunc(of.Jobs, func(j job) bool { return j.Do == jobHeard || j.Do == jobForced }); i >= 0 {
		but, forced = string(of.Jobs[i].Name), of.Jobs[i].Do == jobForced // as it was when they wrote
	} else if of.Fresh {
		by := askedBy(b.secretNow(), of.Handle)
		but = string(by[:])
	}
	err = b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
		if t.Beforehand == nil {
			return nil, nil
		}
		tn := w.begin(t)
		tn.wrote(of.Last, but, forced)
		tn.settle()
		return tn, nil
	})
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// catchUpAll does so with all of which the index says that.
func (b *Bot) catchUpAll(ctx context.Context) error {
	var names []store.Name
	b.mu.Lock()
	for name, c := range b.asks {
		if of, own := b.cells[c.of], b.cells[name]; of != nil && own != nil && of.last > own.last {
			names = append(names, name)
		}
	}
	b.mu.Unlock()
	for _, name := range names {
		if err := b.catchUp(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// ask writes the wish of the conversation into its record at to. Another check-in that the person could end gives way.
func (b *Bot) ask(ctx context.Context, t *talk, to store.Name) error {
	w := t.Wish
	if w == nil {
		return nil
	}
	for range maxSwaps {
		r, there, err := b.read(ctx, to)
		if err != nil {
			return err
		}
		if there != nil && there.Beforehand != nil && there.Beforehand.Set == w.Set {
			break // written before a crash: what was sent of it since is not set back
		}
		if there == nil || there.Beforehand == nil {
			handle, err := newHandle(b.cfg.Rand)
			if err != nil {
				return err
			}
			fresh := &talk{Channel: t.Channel, Address: t.Address, Handle: handle, Beforehand: &asked{}}
			if there != nil { // a residue of an earlier one: what it has to withdraw goes on
				fresh.Receipts, fresh.Withdraw, fresh.Turn = there.Receipts, there.Withdraw, there.Turn
			}
			there = fresh
		}
		there.Beforehand.merge(w)
		there.Last = t.Last
		if w.Every != "" {
			there.Mode, there.Hand = string(Asked), nil
		}
		if there.Mode == "" {
			there.Mode = string(Asked)
		}
		tn := b.world("").begin(there)
		tn.settle()
		ok, err := b.swap(ctx, to, r, there, false, tn.gone, nil)
		if err != nil {
			return err
		}
		if ok {
			break
		}
	}
	if w.Every == "" {
		return nil
	}
	at, by := askedAt(b.secretNow(), t.Channel, t.Address), store.Name(w.Owner)
	return b.changeAsked(ctx, []store.Name{at, by}, func(name store.Name, c askedCell) bool { return name != to && c.loose(at, by) },
		func(tn *turn) { tn.unask() })
}

// changeAsked runs f on the records under these keys that match, and lets go those of which nothing is left.
func (b *Bot) changeAsked(ctx context.Context, keys []store.Name, match func(store.Name, askedCell) bool, f func(*turn)) error {
	found, err := b.asksAt(ctx, keys...)
	if err != nil {
		return err
	}
	for name, c := range found {
		if !match(name, c) {
			continue
		}
		err := b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
			if t.Beforehand == nil {
				return nil, nil
			}
			tn := w.begin(t)
			f(tn)
			tn.settle()
			return tn, nil
		})
		if err != nil && !errors.Is(err, ErrGone) {
			return err
		}
	}
	return nil
}

// askedJob does one job about what was asked for: j.Name is the conversation whose doing it is.
func (b *Bot) askedJob(ctx context.Context, t *talk, j job) error {
	at, by := askedAt(b.secretNow(), t.Channel, t.Address), store.Name{}
	if len(j.Name) == len(by) {
		by = store.Name(j.Name)
	}
	all := func(store.Name, askedCell) bool { return true }
	loose := func(_ store.Name, c askedCell) bool { return c.loose(at, by) }
	switch here, own := []store.Name{at}, []store.Name{by}; j.Do {
	case jobHeard, jobForced:
		return b.changeAsked(ctx, here, all, func(tn *turn) { tn.wrote(t.Last, string(j.Name), j.Do == jobForced) })
	case jobKnown:
		return b.changeAsked(ctx, own, all, func(tn *turn) {
			deaf := tn.t.Deaf // nothing came from there
			tn.wrote(t.Last, "", false)
			tn.t.Deaf = deaf
		})
	case jobStop:
		return b.changeAsked(ctx, []store.Name{at, by}, loose, func(tn *turn) { tn.unask() })
	case jobForget:
		return b.changeAsked(ctx, []store.Name{at, by}, all, func(tn *turn) {
			tn.unask()
			tn.t.Beforehand.hush()
		})
	case jobGuard:
		return b.changeAsked(ctx, own, all, func(tn *turn) { tn.t.Beforehand.Guarded = true })
	case jobUnready:
		return b.changeAsked(ctx, own, all, func(tn *turn) { tn.t.Beforehand.hush() })
	case jobReady:
		until := b.cfg.Now().Add(waitCeiling).Unix()
		if t.Hand != nil {
			until = t.Hand.Until
		}
		return b.changeAsked(ctx, own, all, func(tn *turn) { tn.ready(until) })
	}
	return nil
}

// unask ends the check-ins, one on its way to the person and a told adviser included.
func (tn *turn) unask() {
	t := tn.t
	t.Beforehand.unseries()
	t.Mode, t.Hand, t.Out = string(Asked), nil, nil
	t.Tries, t.NextTry = 0, 0
}

// wrote notes a message of the person, once. That of the owner, but, in the sitting of the wish, leaves nothing out.
func (tn *turn) wrote(when int64, but string, forced bool) {
	t, a := tn.t, tn.t.Beforehand
	t.turnBack(tn.now.Unix())
	if when < t.Last {
		return
	}
	again := when == t.Last
	t.Last, t.Deaf = when, false
	// One that waits to be sent is the next one; else the one whose hours come.
	waiting := slices.ContainsFunc(t.Out, func(o outmsg) bool { return o.sign() })
	if a.Next > 0 && string(a.Owner) != but && !again && !waiting {
		a.Skip = true
	}
	t.Out, t.Tries, t.NextTry = nil, 0, 0
	if forced {
		return
	}
	a.Open, a.Came, a.Mark = 0, false, ""
	a.ReadyDue, a.ReadyUntil, a.ReadySent = 0, 0, false
	switch {
	case t.Mode == string(Waiting):
		t.Mode, t.Hand = string(Asked), nil
	case t.Hand != nil:
		a.Wrote = true
	}
}

// ready lets the plain line be sent, once for an answer that waits.
func (tn *turn) ready(until int64) {
	a := tn.t.Beforehand
	if a.Ready == "" {
		return
	}
	if a.ReadyUntil <= tn.now.Unix() { // whatever was sent was for an answer that is gone
		a.ReadySent = false
	}
	a.ReadyUntil = max(until, a.ReadyUntil)
	if a.ReadySent || a.ReadyDue > 0 {
		return
	}
	a.ReadyDue = tn.now.Unix()
}
