package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store"
)

// errShape hides what a decoder says of a body: it may quote it.
var errShape = errors.New("the record is damaged")

// maxSwaps bounds how often a turn is run again after losing a race; each loss means that somebody else got on.
const maxSwaps = 1000

func newBot(ctx context.Context, cfg Config) (*Bot, error) {
	switch {
	case cfg.Store == nil, cfg.Line == nil, cfg.Content == nil, cfg.Now == nil, cfg.Rand == nil, cfg.Log == nil, len(cfg.Languages) == 0:
		return nil, errors.New("making the bot: a part is missing in its configuration")
	}
	b := &Bot{cfg: cfg}
	b.init()
	secret, err := store.Secret(ctx, cfg.Store, cfg.Rand)
	if err != nil {
		return nil, fmt.Errorf("making the bot: %w", err)
	}
	b.secret = secret
	return b, nil
}

// read opens the conversation at name; t is nil when there is none.
func (b *Bot) read(ctx context.Context, name store.Name) (r store.Record, t *talk, err error) {
	r, err = b.cfg.Store.Get(ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		return store.Record{}, nil, nil
	}
	if err != nil {
		return r, nil, fmt.Errorf("reading a conversation: %w", err)
	}
	t, ok, err := unseal(r, name)
	if err != nil || !ok {
		return r, nil, err
	}
	return r, t, nil
}

// write swaps in what a turn made. It reports false when the record had changed: run the turn again.
func (b *Bot) write(ctx context.Context, name store.Name, r store.Record, tn *turn) (bool, error) {
	return b.swap(ctx, name, r, tn.t, tn.newKey, tn.gone, tn.counts)
}

func (b *Bot) swap(ctx context.Context, name store.Name, r store.Record, t *talk, newKey, gone bool, counts []string) (bool, error) {
	var next store.Record
	if !gone {
		key := r.Key
		if r.Rev == 0 || newKey {
			var err error
			if key, err = store.NewKey(b.cfg.Rand); err != nil {
				return false, err
			}
		}
		t.shrink()
		t.claim(b.cfg.Now())
		var err error
		if next, err = seal(t, name, key); err != nil {
			return false, err
		}
	} else if r.Rev == 0 {
		return true, nil // nothing was there and nothing shall be
	}
	rev, err := b.cfg.Store.Swap(ctx, name, r.Rev, next)
	if errors.Is(err, store.ErrConflict) {
		return false, nil
	}
	if err != nil && newKey && !gone {
		// An erase whose residue cannot be written (a full disk): the key must die all the same, and an empty swap sees to
		// that. What the provider holds can then not be withdrawn.
		if _, gerr := b.cfg.Store.Swap(ctx, name, r.Rev, store.Record{}); gerr == nil {
			b.cfg.Log.Error("an erase left no residue: messages at the provider stay", "class", class(err))
			gone, err = true, nil
		}
	}
	if err != nil {
		return false, fmt.Errorf("writing a conversation: %w", err)
	}
	if gone {
		b.note(name, r.Rev, nil)
	} else {
		b.note(name, rev, t)
	}
	country := ""
	if t != nil {
		country = t.Country
	}
	for _, what := range counts {
		if err := b.cfg.Line.Count(ctx, what, country); err != nil {
			b.cfg.Log.Warn("counting failed", "class", "line")
		}
	}
	return true, nil
}

// claim says that this server sends what is in the outbox. A live claim of another is never taken.
func (t *talk) claim(now time.Time) {
	switch {
	case len(t.Out) == 0:
		t.ClaimBy, t.ClaimTo = "", 0
	case t.ClaimBy == "" || t.ClaimBy == me || t.ClaimTo <= now.Unix():
		t.ClaimBy, t.ClaimTo = me, now.Add(claimFor).Unix()
	}
}

// oldest is the line that gives way first: one that nobody waits for, if there is any.
func (t *talk) oldest() int {
	return max(0, slices.IndexFunc(t.Log, func(e entry) bool { return !e.Held }))
}

// unread is how much text of an adviser waits for the person, in bytes.
func (t *talk) unread() int {
	n := 0
	for i := range t.Log {
		if t.Log[i].Held {
			n += len(t.Log[i].Text)
		}
	}
	for i := range t.Out {
		n += len(t.Out[i].Text)
	}
	return n
}

func (b *Bot) world(handle string) *world {
	w := &world{Content: b.cfg.Content(), cfg: &b.cfg, now: b.cfg.Now(), handle: handle, secret: b.secretNow(),
		online: b.cfg.Line.Online, lead: b.cfg.Line.LeadBesides, engaged: b.engagedNow}
	w.full = !b.cfg.Line.Full(w.now).IsZero()
	var d line.Duty
	var of [2]string
	var known bool
	w.duty = func(lang string) line.Duty {
		if asked := [2]string{lang, w.channel}; !known || of != asked {
			d, of, known = b.cfg.Line.Duty(w.now, lang, w.channel), asked, true
		}
		return d
	}
	b.mu.Lock()
	w.ahead = b.waiting
	b.mu.Unlock()
	w.words = func(lang string) []string {
		list := w.Words.ReturnList(b.lang(lang))
		if len(list) < 4 {
			list = w.Words.ReturnList("en")
		}
		ws, err := drawWords(b.cfg.Rand, list)
		if err != nil {
			return nil
		}
		return ws
	}
	return w
}

func (b *Bot) take(ctx context.Context, in Inbound) (Taken, error) {
	most := MaxMessage
	if in.Page {
		most = MaxText
	}
	if err := goodText(in.Text.Reveal(), most); err != nil {
		return Taken{}, err
	}
	flood := b.floods.hear(&in, b.cfg.Now())
	for range maxSwaps {
		secret := b.secretNow()
		name := store.NewName(secret, in.Channel, in.Address.Reveal())
		r, t, err := b.read(ctx, name)
		if err != nil {
			return Taken{}, err
		}
		if t != nil && in.ID != "" && slices.ContainsFunc(t.Seen, func(s seen) bool { return s.ID == in.ID }) {
			return Taken{Repeat: true}, nil
		}
		if in.Page && (t == nil || t.Mode == string(Residue)) && in.Turn != "" && in.Turn != "0" {
			return Taken{Stale: true, Left: true}, nil // the form of a page that was left
		}
		if t != nil && t.owes(jobKeep, jobAbsorb, jobSignal, jobAsk, jobStop) {
			// What the last message began is finished before the next is heard.
			if err := b.doJobs(ctx, name); err != nil {
				return Taken{}, err
			}
			continue
		}
		hit, slow, err := b.words(ctx, secret, t, in.Text.Reveal())
		if err != nil {
			return Taken{}, err
		}
		if hit.found && !hit.own && !hit.duress && t != nil && t.Words != nil && t.Mode != string(Moved) {
			// Words of another conversation: this one goes to its keeping place first, so that it is not lost for that.
			if err := b.putAway(ctx, name); err != nil {
				return Taken{}, err
			}
			continue
		}
		hit.slow = slow
		handle := ""
		if t == nil || t.Handle == "" {
			if handle, err = newHandle(b.cfg.Rand); err != nil {
				return Taken{}, err
			}
		}
		if t == nil {
			t = &talk{}
			if in.Page {
				if err := b.makeRoom(ctx); err != nil {
					return Taken{}, err
				}
			}
		}
		w := b.world(handle)
		w.channel, w.flood = in.Channel, flood
		if handle == "" {
			handle = t.Handle
		}
		w.starting = b.starting()
		w.asks, w.owns, w.sign = b.asksOf(secret, in.Channel, in.Address.Reveal(), handle)
		tn, stale := w.person(t, &in, hit)
		if stale {
			return Taken{Stale: true}, nil
		}
		ok, err := b.write(ctx, name, r, tn)
		if err != nil {
			return Taken{}, err
		}
		if ok {
			b.floods.cost(&in, flood, tn.queued, tn.carded)
			return Taken{Left: tn.left, New: tn.created}, nil
		}
	}
	return Taken{}, errors.New("taking a message: the conversation changes too fast")
}

// words says whether a message is return words or a duress word.
func (b *Bot) words(ctx context.Context, secret store.Key, t *talk, text string) (hit wordHit, slow bool, err error) {
	if text == "" {
		return hit, false, nil
	}
	c := b.cfg.Content().Words
	phrase, ok := c.ParseWords(text)
	single := ""
	if !ok {
		phrase = nil
		if t != nil && t.Words != nil && len(text) < 64 {
			single = locales.Normal(text)
		}
	}
	if t != nil {
		if hit := ownWords(secret, t, phrase, single); hit.found {
			return hit, false, nil
		}
	}
	if phrase == nil {
		return hit, false, nil
	}
	return b.lookUp(ctx, secret, phrase)
}

// owes says whether one of these jobs is still to be done.
func (t *talk) owes(which ...string) bool {
	return slices.ContainsFunc(t.Jobs, func(j job) bool { return slices.Contains(which, j.Do) })
}

// makeRoom lets the idlest web conversation fall when there are too many.
func (b *Bot) makeRoom(ctx context.Context) error {
	name, full := b.idlest()
	if !full {
		return nil
	}
	err := b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
		tn := w.begin(t)
		tn.erase()
		return tn, nil
	})
	if errors.Is(err, ErrGone) { // another newcomer was given its room, or it went by itself
		return nil
	}
	return err
}

// putAway closes the sitting of a conversation that has return words.
func (b *Bot) putAway(ctx context.Context, name store.Name) error {
	err := b.change(ctx, name, func(w *world, t *talk) (*turn, error) {
		if t.Words == nil || t.Mode == string(Moved) {
			return nil, nil
		}
		return w.event(t, flows.Silence), nil
	})
	if errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// change runs f on the conversation at name until its swap is won. f returns nil to change nothing.
func (b *Bot) change(ctx context.Context, name store.Name, f func(*world, *talk) (*turn, error)) error {
	return b.changeRead(ctx, name, store.Record{}, nil, f)
}

// changeRead is change for a caller who has read the conversation just now: it is read again only after a lost race.
func (b *Bot) changeRead(ctx context.Context, name store.Name, r store.Record, t *talk, f func(*world, *talk) (*turn, error)) error {
	for i := range maxSwaps {
		if t == nil || i > 0 {
			var err error
			known := b.known(name)
			if r, t, err = b.read(ctx, name); err != nil {
				return err
			}
			if t == nil {
				b.note(name, known, nil)
				return ErrGone
			}
		}
		w := b.world("")
		w.channel = t.Channel
		tn, err := f(w, t)
		if err != nil || tn == nil {
			return err
		}
		ok, err := b.write(ctx, name, r, tn)
		if err != nil || ok {
			return err
		}
	}
	return errors.New("changing a conversation: it changes too fast")
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newHandle is 8 random Crockford characters: 40 bits, made with the record and gone with it.
func newHandle(r interface{ Read([]byte) (int, error) }) (string, error) {
	var raw [8]byte
	for n := 0; n < len(raw); {
		m, err := r.Read(raw[n:])
		if err != nil {
			return "", fmt.Errorf("drawing a handle: %w", err)
		}
		n += m
	}
	for i, c := range raw {
		raw[i] = crockford[c&31]
	}
	return string(raw[:]), nil
}
