package bot

import (
	"context"
	"errors"
	"slices"

	"quietline/store"
)

func (b *Bot) report(ctx context.Context, r Report) error {
	name := store.NewName(b.secretNow(), r.Channel, r.Address.Reveal())
	b.trials.reported(name, &r, b.cfg.Now())
	b.keepReport(name, &r)
	known, err := b.reported(ctx, name, &r)
	if err != nil || known || b.starting() {
		return err
	}
	asked, err := b.asksAt(ctx, askedAt(b.secretNow(), r.Channel, r.Address.Reveal()))
	if err != nil {
		return err
	}
	for name := range asked {
		b.keepReport(name, &r)
		if _, err := b.reported(ctx, name, &r); err != nil {
			return err
		}
	}
	return nil
}

// reported takes a report into the record at name. It says whether the message is one of its.
func (b *Bot) reported(ctx context.Context, name store.Name, r *Report) (known bool, err error) {
	err = b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
		i := slices.IndexFunc(t.Receipts, func(x receiptSealed) bool { return x.ID == r.ID })
		if i < 0 {
			return nil, nil
		}
		b.earlyReport(name, r.ID)
		known = true
		tn := w.begin(t)
		rs := &t.Receipts[i]
		if r.Final && rs.After > 0 { // a copy: the provider lets it go now
			rs.Recalled = true
			t.Withdraw, t.NextPull = true, 0
		}
		if r.Failed == nil {
			if r.Final {
				t.came(rs.Seq)
			}
			return tn, nil
		}
		tn.holdLine(rs.Seq, "", "")
		if a := t.Beforehand; a != nil && a.Mark == r.ID {
			a.Came = false
		}
		switch {
		case rs.At < t.Last: // they have written since
		case r.Failed.Next == Never:
			tn.deafen()
		case r.Failed.Next == WhenTheyWrite:
			t.Deaf = true
		}
		return tn, nil
	})
	if errors.Is(err, ErrGone) {
		err = nil
	}
	return known, err
}

// maxEarly is how many reports wait for one conversation's send to end.
const maxEarly = 32

// keepReport notes a report that may come before the receipt that it speaks of: a provider can be faster than our own
// commit. It is kept only while somebody tends to the conversation, in memory.
func (b *Bot) keepReport(name store.Name, r *Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, busy := b.busy[name]; busy && len(b.early[name]) < maxEarly {
		b.early[name] = append(b.early[name], *r)
	}
}

// earlyReport takes out a report of this message that came too early.
func (b *Bot) earlyReport(name store.Name, id string) (Report, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.early[name], func(r Report) bool { return r.ID == id })
	if i < 0 {
		return Report{}, false
	}
	r := b.early[name][i]
	b.early[name] = slices.Delete(b.early[name], i, i+1)
	return r, true
}
