package telegram

import (
	"hash/maphash"
	"sync"
	"time"
)

// Pace is how fast messages may go out. Telegram publishes no exact limits; its FAQ for bots names about 30 messages a
// second overall and one a second in one chat, more in short bursts.
type Pace struct {
	PerSecond float64 // overall; zero: 30
	PerChat   float64 // in one chat, a second; zero: 1
	Burst     int     // in one chat at once; zero: 8
}

// shortWait is waited out by the one who sends; with a longer one the message comes back later, so that no chat that is over
// its pace keeps a sender from the others.
const shortWait = time.Second

// A pace hands out the moments at which messages may go. Chats are known by a keyed hash, in memory, while they are busy.
type pace struct {
	every     time.Duration // between two messages overall
	chatEvery time.Duration
	chatBurst time.Duration // how far ahead of its pace one chat may run

	mu    sync.Mutex
	seed  maphash.Seed
	next  time.Time // when the next message may go, overall
	chats map[uint64]*chatPace
	calls int
}

type chatPace struct {
	next time.Time // when the chat is back at its pace
	held time.Time // no earlier: Telegram said so
	slot time.Time // a moment given to a message that comes back for it; zero: none
}

func newPace(p Pace) *pace {
	if p.PerSecond <= 0 {
		p.PerSecond = 30
	}
	if p.PerChat <= 0 {
		p.PerChat = 1
	}
	if p.Burst <= 0 {
		p.Burst = 8
	}
	chat := time.Duration(float64(time.Second) / p.PerChat)
	return &pace{every: time.Duration(float64(time.Second) / p.PerSecond), chatEvery: chat, chatBurst: time.Duration(p.Burst-1) * chat,
		seed: maphash.MakeSeed(), chats: map[uint64]*chatPace{}}
}

// wait says how long the next message of a chat must wait. Up to shortWait its moment is taken; over that it must come back
// then: the overall moment is kept for it, a chat over its own pace takes none.
func (p *pace) wait(chat string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tidy(now)
	key := maphash.String(p.seed, chat)
	c := p.chats[key]
	if c == nil {
		c = &chatPace{}
		p.chats[key] = c
	}
	if d := c.held.Sub(now); d > 0 {
		c.slot = time.Time{}
		return max(d, shortWait+1)
	}
	if !c.slot.IsZero() {
		d := c.slot.Sub(now)
		if d <= shortWait {
			c.slot = time.Time{}
		}
		return max(0, d)
	}
	d := max(0, c.next.Add(-p.chatBurst).Sub(now))
	if d > shortWait {
		return d
	}
	d = max(d, p.next.Sub(now))
	p.next = later(p.next, now).Add(p.every)
	c.next = later(c.next, now).Add(p.chatEvery)
	if d > shortWait {
		c.slot = now.Add(d)
	}
	return d
}

// hold lets nothing out to a chat for so long.
func (p *pace) hold(chat string, now time.Time, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := maphash.String(p.seed, chat)
	c := p.chats[key]
	if c == nil {
		c = &chatPace{}
		p.chats[key] = c
	}
	c.held = later(c.held, now.Add(d))
}

// tidy forgets chats that are at rest, now and then.
func (p *pace) tidy(now time.Time) {
	if p.calls++; p.calls < 256 || p.calls < len(p.chats) {
		return
	}
	p.calls = 0
	for key, c := range p.chats {
		if c.next.Before(now) && c.held.Before(now) && c.slot.Add(time.Minute).Before(now) {
			delete(p.chats, key)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
