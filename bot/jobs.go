package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"quietline/store"
)

// doJobs does, in order, what the record at name owes to other records. Each job may be run again: it looks before it
// writes, and is crossed off by a swap of its own.
func (b *Bot) doJobs(ctx context.Context, name store.Name) error {
	one := &b.jobs[int(name[0])%len(b.jobs)] // one at a time for one record; no job waits for another record's
	one.Lock()
	defer one.Unlock()
	for range maxSwaps {
		_, t, err := b.read(ctx, name)
		if err != nil || t == nil || len(t.Jobs) == 0 {
			return err
		}
		j := t.Jobs[0]
		switch j.Do {
		case jobPoint:
			err = b.point(ctx, t, name)
		case jobDrop:
			err = b.destroy(ctx, store.Name(j.Name))
		case jobFinish:
			err = b.finish(ctx, store.Name(j.Name), name)
		case jobSignal:
			err = b.signal(ctx, j)
		case jobKeep:
			err = b.keep(ctx, name, store.Name(j.Name), t)
		case jobAbsorb:
			err = b.absorb(ctx, name, j)
		case jobAudit:
			err = b.writeAudit(ctx, j)
		case jobAsk:
			err = b.ask(ctx, t, store.Name(j.Name))
		default:
			err = b.askedJob(ctx, t, j)
		}
		if err != nil {
			return err
		}
		err = b.crossOff(ctx, name, j)
		if err != nil && !errors.Is(err, ErrGone) {
			return err
		}
	}
	return errors.New("doing what a conversation owes: it changes too fast")
}

// crossOff takes a done job off the record. A page's residue with nothing left to do goes.
func (b *Bot) crossOff(ctx context.Context, name store.Name, j job) error {
	return b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
		i := slices.IndexFunc(t.Jobs, func(o job) bool { return o.Do == j.Do && string(o.Name) == string(j.Name) && o.Note == j.Note })
		if i < 0 {
			return nil, nil
		}
		t.Jobs = slices.Delete(t.Jobs, i, i+1)
		if t.Mode == string(Residue) && !t.owes(jobHeard, jobForced) {
			t.Last = 0
		}
		if !t.owes(jobAsk) {
			t.Wish = nil
		}
		tn := w.begin(t)
		tn.gone = t.spent()
		return tn, nil
	})
}

// spent says whether a residue has nothing left to do and nothing to wait for.
func (t *talk) spent() bool {
	return t.Mode == string(Residue) && len(t.Jobs) == 0 && (t.Page || t.Channel == "")
}

// point makes both pointers lead to the record at name.
func (b *Bot) point(ctx context.Context, t *talk, name store.Name) error {
	if t.Words == nil {
		return nil
	}
	for _, p := range []struct {
		at     []byte
		duress bool
	}{{t.Words.Return, false}, {t.Words.Duress, true}} {
		if err := b.putPointer(ctx, store.Name(p.at), pointer{To: name[:], Duress: p.duress}); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bot) putPointer(ctx context.Context, at store.Name, p pointer) error {
	for range maxSwaps {
		r, err := b.cfg.Store.Get(ctx, at)
		if err != nil && !errors.Is(err, store.ErrNotExist) {
			return fmt.Errorf("reading a pointer: %w", err)
		}
		key := r.Key
		if r.Rev == 0 {
			if key, err = store.NewKey(b.cfg.Rand); err != nil {
				return err
			}
		} else if old, ok, err := openPointer(r, at); err == nil && ok && string(old.To) == string(p.To) {
			return nil
		}
		plain, err := encMode.Marshal(p)
		if err != nil {
			return fmt.Errorf("encoding a pointer: %w", err)
		}
		body, err := store.Seal(key, at, r.Due, formatWords, plain)
		if err != nil {
			return fmt.Errorf("sealing a pointer: %w", err)
		}
		_, err = b.cfg.Store.Swap(ctx, at, r.Rev, store.Record{Due: r.Due, Key: key, Sealed: body})
		if errors.Is(err, store.ErrConflict) {
			continue
		}
		if err != nil {
			return fmt.Errorf("writing a pointer: %w", err)
		}
		return nil
	}
	return errors.New("writing a pointer: it changes too fast")
}

// destroy erases whatever lies at name.
func (b *Bot) destroy(ctx context.Context, name store.Name) error {
	for range maxSwaps {
		r, err := b.cfg.Store.Get(ctx, name)
		if errors.Is(err, store.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a record to destroy: %w", err)
		}
		_, err = b.cfg.Store.Swap(ctx, name, r.Rev, store.Record{})
		if errors.Is(err, store.ErrConflict) {
			continue
		}
		if err != nil {
			return fmt.Errorf("destroying a record: %w", err)
		}
		b.note(name, r.Rev, nil)
		return nil
	}
	return errors.New("destroying a record: it changes too fast")
}

// signal tells the conversation at name that its duress word was used elsewhere. One that is moving is told where it goes,
// for what is written here now would stay behind.
func (b *Bot) signal(ctx context.Context, j job) error {
	name := store.Name(j.Name)
	for range maxSwaps {
		var leaving *talk
		elsewhere := false
		err := b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
			leaving, elsewhere = nil, t.Mode != string(Moved) && (t.Words == nil || !t.Words.lead(j.By))
			if elsewhere {
				return nil, nil
			}
			if t.Mode == string(Moved) {
				leaving = t
				return nil, nil
			}
			if t.Duress {
				return nil, nil
			}
			t.Duress = true
			return w.begin(t), nil
		})
		if elsewhere || errors.Is(err, ErrGone) {
			to, moved, err := b.movedOn(ctx, j, name)
			if err != nil || !moved {
				return err
			}
			name = to
			continue
		}
		if err != nil || leaving == nil {
			return err
		}
		from := name
		if i := slices.IndexFunc(leaving.Jobs, func(j job) bool { return j.Do == jobKeep }); i >= 0 {
			name = store.Name(leaving.Jobs[i].Name)
			if err := b.keep(ctx, from, name, leaving); err != nil {
				return err
			}
		} else if len(leaving.MovedTo) == len(name) {
			name = store.Name(leaving.MovedTo)
		} else {
			return nil
		}
	}
	return errors.New("telling of a duress word: the conversation moves too fast")
}
