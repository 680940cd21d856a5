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
	err := b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
		i := slices.IndexFunc(t.Receipts, func(x receiptSealed) bool { return x.ID == r.ID })
		if i < 0 {
			return nil, nil
		}
		tn := w.begin(t)
		rs := &t.Receipts[i]
		if r.Final && rs.After > 0 { // a copy: the provider lets it go now
			rs.Recalled = true
			t.Withdraw, t.NextPull = true, 0
		}
		if r.Failed == nil {
			return tn, nil
		}
		tn.holdLine(rs.Seq, "")
		switch r.Failed.Next {
		case Never:
			tn.deafen()
		case WhenTheyWrite:
			t.Deaf = true
		}
		return tn, nil
	})
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}
