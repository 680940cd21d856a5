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
func (b *Bot) sendFirst(ctx context.Context, name store.Name, r store.Record, t *talk) error {
	now := b.cfg.Now()
	if t.ClaimBy != "" && t.ClaimBy != me && t.ClaimTo > now.Unix() {
		b.later(name, r.Rev, t.ClaimTo)
		return nil
	}
	o := t.Out[0]
	ch := b.channel(t.Channel)
	var receipt Receipt
	var failed error
	ctx = context.WithoutCancel(ctx) // who stops waits for what is under way: cut off, it might be sent twice
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
		if !errors.As(failed, &se) {
			se = &SendError{Next: Again, Class: "unknown"}
		}
		b.cfg.Log.Warn("sending failed", "channel", t.Channel, "class", se.Class, "next", string(se.Next))
	}
	return b.changeRead(ctx, name, r, t, func(w *world, t *talk) (*turn, error) {
		tn := w.begin(t)
		if failed == nil {
			// What was under way while the sitting closed is gone from the outbox, and yet leaves its receipt.
			if receipt.ID != "" && !o.Stays {
				late := !slices.ContainsFunc(t.Out, func(x outmsg) bool { return x.ID == o.ID })
				t.Receipts = append(t.Receipts, receiptSealed{ID: receipt.ID, At: receipt.At.Unix(), Recalled: late})
				t.Withdraw = t.Withdraw || late
			}
			t.Tries, t.NextTry = 0, 0
		} else {
			switch se.Next {
			case Never:
				tn.unsend()
				t.Out = nil
				t.Tries, t.NextTry = 0, 0
				return tn, nil
			case WhenTheyWrite:
				t.NextTry = w.now.Add(residueRepeat).Unix()
				return tn, nil
			}
			if se.After > 0 { // the provider is there, and says when
				t.NextTry = w.now.Add(se.After).Unix()
				return tn, nil
			}
			t.Tries++
			t.NextTry = w.now.Add(pause(t.Tries)).Unix()
			if t.Tries < maxTries {
				return tn, nil
			}
			t.Tries, t.NextTry = 0, 0
			tn.hold(&o)
		}
		t.Out = slices.DeleteFunc(t.Out, func(x outmsg) bool { return x.ID == o.ID })
		return tn, nil
	})
}

// withdraw deletes at the provider what can be deleted; the rest is tried again, until it is too old.
func (b *Bot) withdraw(ctx context.Context, name store.Name, r store.Record, t *talk) error {
	ch := b.channel(t.Channel)
	var rs, later []Receipt
	for _, r := range t.Receipts {
		if r.Recalled {
			rs = append(rs, Receipt{ID: r.ID, At: at(r.At)})
		}
	}
	failed := ch == nil
	if ch != nil && len(rs) > 0 {
		sctx, cancel := context.WithTimeout(ctx, sendWithin)
		var err error
		later, _, err = ch.Withdraw(sctx, Hide(t.Address), rs)
		cancel()
		if err != nil {
			failed = true
			b.cfg.Log.Warn("withdrawing failed", "channel", t.Channel)
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
			if t.Mode == string(Residue) {
				t.Stays = min(t.Stays, w.now.Add(residueRepeat).Unix())
			}
			return tn, nil
		}
		t.Pulls++
		t.NextPull = w.now.Add(pause(t.Pulls)).Unix()
		return tn, nil
	})
}

// pause is how long to wait after so many failures in a row.
func pause(n int) time.Duration { return min(time.Hour, time.Second<<min(n, 12)) }

// recall marks all that was sent so far to be withdrawn. What a new sitting sends meanwhile stays.
func (t *talk) recall() {
	for i := range t.Receipts {
		t.Receipts[i].Recalled = true
	}
	t.Withdraw, t.Pulls, t.NextPull = len(t.Receipts) > 0, 0, 0
}

// unsend takes back what was not sent yet when the sitting closes: from then on nobody knows who reads (S1). What the bot
// said it says again when asked; an adviser's words wait for the person (S7).
func (tn *turn) unsend() {
	t := tn.t
	for i := range t.Out {
		tn.hold(&t.Out[i])
	}
	t.Out = slices.DeleteFunc(t.Out, func(o outmsg) bool { return !o.Stays })
}

// hold keeps an adviser's words that did not reach the person until they open a sitting.
func (tn *turn) hold(o *outmsg) {
	t := tn.t
	if o.Text == "" || t.Hand == nil {
		return
	}
	i := slices.IndexFunc(t.Log, func(e entry) bool { return e.Seq == o.Seq })
	if i < 0 {
		i = len(t.Log)
		t.Log = append(t.Log, entry{Seq: o.Seq, From: string(FromAdviser), At: tn.now.Truncate(time.Minute).Unix(), Text: o.Text})
	}
	t.Log[i].Held = true
	t.Hand.Until = tn.shiftEnd(t.Hand.Lang)
}
