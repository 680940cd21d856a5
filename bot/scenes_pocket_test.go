package bot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"quietline/flows"
)

// A pocket is a phone's chat as whoever holds the phone sees it: what was sent, what came, and what was taken away again.
type pocket struct {
	mu     sync.Mutex
	limits flows.Limits
	now    func() time.Time
	chats  map[string][]bubble
	n      int
}

type bubble struct{ id, from, text string }

func (p *pocket) Name() string         { return "text" }
func (p *pocket) Limits() flows.Limits { return p.limits }

func (p *pocket) Send(_ context.Context, out Outbound) (Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	r := Receipt{ID: fmt.Sprint("out-", p.n), At: p.now(), Copy: !p.limits.Clears}
	p.chats[out.To.Reveal()] = append(p.chats[out.To.Reveal()], bubble{id: r.ID, text: out.WithChoices()})
	return r, nil
}

func (p *pocket) Withdraw(_ context.Context, to Address, rs []Receipt) (later, never []Receipt, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limits.Clears {
		p.chats[to.Reveal()] = slices.DeleteFunc(p.chats[to.Reveal()], func(b bubble) bool {
			return slices.ContainsFunc(rs, func(r Receipt) bool { return r.ID == b.id })
		})
	}
	return nil, nil, nil
}

// drawn is one source of chance for many.
type drawn struct {
	mu   sync.Mutex
	from *rand.ChaCha8
}

func (d *drawn) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.from.Read(p)
}
