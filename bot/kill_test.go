package bot

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/flows"
	"quietline/line"
	"quietline/store"
	"quietline/store/bolt"
)

// killFolder names the folder of a child process that works under load until it is killed.
const killFolder = "QUIETLINE_TEST_KILL_FOLDER"

// A ledger is a provider that gives no message twice to anybody: it knows each by its id, as one with idempotency keys
// does, and writes down at once what it delivered.
type ledger struct {
	mu   sync.Mutex
	file *os.File
	seen map[string]int
}

func (l *ledger) Name() string { return "text" }

func (l *ledger) Send(_ context.Context, out Outbound) (Receipt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := out.To.Reveal() + " " + out.ID
	if l.seen[key] == 0 {
		if _, err := fmt.Fprintln(l.file, key); err != nil {
			return Receipt{}, err
		}
	}
	l.seen[key]++
	return Receipt{ID: out.ID, At: time.Now()}, nil
}

func (l *ledger) Limits() flows.Limits { return flows.Limits{} }

func (l *ledger) Withdraw(context.Context, Address, []Receipt) (later, never []Receipt, err error) {
	return nil, nil, nil
}

// openLedger reads what was delivered before.
func openLedger(dir string) (*ledger, error) {
	path := filepath.Join(dir, "delivered")
	old, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	l := &ledger{seen: map[string]int{}}
	for _, key := range strings.Split(string(old), "\n") {
		l.seen[key]++
	}
	l.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return l, err
}

// openForKill opens the bot in dir, as a process does that starts or starts again.
func openForKill(ctx context.Context, dir string) (b *Bot, l *ledger, closeAll func(), err error) {
	c, err := content()
	if err != nil {
		return nil, nil, nil, err
	}
	if l, err = openLedger(dir); err != nil {
		return nil, nil, nil, err
	}
	st, err := bolt.Open(dir, "conversations", bolt.Options{})
	if err != nil {
		return nil, nil, nil, err
	}
	lines, err := bolt.Open(dir, "line", bolt.Options{})
	if err != nil {
		return nil, nil, nil, err
	}
	ln, err := line.Open(ctx, lines, line.Options{AlwaysOn: true})
	if err != nil {
		return nil, nil, nil, err
	}
	b, err = New(ctx, Config{Store: st, Line: ln, Content: func() *Content { return c }, Languages: []string{"en"}, Countries: []string{"GB"},
		Cover: "Notices", Channels: []Channel{l}, Reveal: "never", Durable: true, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	return b, l, func() { _ = ln.Close(); _ = lines.Close(); _ = st.Close(); _ = l.file.Close() }, err
}

// TestMain lets the test binary be the child that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killFolder); dir != "" {
		if err := work(dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// work is 16 people who write as fast as they are answered, and erase every seventh conversation. Each line on the
// standard output is a message that was acknowledged.
func work(dir string) error {
	b, _, _, err := openForKill(context.Background(), dir)
	if err != nil {
		return err
	}
	go func() { _ = b.Run(context.Background()) }()
	var out sync.Mutex
	round := time.Now().UnixNano()
	fmt.Println("ready")
	var wg sync.WaitGroup
	for p := range 16 {
		wg.Go(func() {
			for n := 0; ; n++ {
				who := fmt.Sprintf("%d.%d.%d", round, p, n)
				words := []string{"hi", "1", "2", "1"}
				if n%7 == 3 {
					words = append(words, "00")
				}
				for i, w := range words {
					id := fmt.Sprint(i)
					if _, err := b.Take(context.Background(), Inbound{Channel: "text", Address: Hide(who), ID: id, Text: Hide(w)}); err != nil {
						return
					}
					out.Lock()
					fmt.Println("took", who, i, w)
					out.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return fmt.Errorf("nobody could write any more")
}

// S11: killed with -9 at random instants under load. No acknowledged message is lost, none is answered twice, no erased
// conversation comes back, and the files open.
func TestS11_KilledAtAnyInstant(t *testing.T) { killAndLook(t, 20) }

func killAndLook(t *testing.T, kills int) {
	dir := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := mathrand.New(mathrand.NewPCG(seed, 1))
	type mark struct {
		last   int
		erased bool
	}
	for range kills {
		took := map[string]mark{}
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), killFolder+"="+dir)
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			f := strings.Fields(lines.Text())
			switch f[0] {
			case "ready":
				go func(after time.Duration) {
					<-time.After(after)
					_ = cmd.Process.Kill()
				}(time.Duration(5+dice.IntN(150)) * time.Millisecond)
			case "took":
				if len(f) == 4 { // the last line may be cut
					took[f[1]] = mark{last: int(f[2][0] - '0'), erased: f[3] == "00"}
				}
			case "error":
				t.Fatal(lines.Text())
			}
		}
		_ = cmd.Wait()

		b, l, closeAll, err := openForKill(t.Context(), dir)
		if err != nil {
			t.Fatalf("after a kill: %v", err)
		}
		secret := b.secretNow()
		for ch, err := range b.cfg.Store.Watch(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if ch.Listed {
				break
			}
			if ch.Name != (store.Name{}) {
				b.look(t.Context(), ch)
			}
		}
		b.Tend(t.Context())
		for who, m := range took {
			_, tk, err := b.read(t.Context(), store.NewName(secret, "text", who))
			if err != nil {
				t.Fatalf("a record does not open: %v", err)
			}
			if tk == nil {
				t.Fatalf("an acknowledged conversation is lost (erased: %v)", m.erased)
			}
			if m.erased && (tk.Handle != "" || tk.Mode != string(Residue)) {
				t.Fatal("an erased conversation came back")
			}
			// A repeat by the provider is known, and every answer went out, once.
			taken, err := b.Take(t.Context(), Inbound{Channel: "text", Address: Hide(who), ID: fmt.Sprint(m.last), Text: Hide("hi")})
			if err != nil || !taken.Repeat {
				t.Fatalf("an acknowledged message was lost: %+v %v", taken, err)
			}
			if len(tk.Out) != 0 {
				t.Fatalf("after the start %d answers wait", len(tk.Out))
			}
			// (An erase whose acknowledgement the kill cut off drops what was not sent.)
			if tk.Mode != string(Residue) && l.seen[fmt.Sprintf("%s %d.0", who, m.last+1)] == 0 {
				t.Fatal("an answer was lost")
			}
		}
		for who := range took {
			if err := b.destroy(t.Context(), store.NewName(secret, "text", who)); err != nil {
				t.Fatal(err)
			}
		}
		closeAll()
	}
}
