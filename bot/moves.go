package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"quietline/flows"
	"quietline/store"
)

// keep moves the conversation at from to its keeping place: written there first, then taken away here. What stays here
// is a page's goodbye, or what must still be withdrawn.
func (b *Bot) keep(ctx context.Context, from, to store.Name, t *talk) error {
	if t.Mode != string(Moved) {
		return nil
	}
	r, there, err := b.read(ctx, to)
	if err != nil {
		return err
	}
	if there == nil {
		k := *t
		k.Channel, k.Address, k.Page, k.Deaf = "", "", false, false
		k.Seen, k.Out, k.Receipts, k.Withdraw, k.ClaimBy, k.ClaimTo = nil, nil, nil, false, "", 0
		k.Mode, k.Was, k.Silence, k.MovedTo, k.Wish = t.Was, "", 0, nil, nil
		k.Jobs = []job{{Do: jobPoint}}
		k.Flow.Flow, k.Flow.Step, k.Flow.Back, k.Flow.Open, k.Flow.Known = "", "", "", false, false
		k.Flow.Report = nil
		k.Log = slices.DeleteFunc(slices.Clone(t.Log), func(e entry) bool { return !e.spoken() })
		ok, err := b.swap(ctx, to, r, &k, false, false, nil)
		if err != nil {
			return err
		}
		if !ok { // somebody else wrote it just now
			return b.keep(ctx, from, to, t)
		}
		if err := b.point(ctx, &k, to); err != nil {
			return err
		}
	}
	err = b.change(ctx, from, func(w *world, t *talk) (*turn, error) {
		if t.Mode != string(Moved) {
			return nil, nil
		}
		tn := w.begin(t)
		if t.Left && t.Page {
			tn.gone = true
			return tn, nil
		}
		shell := talk{Channel: t.Channel, Address: t.Address, Page: t.Page, Seen: t.Seen, Out: t.Out, Receipts: t.Receipts,
			Withdraw: t.Withdraw, Pulls: t.Pulls, NextPull: t.NextPull, Turn: t.Turn, Last: t.Last, Jobs: t.Jobs, Lang: t.Lang, Wish: t.Wish}
		if t.Page {
			shell.Mode, shell.Flow, shell.Expires = string(Talking), t.Flow, w.now.Add(keepNow).Unix()
			shell.Handle, err = newHandle(b.cfg.Rand)
			if err != nil {
				return nil, err
			}
			shell.Log = slices.DeleteFunc(t.Log, func(e entry) bool { return e.spoken() })
			shell.Flow = placeOf(flows.State{Flow: t.Flow.Flow, Step: t.Flow.Step})
		} else {
			// The words were on the screen, and so was all the rest: it is taken back.
			shell.Mode, shell.Stays = string(Residue), w.now.Add(residueCeiling).Unix()
			shell.recall(false)
		}
		*t = shell
		tn.newKey = true
		tn.st = t.Flow.state()
		return tn, nil
	})
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// absorb takes the conversation kept at from over into the record at to, which has just given its return words.
//
// The kept record is marked first, so that it has no voice and goes to nobody else; then this one takes its content;
// then the pointers lead here; then the kept one is destroyed. Whatever step a crash cuts, the next run goes on from it.
func (b *Bot) absorb(ctx context.Context, to store.Name, j job) error {
	from := store.Name(j.Name)
	if to == from {
		return nil
	}
	_, leaving, err := b.read(ctx, from)
	if err != nil {
		return err
	}
	if leaving != nil {
		if i := slices.IndexFunc(leaving.Jobs, func(j job) bool { return j.Do == jobKeep }); i >= 0 {
			return b.absorbThere(ctx, to, from, store.Name(leaving.Jobs[i].Name), leaving)
		}
	}
	var kept *talk
	elsewhere := false
	err = b.change(ctx, from, func(w *world, t *talk) (*turn, error) {
		kept, elsewhere = nil, t.Words == nil || !t.Words.lead(j.By)
		if elsewhere || t.Mode == string(Residue) || len(t.MovedTo) > 0 && string(t.MovedTo) != string(to[:]) {
			return nil, nil // moved on, erased, or somebody else was first
		}
		tn := w.begin(t)
		tn.unsend()
		copied := *t
		kept = &copied
		if len(t.MovedTo) > 0 {
			return nil, nil
		}
		t.MovedTo = to[:]
		if t.Mode != string(Moved) {
			t.Was, t.Mode = t.Mode, string(Moved)
		}
		kept.Mode, kept.Was = t.Mode, t.Was
		return tn, nil
	})
	if elsewhere || errors.Is(err, ErrGone) {
		place, moved, err := b.movedOn(ctx, j, from)
		if err != nil || !moved {
			return err
		}
		return b.lookThere(ctx, to, from, place)
	}
	if err != nil || kept == nil {
		return err
	}
	err = b.change(ctx, to, func(w *world, t *talk) (*turn, error) {
		if !t.owes(jobAbsorb) || t.Handle == kept.Handle {
			return nil, nil
		}
		tn := w.begin(t)
		tn.unready() // what was asked for the conversation that goes; that of the one that comes stands
		t.Flow.Ready = ""
		t.take(kept)
		t.Jobs = append(t.Jobs, job{Do: jobPoint}, job{Do: jobFinish, Name: from[:]})
		return tn, nil
	})
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// absorbThere lets the conversation at from reach its keeping place, and the one at to look for it there.
func (b *Bot) absorbThere(ctx context.Context, to, from, place store.Name, leaving *talk) error {
	if err := b.keep(ctx, from, place, leaving); err != nil {
		return err
	}
	return b.lookThere(ctx, to, from, place)
}

// movedOn says where the words of a job lead now, if not where they led when it was made: a conversation may reach its
// keeping place between the two.
func (b *Bot) movedOn(ctx context.Context, j job, at store.Name) (to store.Name, moved bool, err error) {
	if len(j.By) != len(to) {
		return to, false, nil
	}
	r, err := b.cfg.Store.Get(ctx, store.Name(j.By))
	if errors.Is(err, store.ErrNotExist) {
		return to, false, nil
	}
	if err != nil {
		return to, false, fmt.Errorf("reading a pointer of return words: %w", err)
	}
	p, ok, err := openPointer(r, store.Name(j.By))
	if err != nil || !ok {
		return to, false, err
	}
	to = store.Name(p.To)
	return to, to != at, nil
}

// lead says whether these words are the ones that led somewhere; nothing is known of a job made by an older program.
func (w *wordKeys) lead(by []byte) bool {
	return len(by) == 0 || string(w.Return) == string(by) || string(w.Duress) == string(by)
}

// lookThere lets the record at to look for the conversation at place and not at from.
func (b *Bot) lookThere(ctx context.Context, to, from, place store.Name) error {
	err := b.change(ctx, to, func(w *world, t *talk) (*turn, error) {
		for i := range t.Jobs {
			if j := &t.Jobs[i]; j.Do == jobAbsorb && string(j.Name) == string(from[:]) {
				j.Name = place[:]
			}
		}
		return w.begin(t), nil
	})
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// finish ends the record at name, whose conversation the one at heir has taken over: nothing stays there but what a text
// channel has to withdraw. A conversation that began there since is left alone.
func (b *Bot) finish(ctx context.Context, name, heir store.Name) error {
	err := b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
		if t.Mode != string(Moved) || string(t.MovedTo) != string(heir[:]) {
			return nil, nil
		}
		tn := w.begin(t)
		t.Words, t.Flow.Ready = nil, "" // the heir has them
		tn.spares = true
		tn.erase()
		tn.counts = nil
		return tn, nil
	})
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// take moves a kept conversation into this record. Transport, language and the sitting stay this one's own.
func (t *talk) take(k *talk) {
	var text []entry
	for _, e := range k.Log {
		if e.spoken() {
			text = append(text, e)
		}
	}
	for i := range t.Log {
		t.Log[i].Seq += k.Seq
	}
	for i := range t.Out {
		if t.Out[i].Seq > 0 {
			t.Out[i].Seq += k.Seq
		}
	}
	t.Log = append(text, t.Log...)
	for len(t.Log) > maxLog {
		i := t.oldest()
		t.Log = slices.Delete(t.Log, i, i+1)
	}
	t.Seq += k.Seq
	t.Sign = max(t.Sign, k.Sign)
	t.Handle, t.Duress, t.Left, t.Expires = k.Handle, t.Duress || k.Duress, false, 0
	w := *k.Words
	t.Words = &w
	t.takeMarks(k)
	if waitsOrHeld(t.Mode) && !waitsOrHeld(k.Was) {
		return // who waits already keeps the place
	}
	t.Hand, t.Mode = k.Hand, k.Was
	if t.Mode == "" || t.Mode == string(Moved) || t.Mode == string(Residue) {
		t.Mode = string(Talking)
	}
	t.Flow.Who, t.Flow.Danger, t.Flow.Needs, t.Flow.Share, t.Flow.Keep = k.Flow.Who, k.Flow.Danger, k.Flow.Needs, k.Flow.Share, k.Flow.Keep
	t.Flow.Age, t.Flow.Happen, t.Flow.Flags, t.Flow.About = k.Flow.Age, k.Flow.Happen, k.Flow.Flags, k.Flow.About
	t.Flow.Ready = k.Flow.Ready // it is still asked for, where it was
	t.Flow.Missed = t.Flow.Missed || k.Flow.Missed
}

func waitsOrHeld(mode string) bool {
	m := Mode(mode)
	return m == Waiting || m == Claimed || m == Active
}
