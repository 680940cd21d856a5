package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"quietline/flows"
	"quietline/store"
)

// me is the claimant's id: store/bolt is open in one process only, so the next process goes on at once.
const me = "bolt"

func (c *Config) channel(name string) Channel {
	for _, ch := range c.Channels {
		if ch.Name() == name {
			return ch
		}
	}
	return nil
}

// limits are what the channel of a conversation carries.
func (c *Config) limits(name string) flows.Limits {
	if ch := c.channel(name); ch != nil {
		return ch.Limits()
	}
	return flows.Limits{}
}

// sendFirst sends the first message of the outbox, or its next piece, and swaps its receipt in. The claim is in the record
// since the turn that made the message; another server's live claim is never taken.
func (b *Bot) sendFirst(ctx context.Context, name store.Name, r store.Record, t *talk) error {
	now := b.cfg.Now()
	if t.ClaimBy != "" && t.ClaimBy != me && t.ClaimTo > now.Unix() {
		b.later(name, r.Rev, t.ClaimTo)
		return nil
	}
	o := t.Out[t.turnOut()]
	ch := b.cfg.channel(t.Channel)
	var receipt Receipt
	var failed error
	last, buttons := true, false
	ctx = context.WithoutCancel(ctx) // who stops waits for what is under way: cut off, it might be sent twice
	if ch == nil {
		failed = &SendError{Next: Again, After: time.Minute, Class: "channel off"}
	} else {
		var out Outbound
		out, last = b.render(b.cfg.Content(), t, &o, ch.Limits())
		buttons = len(out.Choices) > 0 && ch.Limits().CallbackBytes > 0
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
	err := b.changeRead(ctx, name, r, t, func(w *world, t *talk) (*turn, error) {
		tn := w.begin(t)
		if failed != nil {
			if t.Last > now.Unix() && (se.Next == Never || se.Next == WhenTheyWrite) { // they wrote meanwhile
				se = &SendError{Next: Again}
			}
			tn.unsent(name, &o, se)
			return tn, nil
		}
		tn.sent(&o, receipt, last, buttons)
		return tn, nil
	})
	if early, ok := b.earlyReport(name, receipt.ID); ok && err == nil {
		return b.report(ctx, early)
	}
	return err
}

// turnOut is which message is sent next: the first, or the one behind it while the first keeps failing, so that a message
// which a provider cannot take holds up no other. One that failed again after another was taken goes behind all; it is given
// up only when it is too late, for a provider that was down for a while looks the same.
func (t *talk) turnOut() int {
	first, second := -1, -1
	for i := range t.Out {
		switch {
		case t.Out[i].behind():
		case first < 0:
			first = i
		case second < 0:
			second = i
		}
	}
	if second >= 0 && t.Tries >= poisonTries && t.Tries%2 == 1 {
		return second
	}
	return max(first, 0)
}

// behind says whether a message failed once more after another had passed it.
func (o *outmsg) behind() bool { return o.Passed > 1 }

// post puts a message made now into the outbox. It does not wait for the next try of those that fail by themselves.
func (t *talk) post(o outmsg, now time.Time) {
	o.Made = now.Unix()
	if !slices.ContainsFunc(t.Out, func(x outmsg) bool { return !x.behind() }) {
		t.Tries, t.NextTry = 0, 0
	}
	t.Out = append(t.Out, o)
}

// sent notes a delivered piece and its receipt.
func (tn *turn) sent(o *outmsg, receipt Receipt, last, buttons bool) {
	t := tn.t
	i := slices.IndexFunc(t.Out, func(x outmsg) bool { return x.ID == o.ID })
	if a := t.Beforehand; a != nil && o.sign() && a.Open > 0 {
		a.Came, a.Mark = true, receipt.ID
	}
	if receipt.ID != "" {
		rs := receiptSealed{ID: receipt.ID, At: receipt.At.Unix(), Kept: o.Kept, Seq: o.Seq, Keys: buttons}
		switch {
		case receipt.Copy:
			rs.After, rs.Kept = receipt.At.Add(copyStays).Unix(), false
		case o.Stays:
			rs.After = receipt.At.Add(farewellStays).Unix()
		case i < 0: // what was under way while the sitting closed is gone from the outbox, and yet leaves its receipt
			rs.Recalled, t.Withdraw = true, true
		}
		for i := range t.Receipts {
			t.Receipts[i].Keys = t.Receipts[i].Keys && o.Still
		}
		t.Receipts = append(t.Receipts, rs)
	}
	if i < 0 {
		return
	}
	t.NextTry = 0
	passed := slices.IndexFunc(t.Out[:i], func(x outmsg) bool { return x.Passed == 0 })
	if passed < 0 {
		t.Tries = 0
	}
	if !last { // the rest of it is next, whether it passed another or not
		t.Out[i].Piece++
		return
	}
	if passed >= 0 { // the provider is there: the one that failed is tried again now
		t.Tries, t.Out[passed].Passed = 0, 1
	}
	t.Out = slices.Delete(t.Out, i, i+1)
}

// unsent does what a failed send asks for.
func (tn *turn) unsent(name store.Name, o *outmsg, se *SendError) {
	t, now := tn.t, tn.now
	switch {
	case se.Next == Never:
		tn.deafen()
	case se.Next == WhenTheyWrite: // what is not too late by then goes with the answer to it
		t.Deaf = true
		t.NextTry = now.Add(keepDay).Unix()
	case se.Next == Lost:
		t.Tries, t.NextTry = 0, 0
		tn.hold(o)
		t.Out = slices.DeleteFunc(t.Out, func(x outmsg) bool { return x.ID == o.ID })
	case se.After > 0: // the provider is there, and says when
		t.NextTry = now.Add(se.After).Unix()
	default:
		if i := slices.IndexFunc(t.Out, func(x outmsg) bool { return x.ID == o.ID }); i >= 0 && t.Out[i].Passed == 1 {
			t.Out[i].Passed++
			if slices.ContainsFunc(t.Out, func(x outmsg) bool { return !x.behind() }) {
				t.Tries, t.NextTry = 0, 0
				return
			}
		}
		t.Tries++
		t.NextTry = now.Add(pause(name, t.Tries)).Unix()
	}
}

// deafen stops all sending to a person whom the provider does not reach until they write: what an adviser wrote waits.
func (tn *turn) deafen() {
	t := tn.t
	t.Deaf = true
	tn.unsend()
	t.Out, t.Tries, t.NextTry = nil, 0, 0
}

// overdue takes out what is too late to be sent: a late message can be worse than none. An adviser's words wait for the
// person instead. It reports whether there was any.
func (tn *turn) overdue() bool {
	t, any := tn.t, false
	t.Out = slices.DeleteFunc(t.Out, func(o outmsg) bool {
		if !o.late(tn.now.Unix()) {
			return false
		}
		any = true
		tn.hold(&o)
		return true
	})
	if len(t.Out) == 0 {
		t.Tries, t.NextTry = 0, 0
	}
	return any
}

func (o *outmsg) late(now int64) bool { return o.Until > 0 && o.Until <= now }

// pause is how long to wait after so many failures in a row, spread by a fifth so that a provider that comes back is not
// met by everybody at once.
func pause(name store.Name, n int) time.Duration {
	d := min(maxBackoff, time.Second<<min(n, 12))
	return d - d/5*time.Duration(name[n%len(name)])/255
}

// unsend takes back what was not sent yet when the sitting closes: from then on nobody knows who reads (S1). What the bot
// said it says again when asked; an adviser's words wait for the person (S7).
func (tn *turn) unsend() {
	t := tn.t
	for i := range t.Out {
		tn.hold(&t.Out[i])
	}
	t.Out = slices.DeleteFunc(t.Out, func(o outmsg) bool { return !o.Stays && !o.Kept })
}

// hold keeps an adviser's words that did not reach the person until they open a sitting.
func (tn *turn) hold(o *outmsg) { tn.holdLine(o.Seq, o.Text, o.Said) }

// holdLine is hold for the line with this number; words are what it said, should it have given way meanwhile.
func (tn *turn) holdLine(seq int, words, said string) {
	t := tn.t
	if seq == 0 || t.Hand == nil {
		return
	}
	i := slices.IndexFunc(t.Log, func(e entry) bool { return e.Seq == seq })
	if i < 0 {
		if words == "" && said == "" {
			return
		}
		i = len(t.Log)
		t.Log = append(t.Log, entry{Seq: seq, From: string(FromAdviser), At: tn.now.Truncate(time.Minute).Unix(), Text: words, Said: said})
	}
	t.Log[i].Held = true
	tn.answered()
	t.Hand.Until = tn.shiftEnd(t.Hand.Lang)
}

// staleKeys is the receipt of the message whose buttons are still up.
func (t *talk) staleKeys() string {
	for i := len(t.Receipts) - 1; i >= 0; i-- {
		if r := &t.Receipts[i]; r.Keys && !r.Recalled {
			return r.ID
		}
	}
	return ""
}

// keysDown notes that no message has buttons any more.
func (t *talk) keysDown() {
	for i := range t.Receipts {
		t.Receipts[i].Keys = false
	}
}

// turnOfOut is the turn that made a message: what a tap on its choices carries back.
func turnOfOut(id string) string {
	turn, _, _ := strings.Cut(id, ".")
	return turn
}
