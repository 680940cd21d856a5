package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"quietline/flows"
)

// What one address may do before it waits. One number may be twelve workers: the cost grows, and calms down again; a first
// message, danger, leaving, erasing and return words never wait.
const (
	floodBurst = 40              // messages at once
	floodEvery = 2 * time.Second // then one more in so long
	floodTell  = time.Minute     // how often it is told
	freeItems  = 3               // conversations handed to advisers before the next one waits
	itemPause  = time.Hour       // for so long, doubled with each, up to maxItemWait
	maxItems   = 4 * time.Hour
	freeCards  = 10 // full emergency cards an hour; after them the numbers alone
	maxFloods  = 200_000
)

// floods counts what addresses do, in memory alone, under a hash whose salt lives for one day: an erase resets nothing, and
// no disk sees it. A page's address lives as long as its sitting, so pages are slowed by their gate and not here.
type floods struct {
	rand io.Reader

	mu    sync.Mutex
	day   int64
	salt  [32]byte
	known map[[16]byte]*counted
}

type counted struct {
	left  float64 // messages that may come at once
	at    time.Time
	told  time.Time
	items int
	until time.Time // the next item waits until then
	cards []int64   // of the last hour
}

// A flood is what a turn may know of it.
type flood struct {
	over  bool // too many messages just now
	tell  bool // and it is time to say so
	items bool // too many conversations handed over
	cards bool // too many cards this hour
}

// hear says what a message meets. It counts when its turn is committed, see cost: what a provider repeats counts once.
func (f *floods) hear(in *Inbound, now time.Time) flood {
	if in.Page {
		return flood{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.find(in, now)
	if c == nil {
		return flood{}
	}
	if now.Before(c.at) { // the clock was turned back: nobody pays for that
		c.told = time.Time{}
		if most := now.Add(maxItems); c.until.After(most) {
			c.until = most
		}
	}
	c.left = min(floodBurst, c.left+max(0, now.Sub(c.at).Seconds())/floodEvery.Seconds())
	c.at = now
	out := flood{over: c.left < 1, items: c.items >= freeItems && now.Before(c.until)}
	out.tell = out.over && now.Sub(c.told) >= floodTell
	hour := now.Add(-time.Hour).Unix()
	c.cards = slices.DeleteFunc(c.cards, func(s int64) bool { return s <= hour || s > now.Unix() })
	out.cards = len(c.cards) >= freeCards
	return out
}

// cost counts what a committed turn cost.
func (f *floods) cost(in *Inbound, met flood, item, card bool) {
	if in.Page {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.known[f.key(in)]
	if c == nil {
		return
	}
	if !met.over {
		c.left = max(0, c.left-1)
	}
	if met.tell {
		c.told = c.at
	}
	if card && len(c.cards) < freeCards {
		c.cards = append(c.cards, c.at.Unix())
	}
	if item {
		c.items++
		if over := c.items - freeItems; over >= 0 {
			c.until = c.at.Add(min(maxItems, itemPause<<min(over, 8)))
		}
	}
}

// find returns the count of an address; nil when there is no randomness for a salt: then nobody is slowed. The caller holds mu.
func (f *floods) find(in *Inbound, now time.Time) *counted {
	if day := now.Unix() / 86400; f.known == nil || day != f.day {
		f.known = nil
		if _, err := io.ReadFull(f.rand, f.salt[:]); err != nil {
			return nil
		}
		f.known, f.day = map[[16]byte]*counted{}, day
	}
	k := f.key(in)
	c := f.known[k]
	if c == nil {
		f.thin(now)
		c = &counted{left: floodBurst, at: now}
		f.known[k] = c
	}
	return c
}

// thin makes room when too many addresses are known: first those go that are calm again, then those that cost no adviser
// anything, so that nobody is let off by writing from many others. The caller holds mu.
func (f *floods) thin(now time.Time) {
	if len(f.known) < maxFloods {
		return
	}
	const enough = maxFloods - maxFloods/8
	calm := now.Add(-floodBurst * floodEvery)
	maps.DeleteFunc(f.known, func(_ [16]byte, c *counted) bool { return c.items == 0 && len(c.cards) == 0 && c.at.Before(calm) })
	if len(f.known) > enough {
		maps.DeleteFunc(f.known, func(_ [16]byte, c *counted) bool { return c.items == 0 })
	}
	if len(f.known) > enough {
		clear(f.known)
	}
}

func (f *floods) key(in *Inbound) [16]byte {
	h := hmac.New(sha256.New, f.salt[:])
	if in.Phone.Empty() {
		h.Write([]byte(in.Channel))
		h.Write([]byte{0})
		h.Write([]byte(in.Address.Reveal()))
	} else {
		h.Write([]byte(in.Phone.Reveal()))
	}
	return [16]byte(h.Sum(nil))
}

// flooded answers for a message that is one too many: it is taken, and told once a minute with a phone route, but leads to
// nothing. What can save a life, and what lets somebody go, is never held up.
func (tn *turn) flooded(ev flows.Event, hit wordHit) bool {
	if !tn.flood.over || hit.found {
		return false
	}
	switch ev.Kind {
	case flows.Leave, flows.Erase, flows.Urgent, flows.Danger, flows.SelfHarm:
		return false
	case flows.Person: // it costs an item, and those are counted
		if tn.st.Open && tn.t.Mode == string(Talking) && !tn.flood.items {
			return false
		}
	case flows.Chose:
		asked := ev
		asked.Facts = tn.facts()
		if st, _ := flows.Next(tn.Book, tn.st, asked); st.Answers.Danger == "yes" && tn.st.Answers.Danger != "yes" {
			return false
		}
	}
	if tn.flood.tell {
		tn.parts = append(tn.parts, part{ID: "bot.limited"}, part{Kind: partShort, ID: tn.where()})
	}
	return true
}
