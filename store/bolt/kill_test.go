package bolt_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"quietline/store"
	"quietline/store/bolt"
)

// childEnv tells this test binary that it is the child of a test, and of which.
const childEnv = "STORE_TEST_CHILD"

// child is this test binary once more, as another process.
func child(t *testing.T, what string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), childEnv+"="+what)
	return cmd
}

// TestKill kills a process with -9 at random instants while it swaps, and looks at what it left: every acknowledged
// swap is there, none is reverted, no Rev is used twice, the file opens, and no key but those of living records can be
// found. (TestS11: nothing acknowledged is lost. TestS10: what is burnt stays burnt.)
func TestKill(t *testing.T) {
	switch what := os.Getenv(childEnv); what {
	case "":
	case "disk", "memory":
		load(t, os.Getenv("STORE_TEST_DIR"), bolt.Options{Memory: what == "memory"})
		return
	default:
		t.Fatalf("unknown child %q", what)
	}
	for _, what := range []string{"disk", "memory"} {
		t.Run(what, func(t *testing.T) {
			seed := mathrand.Uint64()
			t.Logf("seed %d", seed)
			h := &history{
				dir: t.TempDir(), mode: what, rng: mathrand.New(mathrand.NewPCG(seed, 0)),
				acked: map[string]state{}, revs: map[string]bool{}, keys: map[store.Key]bool{},
			}
			for round := range kills {
				h.round(t, round)
			}
			t.Logf("%d kills, %d acknowledged swaps, %d keys burnt", kills, h.swaps, len(h.keys)-h.living)
			if h.swaps < kills {
				t.Errorf("only %d swaps were acknowledged, the test proves little", h.swaps)
			}
		})
	}
}

const (
	loadNames = 64 // records that the child swaps, each in a goroutine of its own
	loadSwaps = 15 // of each before the store is opened anew
	roundStep = 1_000_000
)

// load is the child: it swaps until it is killed, opens the store anew now and then so that kills also meet recovery
// and compaction, and says before and after each swap what it does:
//
//	try NAME COUNT KEY   (no key: an erase)
//	did NAME COUNT REV
func load(t *testing.T, dir string, opts bolt.Options) {
	base, err := strconv.Atoi(os.Getenv("STORE_TEST_BASE"))
	must(t, err)
	var mu sync.Mutex
	say := func(format string, args ...any) {
		line := fmt.Sprintf(format, args...)
		mu.Lock()
		defer mu.Unlock()
		if _, err := io.WriteString(os.Stdout, line); err != nil {
			os.Exit(1)
		}
	}
	for ; !t.Failed(); base += loadSwaps {
		s := open(t, dir, opts)
		var wg sync.WaitGroup
		for i := range loadNames {
			wg.Go(func() {
				if err := loadOne(t, s, strconv.Itoa(i), base, say); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		closeStore(t, s)
	}
}

func loadOne(t *testing.T, s store.Store, id string, base int, say func(string, ...any)) error {
	at := name(id)
	rec, err := s.Get(t.Context(), at)
	if err != nil && !errors.Is(err, store.ErrNotExist) {
		return err
	}
	rev, key := rec.Rev, rec.Key
	for n := base; n < base+loadSwaps; n++ {
		next, hexKey := store.Record{}, ""
		if kind := mathrand.IntN(10); rev == 0 || kind > 1 {
			if rev == 0 || kind < 5 {
				if key, err = store.NewKey(rand.Reader); err != nil {
					return err
				}
			}
			next = record(t, at, key, strconv.Itoa(n)+strings.Repeat(".", mathrand.IntN(5000)))
			hexKey = hex.EncodeToString(key[:])
		}
		say("try %s %d %s\n", id, n, hexKey)
		if rev, err = s.Swap(t.Context(), at, rev, next); err != nil {
			return err
		}
		say("did %s %d %d\n", id, n, rev)
	}
	return nil
}

// A state is what a record can be: its count (the text it holds), and whether it is gone.
type state struct {
	count int
	gone  bool
}

// A history is what the parent knows from the child's words.
type history struct {
	dir, mode string
	rng       *mathrand.Rand
	acked     map[string]state
	revs      map[string]bool
	keys      map[store.Key]bool // all that ever were
	swaps     int
	living    int
}

func (h *history) round(t *testing.T, round int) {
	t.Helper()
	cmd := child(t, h.mode, "-test.run=^TestKill$")
	cmd.Env = append(cmd.Env, "STORE_TEST_DIR="+h.dir, "STORE_TEST_BASE="+strconv.Itoa((round+1)*roundStep))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	// The instant is random in words and, as the child goes on while the signal travels, in between.
	kill := 1 + h.rng.IntN(3000)
	tried := map[string]state{}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == kill {
			must(t, cmd.Process.Signal(syscall.SIGKILL))
		}
		h.word(t, tried, strings.Split(lines.Text(), " "), lines.Text())
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the child ended by itself: %v", err)
	}
	h.check(t, tried)
}

// word takes one line of the child.
func (h *history) word(t *testing.T, tried map[string]state, f []string, line string) {
	t.Helper()
	if len(f) != 4 {
		if strings.HasPrefix(line, "try") || strings.HasPrefix(line, "did") {
			return // cut short by the kill
		}
		t.Fatalf("the child says %q", line)
	}
	id, now := f[1], state{}
	now.count, _ = strconv.Atoi(f[2])
	switch f[0] {
	case "try":
		now.gone = f[3] == ""
		if b, err := hex.DecodeString(f[3]); err == nil && len(b) == len(store.Key{}) {
			h.keys[store.Key(b)] = true
		}
		tried[id] = now
	case "did":
		if tried[id].count != now.count {
			t.Fatalf("%s is done, %d was tried", line, tried[id].count)
		}
		h.acked[id] = tried[id]
		h.swaps++
		if f[3] != "0" {
			if h.revs[f[3]] {
				t.Errorf("Rev %s is used twice", f[3])
			}
			h.revs[f[3]] = true
		}
	}
}

// check opens what the child has left.
func (h *history) check(t *testing.T, tried map[string]state) {
	t.Helper()
	s := open(t, h.dir, bolt.Options{Memory: h.mode == "memory"})
	live := map[store.Key]bool{}
	for i := range loadNames {
		id := strconv.Itoa(i)
		now := state{gone: true}
		rec, err := s.Get(t.Context(), name(id))
		if err == nil {
			_, plain, err := store.Open(rec.Key, name(id), rec.Due, rec.Sealed)
			must(t, err)
			now = state{}
			now.count, err = strconv.Atoi(string(bytes.TrimRight(plain, ".")))
			must(t, err)
			live[rec.Key] = true
			if !h.keys[rec.Key] {
				t.Errorf("record %s has a key that was never used", id)
			}
		} else if !errors.Is(err, store.ErrNotExist) {
			t.Fatal(err)
		}
		acked, known := h.acked[id]
		last, open := tried[id]
		if now.gone {
			if known && !acked.gone && (!open || !last.gone) {
				t.Errorf("record %s is lost: acknowledged %d", id, acked.count)
			}
		} else if now != acked && (!open || now != last) {
			t.Errorf("record %s holds %d; acknowledged is %+v, tried was %+v", id, now.count, acked, last)
		}
		if !now.gone || open {
			h.acked[id] = now
		}
	}
	closeStore(t, s)
	h.living = len(live)
	keyring, err := os.ReadFile(filepath.Join(h.dir, "state.keys"))
	must(t, err)
	for b := keyring[64:]; len(b) > 0; b = b[32:] {
		if k := store.Key(b[:32]); k != (store.Key{}) && !live[k] {
			t.Error("the keyring holds a key that no record has")
		}
	}
	db, err := os.ReadFile(filepath.Join(h.dir, "state.db"))
	must(t, err)
	db = bytes.TrimRight(db, "\x00")
	few := 20
	for k := range h.keys {
		if bytes.Contains(db, k[:]) {
			t.Error("the database holds a key")
		}
		if few--; few == 0 {
			break
		}
	}
}

// TestKilledLeavesNoLock: what the lock of a living process keeps out, a killed one does not.
func TestKilledLeavesNoLock(t *testing.T) {
	dir := t.TempDir()
	cmd := child(t, "disk", "-test.run=^TestKill$")
	cmd.Env = append(cmd.Env, "STORE_TEST_DIR="+dir, "STORE_TEST_BASE=1")
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	wantOpenErr(t, dir, bolt.ErrLocked)
	must(t, cmd.Process.Kill())
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait()
	start := time.Now()
	closeStore(t, open(t, dir, bolt.Options{}))
	if took := time.Since(start); took > time.Second {
		t.Errorf("opening after the kill took %v", took)
	}
}
