package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"sync"
	"time"
)

// When the line is full, a new chat costs a little: workBits zero bits of SHA-256, about a second of an old phone, or,
// without a script, waitFor of patience. A token is good once and for gateFor.
const (
	workBits = 17
	waitFor  = time.Minute
	gateFor  = 10 * time.Minute
)

// A gate gives out tokens and takes each once. They need no store: after a restart the page simply gives a new one.
type gate struct {
	now  func() time.Time
	rand io.Reader
	key  [32]byte
	used *usedTokens
}

type usedTokens struct {
	mu  sync.Mutex
	at  map[string]time.Time
	age []string // in order of use
}

// A verdict says what a token is worth.
type verdict int

const (
	passed verdict = iota
	early          // genuine, but neither work nor time has gone into it
	refused
)

func newGate(now func() time.Time, rand io.Reader) (gate, error) {
	g := gate{now: now, rand: rand, used: &usedTokens{at: make(map[string]time.Time)}}
	_, err := io.ReadFull(rand, g.key[:])
	return g, err
}

func (g *gate) issue() (string, error) {
	var b [24]byte
	if _, err := io.ReadFull(g.rand, b[:16]); err != nil {
		return "", fmt.Errorf("making a waiting token: %w", err)
	}
	binary.BigEndian.PutUint64(b[16:], uint64(g.now().Unix()))
	body := base64.RawURLEncoding.EncodeToString(b[:])
	return body + "." + g.mac(body), nil
}

func (g *gate) mac(body string) string {
	h := hmac.New(sha256.New, g.key[:])
	h.Write([]byte("wait\x00" + body))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// check takes a token; one that passed never passes again.
func (g *gate) check(token, proof string) verdict {
	body, mac, ok := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if !ok || err != nil || len(raw) != 24 || !hmac.Equal([]byte(mac), []byte(g.mac(body))) {
		return refused
	}
	now := g.now()
	age := now.Sub(time.Unix(int64(binary.BigEndian.Uint64(raw[16:])), 0))
	if age < 0 || age > gateFor {
		return refused
	}
	if age < waitFor && (proof == "" || !worked(token, proof)) {
		return early
	}
	if !g.used.take(body, now) {
		return refused
	}
	return passed
}

// worked says whether SHA-256 of the token and the proof begins with workBits zero bits.
func worked(token, proof string) bool {
	sum := sha256.Sum256([]byte(token + proof))
	return bits.LeadingZeros32(binary.BigEndian.Uint32(sum[:])) >= workBits
}

func (u *usedTokens) take(body string, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for len(u.age) > 0 && now.Sub(u.at[u.age[0]]) > gateFor {
		delete(u.at, u.age[0])
		u.age = u.age[1:]
	}
	if _, ok := u.at[body]; ok {
		return false
	}
	u.at[body] = now
	u.age = append(u.age, body)
	return true
}
