package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"quietline/store"
)

// me is the claimant's id: store/bolt is open in one process only, so the next process goes on at once.
const me = "bolt"

func (b *Bot) channel(name string) Channel {
	for _, c := range b.cfg.Channels {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

// sendFirst sends the first message of the outbox and swaps its receipt in. The claim is in the record since the turn
// that made the message; another server's live claim is never taken.
func (b *Bot) sendFirst(ctx context.Context, name store.Name) error {
	_, t, err := b.read(ctx, name)
	if err != nil || t == nil || len(t.Out) == 0 {
		return err
	}
	now := b.cfg.Now()
	if t.ClaimBy != "" && t.ClaimBy != me && t.ClaimTo > now.Unix() {
		b.later(name, t.ClaimTo)
		return nil
	}
	o := t.Out[0]
	ch := b.channel(t.Channel)
	var receipt Receipt
	var failed error
	if ch == nil {
		failed = &SendError{Next: Again, After: time.Minute, Class: "channel off"}
	} else {
		out := b.render(b.cfg.Content(), t, &o)
		sctx, cancel := context.WithTimeout(ctx, sendWithin)
		receipt, failed = ch.Send(sctx, out)
		cancel()
	}
	var se *SendError
	if failed != nil {
		if ctx.Err() != nil {
			return ctx.Err() // stopping: the message stays in the outbox
		}
		if !errors.As(failed, &se) {
			se = &SendError{Next: Again, Class: "unknown"}
		}
		b.cfg.Log.Warn("sending failed", "channel", t.Channel, "class", se.Class, "next", string(se.Next))
	}
	return b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
		tn := w.begin(t)
		if failed == nil {
			// After an erase the message is gone from the outbox; what was under way still leaves its receipt.
			if receipt.ID != "" && !o.Stays {
				t.Receipts = append(t.Receipts, receiptSealed{ID: receipt.ID, At: receipt.At.Unix()})
				if t.Mode == string(Residue) {
					t.Withdraw = true
				}
			}
			t.Tries, t.NextTry = 0, 0
		} else {
			switch se.Next {
			case Never:
				t.Out = nil
				t.Tries, t.NextTry = 0, 0
				return tn, nil
			case WhenTheyWrite:
				t.NextTry = w.now.Add(residueRepeat).Unix()
				return tn, nil
			}
			t.Tries++
			pause := min(time.Hour, time.Second<<min(t.Tries, 12))
			if se.After > 0 {
				pause = se.After
			}
			t.NextTry = w.now.Add(pause).Unix()
			if t.Tries < maxTries {
				return tn, nil
			}
			t.Tries, t.NextTry = 0, 0
		}
		t.Out = slices.DeleteFunc(t.Out, func(x outmsg) bool { return x.ID == o.ID })
		return tn, nil
	})
}

// withdraw deletes at the provider what can be deleted; the rest is tried again, until it is too old.
func (b *Bot) withdraw(ctx context.Context, name store.Name) error {
	_, t, err := b.read(ctx, name)
	if err != nil || t == nil || !t.Withdraw {
		return err
	}
	ch := b.channel(t.Channel)
	var rs, later []Receipt
	for _, r := range t.Receipts {
		rs = append(rs, Receipt{ID: r.ID, At: at(r.At)})
	}
	failed := ch == nil
	if ch != nil && len(rs) > 0 {
		sctx, cancel := context.WithTimeout(ctx, sendWithin)
		later, _, err = ch.Withdraw(sctx, Hide(t.Address), rs)
		cancel()
		if err != nil {
			failed = true
			b.cfg.Log.Warn("withdrawing failed", "channel", t.Channel)
		}
	}
	return b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
		tn := w.begin(t)
		if !failed {
			t.Receipts = slices.DeleteFunc(t.Receipts, func(r receiptSealed) bool {
				tried := slices.ContainsFunc(rs, func(x Receipt) bool { return x.ID == r.ID })
				return tried && !slices.ContainsFunc(later, func(x Receipt) bool { return x.ID == r.ID })
			})
		}
		tooOld := w.now.Add(-residueCeiling).Unix()
		t.Receipts = slices.DeleteFunc(t.Receipts, func(r receiptSealed) bool { return r.At < tooOld })
		if len(t.Receipts) == 0 {
			t.Withdraw, t.Tries, t.NextTry = false, 0, 0
			if t.Mode == string(Residue) {
				t.Stays = min(t.Stays, w.now.Add(residueRepeat).Unix())
			}
			return tn, nil
		}
		t.Tries++
		t.NextTry = w.now.Add(min(time.Hour, time.Second<<min(t.Tries, 12))).Unix()
		return tn, nil
	})
}
