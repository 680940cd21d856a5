package bot

import (
	"context"
	"slices"

	"quietline/store"
)

// withdraw deletes at the provider what can be deleted; the rest is tried again, until it is too old.
func (b *Bot) withdraw(ctx context.Context, name store.Name, r store.Record, t *talk) error {
	ch := b.cfg.channel(t.Channel)
	var rs, later, never []Receipt
	for _, r := range t.Receipts {
		if r.Recalled {
			rs = append(rs, Receipt{ID: r.ID, At: at(r.At), Copy: r.After > 0})
		}
	}
	failed := ch == nil
	if ch != nil && len(rs) > 0 {
		sctx, cancel := context.WithTimeout(ctx, sendWithin)
		var err error
		later, never, err = ch.Withdraw(sctx, Hide(t.Address), rs)
		cancel()
		if err != nil {
			failed = true
			b.cfg.Log.Warn("withdrawing failed", "channel", t.Channel)
		}
		if len(never) > 0 {
			b.cfg.Log.Warn("messages cannot be withdrawn", "channel", t.Channel, "count", len(never))
			b.trials.stuck(name, len(never))
		}
	}
	return b.changeRead(ctx, name, r, t, func(w *world, t *talk) (*turn, error) {
		tn := w.begin(t)
		if !failed {
			t.Receipts = slices.DeleteFunc(t.Receipts, func(r receiptSealed) bool {
				tried := slices.ContainsFunc(rs, func(x Receipt) bool { return x.ID == r.ID })
				return tried && !slices.ContainsFunc(later, func(x Receipt) bool { return x.ID == r.ID })
			})
		}
		tooOld := w.now.Add(-residueCeiling).Unix()
		t.Receipts = slices.DeleteFunc(t.Receipts, func(r receiptSealed) bool { return r.At < tooOld })
		if !slices.ContainsFunc(t.Receipts, func(r receiptSealed) bool { return r.Recalled }) {
			t.Withdraw, t.Pulls, t.NextPull = false, 0, 0
			if t.Mode == string(Residue) && !slices.ContainsFunc(t.Receipts, func(r receiptSealed) bool { return r.pullAt() > 0 }) {
				t.Stays = min(t.Stays, w.now.Add(residueRepeat).Unix())
			}
			return tn, nil
		}
		t.Pulls++
		t.NextPull = w.now.Add(pause(name, t.Pulls)).Unix()
		return tn, nil
	})
}

// pullAt is when a receipt is withdrawn by itself; 0: it waits for the rest, or is being withdrawn.
func (r *receiptSealed) pullAt() int64 {
	switch {
	case r.Recalled, r.Kept:
		return 0
	case r.After > 0:
		return r.After
	}
	return r.At + int64(recallAge.Seconds())
}

// goneAt is when the receipt of a line that the person chose to keep is forgotten: the line is theirs, and by then it can
// hardly be deleted any more. 0: it goes otherwise.
func (r *receiptSealed) goneAt() int64 {
	if !r.Kept || r.Recalled {
		return 0
	}
	return r.At + int64(residueCeiling.Seconds())
}

// dropKept forgets such receipts. It reports whether there was any.
func (t *talk) dropKept(now int64) bool {
	n := len(t.Receipts)
	t.Receipts = slices.DeleteFunc(t.Receipts, func(r receiptSealed) bool { return r.goneAt() > 0 && r.goneAt() <= now })
	return len(t.Receipts) < n
}

// pullDue marks what is to be withdrawn now though nobody asked. It reports whether there was any.
func (t *talk) pullDue(now int64) bool {
	any := false
	for i := range t.Receipts {
		if r := &t.Receipts[i]; r.pullAt() > 0 && r.pullAt() <= now {
			r.Recalled, any = true, true
		}
	}
	if any {
		t.Withdraw, t.NextPull = true, 0
	}
	return any
}

// recall marks what was sent so far to be withdrawn; what a new sitting sends meanwhile stays. A line that the person chose
// to keep in the chat stays too, unless all is erased.
func (t *talk) recall(keptToo bool) {
	any := false
	for i := range t.Receipts {
		if r := &t.Receipts[i]; keptToo || !r.Kept {
			r.Recalled, any = true, true
		}
	}
	if any {
		t.Withdraw, t.Pulls, t.NextPull = true, 0, 0
	}
}
