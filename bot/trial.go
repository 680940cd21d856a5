package bot

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"quietline/store"
)

// deliverWait is how long a trial waits for a provider to say that an answer arrived; some carriers never say.
const deliverWait = time.Minute

// A Trial is how far a message that an operator wrote from a phone of their own has come, on the way that every message
// goes. A zero time: not yet.
type Trial struct {
	Received  time.Time // it was committed
	Answered  time.Time // the provider has taken all of the answer
	Delivered time.Time // the provider says that the answer arrived; never where it does not say so
	Deleted   time.Time // the conversation is erased, and the provider has deleted what it can
	Failed    string    // why the answer will not arrive, a fixed word as [SendError.Class]; empty: it may
	Stuck     int       // messages that the provider does not delete
}

// trials are what operators try now, and when each channel was last heard. Nothing here tells who wrote.
type trials struct {
	mu    sync.Mutex
	open  []*trial
	heard map[string]time.Time
}

type trial struct {
	channel, word string
	name          store.Name
	seen          Trial
	news          chan struct{}
}

// LastTaken is when a message of this channel was last committed by this process, rounded down to a minute; zero: never.
func (b *Bot) LastTaken(channel string) time.Time {
	b.trials.mu.Lock()
	defer b.trials.mu.Unlock()
	return b.trials.heard[channel]
}

// Try waits from now on for a message on channel that says nothing but word, and yields after every step of its way; what
// it returns must be ranged over once. Whatever
// conversation the phone has then is answered as any other; it is erased as soon as the answer was delivered (reports:
// the provider says so; for a minute at most) or sent. It ends with Deleted, or when ctx ends. The word must be new, and
// known only to whoever tries.
func (b *Bot) Try(ctx context.Context, channel, word string, reports bool) iter.Seq[Trial] {
	tr := &trial{channel: channel, word: word, news: make(chan struct{}, 1)}
	b.trials.add(tr)
	return func(yield func(Trial) bool) {
		defer b.trials.remove(tr)
		select {
		case <-tr.news:
		case <-ctx.Done():
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		var following sync.WaitGroup
		defer following.Wait()
		defer cancel()
		following.Go(func() {
			for range b.follow(ctx, false, func() (store.Name, bool) { return tr.name, b.cells[tr.name] != nil }) {
				tr.tell()
			}
		})
		late := time.NewTimer(deliverWait)
		defer late.Stop()
		patient := reports
		var said Trial
		for {
			now, done, err := b.tryOn(ctx, tr, patient)
			if err != nil {
				b.cfg.Log.Warn("a trial cannot be followed", "channel", channel, "class", class(err))
				return
			}
			if now != said && !yield(now) || done {
				return
			}
			said = now
			select {
			case <-tr.news:
			case <-late.C:
				patient = false
			case <-ctx.Done():
				return
			}
		}
	}
}

// tryOn looks how far a trial has come, and erases its conversation when all else is done. patient: an answer that was
// sent is waited for.
func (b *Bot) tryOn(ctx context.Context, tr *trial, patient bool) (now Trial, done bool, err error) {
	_, t, err := b.read(ctx, tr.name)
	if err != nil {
		return Trial{}, false, err
	}
	at := b.cfg.Now()
	now = b.trials.change(func() Trial {
		s := &tr.seen
		switch {
		case t == nil, t.Mode == string(Residue) && len(t.Receipts) == 0 && len(t.Out) == 0:
			s.Deleted = at
		case t.Deaf && s.Failed == "":
			s.Failed = "cannot be reached"
		case len(t.Out) == 0 && s.Answered.IsZero() && s.Failed == "":
			s.Answered = at
		}
		return *s
	})
	if !now.Deleted.IsZero() {
		return now, true, nil
	}
	arrived := !now.Delivered.IsZero() || !patient && !now.Answered.IsZero()
	if (arrived || now.Failed != "") && t.Handle != "" {
		if err := b.eraseHandle(ctx, t.Handle); err != nil && !errors.Is(err, ErrGone) {
			return now, false, err
		}
	}
	return now, false, nil
}

func (ts *trials) add(tr *trial) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.open = append(ts.open, tr)
}

func (ts *trials) remove(tr *trial) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.open = slices.DeleteFunc(ts.open, func(o *trial) bool { return o == tr })
}

func (ts *trials) change(f func() Trial) Trial {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return f()
}

// tell wakes whoever follows a trial.
func (tr *trial) tell() {
	select {
	case tr.news <- struct{}{}:
	default:
	}
}

// took notes a committed message, and whether it is one that is waited for.
func (b *Bot) took(in *Inbound) {
	ts, now := &b.trials, b.cfg.Now()
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.heard == nil {
		ts.heard = map[string]time.Time{}
	}
	ts.heard[in.Channel] = now.Truncate(time.Minute)
	for _, tr := range ts.open {
		if tr.seen.Received.IsZero() && tr.channel == in.Channel && strings.EqualFold(strings.TrimSpace(in.Text.Reveal()), tr.word) {
			tr.name, tr.seen.Received = store.NewName(b.secretNow(), in.Channel, in.Address.Reveal()), now
			tr.tell()
			return
		}
	}
}

// reported notes what a provider says of an answer in a trial.
func (ts *trials) reported(name store.Name, r *Report, now time.Time) {
	ts.each(name, func(s *Trial) {
		switch {
		case r.Failed != nil:
			s.Failed = r.Failed.Class
		case r.Final && s.Delivered.IsZero():
			s.Delivered = now
		}
	})
}

// stuck notes messages of a trial that a provider does not delete.
func (ts *trials) stuck(name store.Name, n int) {
	ts.each(name, func(s *Trial) { s.Stuck += n })
}

func (ts *trials) each(name store.Name, f func(*Trial)) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for _, tr := range ts.open {
		if tr.name == name && !tr.seen.Received.IsZero() {
			f(&tr.seen)
			tr.tell()
		}
	}
}
