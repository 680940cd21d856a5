package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"quietline/store"
)

// Workers is how many conversations are tended to at once, those that wait for a provider included; within one,
// everything goes in order. A channel keeps as many connections.
const Workers = 256

// wakeEvery is the longest pause of the clock loop, so that a changed clock is noticed.
const wakeEvery = time.Second

func (b *Bot) run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { b.follows(ctx) })
	room := make(chan struct{}, Workers)
	timer := time.NewTimer(wakeEvery)
	defer timer.Stop()
	for {
		_, next := b.tend(ctx, &wg, room) // without waiting: one slow provider delays nobody else
		pause := wakeEvery
		if !next.IsZero() {
			pause = min(wakeEvery, max(time.Millisecond, next.Sub(b.cfg.Now())))
		}
		timer.Reset(pause)
		select {
		case <-ctx.Done():
			return nil
		case <-b.kick:
		case <-timer.C:
		}
	}
}

// Tend does everything that is due now, and returns when it is done, with the time of the next deadline (zero: none).
// Run does the same, without waiting.
func (b *Bot) Tend(ctx context.Context) time.Time {
	room := make(chan struct{}, Workers)
	for ctx.Err() == nil {
		var wg sync.WaitGroup
		n, next := b.tend(ctx, &wg, room)
		wg.Wait()
		if n == 0 {
			return next
		}
	}
	return time.Time{}
}

// tend begins all that is due now, and says how much it was and when the next is due.
func (b *Bot) tend(ctx context.Context, wg *sync.WaitGroup, room chan struct{}) (int, time.Time) {
	names, next := b.takeDue(b.cfg.Now().Unix())
	for _, name := range names {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			defer b.rest(name)
			b.tendOne(ctx, name)
		})
	}
	return len(names), at(next)
}

// tendOne does what is due in one conversation: what it owes others, then its outbox, then withdrawing, then the clock.
func (b *Bot) tendOne(ctx context.Context, name store.Name) {
	for ctx.Err() == nil {
		known := b.known(name)
		r, t, err := b.read(ctx, name)
		if t == nil && err == nil {
			b.note(name, known, nil)
			return
		}
		now := b.cfg.Now().Unix()
		if err == nil {
			b.note(name, r.Rev, t)
			switch d := t.deadline(); {
			case t.turnBack(now):
				err = b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
					t.turnBack(now)
					return w.begin(t), nil
				})
			case d == 0:
				return
			case d > now:
				b.later(name, r.Rev, d)
				return
			case len(t.Jobs) > 0 && !(t.Jobs[0].waitsForAll() && b.starting()):
				err = b.doJobs(ctx, name)
			case t.Beforehand != nil && b.starting(): // the person may have written just before: see catchUp
				b.later(name, r.Rev, now+1)
				return
			case len(t.Out) > 0 && t.closes(now):
				err = b.changeRead(ctx, name, r, t, func(w *world, t *talk) (*turn, error) { return w.tick(t), nil })
			case slices.ContainsFunc(t.Out, func(o outmsg) bool { return o.late(now) }):
				err = b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
					tn := w.begin(t)
					if !tn.overdue() {
						return nil, nil
					}
					return tn, nil
				})
			case len(t.Out) > 0 && t.NextTry <= now:
				err = b.sendFirst(ctx, name, r, t)
			case t.Withdraw && t.NextPull <= now:
				err = b.withdraw(ctx, name, r, t)
			default:
				acted := false
				err = b.changeRead(ctx, name, r, t, func(w *world, t *talk) (*turn, error) {
					w.present = b.isPresent(name)
					tn := w.tick(t)
					acted = tn != nil
					return tn, nil
				})
				if err == nil && !acted && len(t.Jobs) > 0 {
					b.later(name, r.Rev, now+1) // a job waits until all has been read
					return
				}
				if err == nil && !acted { // the clock stepped back, or changed by another hand: look again, without haste
					b.later(name, r.Rev, now+60)
					return
				}
			}
		}
		if err == nil || errors.Is(err, ErrGone) {
			if waits(b, name, now) {
				return
			}
			continue
		}
		if ctx.Err() == nil {
			b.cfg.Log.Error("tending to a conversation failed; trying again in 5 s", "class", class(err))
			b.later(name, max(known, r.Rev), now+5)
		}
		return
	}
}

// waits says whether the record now has its deadline in the future.
func waits(b *Bot, name store.Name, now int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.cells[name]
	return c == nil || c.due == 0 || c.due > now
}

// class is what the log says of an error: never its content.
func class(err error) string {
	switch {
	case errors.Is(err, store.ErrConflict):
		return "conflict"
	case errors.Is(err, store.ErrSealed):
		return "sealed"
	case errors.Is(err, store.ErrTooLarge):
		return "too large"
	case errors.Is(err, store.ErrClosed):
		return "store closed"
	case errors.Is(err, errShape):
		return "damaged"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "stopped"
	}
	return "store"
}

// follows keeps the index true to the store, again and again from the start whenever watching fails.
func (b *Bot) follows(ctx context.Context) {
	for ctx.Err() == nil {
		err := b.watch(ctx)
		if ctx.Err() != nil {
			return
		}
		b.cfg.Log.Warn("watching the store ended; starting again", "class", class(err))
		select {
		case <-ctx.Done():
		case <-time.After(wakeEvery):
		}
	}
}

func (b *Bot) watch(ctx context.Context) error {
	listed := map[store.Name]bool{} // nil once all is listed
	var pointers []store.Name
	for ch, err := range b.cfg.Store.Watch(ctx) {
		switch {
		case err != nil:
			return err
		case ch.Listed:
			b.forget(listed)
			if listed != nil {
				if err := b.catchUpAll(ctx); err != nil {
					return err
				}
			}
			listed = nil
			b.once.Do(func() { close(b.whole) })
			for _, name := range pointers {
				if err := b.dropDead(ctx, name); err != nil && ctx.Err() == nil {
					b.cfg.Log.Error("return words cannot be looked after", "class", class(err))
				}
			}
			pointers = nil
		case ch.Name == store.Name{}:
			// The secret. Gone with everything else: see Reset.
		default:
			if listed != nil {
				listed[ch.Name] = true
			}
			if b.look(ctx, ch) && listed != nil {
				pointers = append(pointers, ch.Name)
			}
		}
	}
	return ctx.Err()
}

// look reads a changed record into the index, unless this process wrote it itself. It reports a pointer, which is not kept
// there.
func (b *Bot) look(ctx context.Context, ch store.Change) (pointer bool) {
	known := b.known(ch.Name)
	if ch.Rev != 0 && known >= ch.Rev {
		return false
	}
	r, t, err := b.read(ctx, ch.Name)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			b.cfg.Log.Error("a conversation cannot be read", "class", class(err))
		}
	case t != nil:
		b.note(ch.Name, r.Rev, t)
	case r.Rev == 0:
		b.note(ch.Name, known, nil)
	default:
		return true
	}
	return false
}

// Reset begins anew after every conversation was destroyed at once (the keyring was overwritten): the secret is made
// again, open pages and desk views find nothing.
func (b *Bot) Reset(ctx context.Context) error {
	secret, err := store.Secret(ctx, b.cfg.Store, b.cfg.Rand)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.secret = secret
	for name, c := range b.cells {
		b.noteLocked(name, c.rev, nil)
	}
	return nil
}
