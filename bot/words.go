package bot

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"sync"
	"time"

	"quietline/locales"
	"quietline/store"
)

// A wordHit is what three words of a message led to. The words themselves stay behind.
type wordHit struct {
	found  bool
	duress bool
	own    bool       // they are this conversation's own
	target store.Name // else: where the conversation is kept
	by     store.Name // and the pointer that says so
	slow   bool       // too many wrong tries on the line: nothing was looked up
}

// wordNames are the Names that four words make: three return words, the same with the duress word in third place, and
// the duress word alone, which leads nowhere and is only compared. One everyday word is far too easy to guess to open
// anything from another phone.
func wordNames(secret store.Key, c *locales.Catalogues, handle string, ws []string) (ret, duress, alone store.Name, ok bool) {
	three, ok1 := c.ParseWords(strings.Join(ws[:3], " "))
	forced, ok2 := c.ParseWords(ws[0] + " " + ws[1] + " " + ws[3])
	if !ok1 || !ok2 {
		return ret, duress, alone, false
	}
	return phraseName(secret, three), phraseName(secret, forced), aloneName(secret, handle, forced[2]), true
}

func phraseName(secret store.Key, words []string) store.Name {
	return store.NewName(secret, "words", strings.Join(words, " "))
}

func aloneName(secret store.Key, handle, word string) store.Name {
	return store.NewName(secret, "alone", handle+" "+word)
}

// ownWords compares a message with the conversation's own words.
func ownWords(secret store.Key, t *talk, phrase []string, single string) (hit wordHit) {
	if t.Words == nil {
		return hit
	}
	same := func(a []byte, n store.Name) bool { return subtle.ConstantTimeCompare(a, n[:]) == 1 }
	if phrase != nil {
		n := phraseName(secret, phrase)
		switch {
		case same(t.Words.Return, n):
			return wordHit{found: true, own: true}
		case same(t.Words.Duress, n):
			return wordHit{found: true, own: true, duress: true}
		}
	}
	if single != "" && same(t.Words.Alone, aloneName(secret, t.Handle, single)) {
		return wordHit{found: true, own: true, duress: true}
	}
	return hit
}

// lookUp finds the conversation that three words open. A wrong try costs the whole line some of its allowance, so that
// nobody can try many.
func (b *Bot) lookUp(ctx context.Context, secret store.Key, phrase []string) (hit wordHit, slow bool, err error) {
	if !b.tries.allow(b.cfg.Now()) {
		return hit, true, nil
	}
	name := phraseName(secret, phrase)
	r, err := b.cfg.Store.Get(ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		b.tries.wrong(b.cfg.Now())
		return hit, false, nil
	}
	if err != nil {
		return hit, false, fmt.Errorf("looking up return words: %w", err)
	}
	p, ok, err := openPointer(r, name)
	if err != nil || !ok {
		return hit, false, err
	}
	return wordHit{found: true, duress: p.Duress, target: store.Name(p.To), by: name}, false, nil
}

func openPointer(r store.Record, name store.Name) (p pointer, ok bool, err error) {
	format, plain, err := store.Open(r.Key, name, r.Due, r.Sealed)
	if err != nil {
		return p, false, fmt.Errorf("opening a pointer of return words: %w", err)
	}
	if format != formatWords {
		return p, false, nil
	}
	if err := decMode.Unmarshal(plain, &p); err != nil || len(p.To) != len(store.Name{}) {
		return p, false, fmt.Errorf("decoding a pointer of return words: %w", errShape)
	}
	return p, true, nil
}

// dropDead destroys a pointer whose conversation is gone or has other words: an erase that met a full disk, or a crash
// within it, can leave one. A conversation has its words before they point to it, so none is destroyed too early.
func (b *Bot) dropDead(ctx context.Context, name store.Name) error {
	r, err := b.cfg.Store.Get(ctx, name)
	if errors.Is(err, store.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading a pointer of return words: %w", err)
	}
	p, ok, err := openPointer(r, name)
	if err != nil || !ok {
		return err
	}
	_, t, err := b.read(ctx, store.Name(p.To))
	if err != nil || t != nil && t.Words != nil && (string(t.Words.Return) == string(name[:]) || string(t.Words.Duress) == string(name[:])) {
		return err
	}
	_, err = b.cfg.Store.Swap(ctx, name, r.Rev, store.Record{})
	if errors.Is(err, store.ErrConflict) {
		return nil // it was turned to another one just now
	}
	if err != nil {
		return fmt.Errorf("destroying a pointer of return words: %w", err)
	}
	return nil
}

// drawWords draws four different words.
func drawWords(r io.Reader, list []string) ([]string, error) {
	var out []string
	for len(out) < 4 && len(list) >= 4 {
		i, err := randInt(r, len(list))
		if err != nil {
			return nil, err
		}
		fresh := true
		for _, w := range out {
			fresh = fresh && w != list[i]
		}
		if fresh {
			out = append(out, list[i])
		}
	}
	return out, nil
}

// randInt draws evenly from 0 to n-1.
func randInt(r io.Reader, n int) (int, error) {
	var buf [8]byte
	limit := new(big.Int).Lsh(big.NewInt(1), 64)
	top := new(big.Int).Sub(limit, new(big.Int).Mod(limit, big.NewInt(int64(n))))
	for {
		if _, err := io.ReadFull(r, buf[:]); err != nil {
			return 0, fmt.Errorf("drawing a random number: %w", err)
		}
		if v := new(big.Int).SetBytes(buf[:]); v.Cmp(top) < 0 {
			return int(v.Mod(v, big.NewInt(int64(n))).Int64()), nil
		}
	}
}

// tries limits guesses at return words over the whole line. Three words of 256 or more are 16 million phrases at the
// least; after freeTries wrong ones the next wait doubles from 2 s up to maxPause, and calms down by itself.
type tries struct {
	mu     sync.Mutex
	wrongs int
	until  time.Time
	last   time.Time
}

const (
	freeTries = 10
	maxPause  = 10 * time.Minute
)

func (t *tries) allow(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.last) > 2*maxPause {
		t.wrongs = 0
	}
	return !now.Before(t.until)
}

func (t *tries) wrong(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wrongs++
	t.last = now
	if over := t.wrongs - freeTries; over > 0 {
		t.until = now.Add(min(maxPause, time.Second<<min(over, 12)))
	}
}
