package bot

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quietline/flows"
	"quietline/line"
	"quietline/store"
	"quietline/store/bolt"
)

// rounds is how often each side is timed, by turns; the median counts.
const rounds = 5

func median(ds []float64) float64 {
	slices.Sort(ds)
	return ds[len(ds)/2]
}

// benchBot is a bot over a store in a folder, with its clock running.
func benchBot(b *testing.B, memory bool) (*Bot, store.Store) {
	b.Helper()
	return benchBotOver(b, memory, quick{new(sync.Map)})
}

func benchBotOver(b *testing.B, memory bool, q quick) (*Bot, store.Store) {
	b.Helper()
	c, err := content()
	if err != nil {
		b.Fatal(err)
	}
	st, err := bolt.Open(b.TempDir(), "conversations", bolt.Options{Memory: memory})
	if err != nil {
		b.Fatal(err)
	}
	lines, err := bolt.Open(filepath.Join(b.TempDir(), "line"), "line", bolt.Options{Memory: true})
	if err != nil {
		b.Fatal(err)
	}
	ln, err := line.Open(context.Background(), lines, line.Options{AlwaysOn: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = ln.Close(); _ = lines.Close(); _ = st.Close() })
	bt, err := New(b.Context(), Config{Store: st, Line: ln, Content: func() *Content { return c }, Languages: []string{"en", "es"},
		Countries: []string{"GB"}, Cover: "Notices", Channels: []Channel{q}, Reveal: "never", Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		b.Fatal(err)
	}
	return bt, st
}

// quick delivers at once, and tells whoever waits for it.
type quick struct{ came *sync.Map } // address to chan struct{}

func (quick) Name() string { return "text" }
func (q quick) Send(_ context.Context, out Outbound) (Receipt, error) {
	if ch, ok := q.came.Load(out.To.Reveal()); ok {
		ch.(chan struct{}) <- struct{}{}
	}
	return Receipt{ID: out.ID, At: time.Now()}, nil
}
func (quick) Limits() flows.Limits { return flows.Limits{} }

func (quick) Withdraw(context.Context, Address, []Receipt) (later, never []Receipt, err error) {
	return nil, nil, nil
}

// kilobyte is a conversation of about 1 KB when sealed, in the middle of the questions.
func kilobyte(bt *Bot, name store.Name) (store.Record, error) {
	w := bt.world("ABCDEFGH")
	t := &talk{}
	in := Inbound{Channel: "text", Address: Hide("447700900123"), ID: "1", Lang: "en", Country: "GB", Text: Hide("hello")}
	w.person(t, &in, wordHit{})
	t.Out = nil
	for i, s := range []string{"1", "2"} {
		in := Inbound{Channel: "text", Address: Hide("447700900123"), ID: strconv.Itoa(i + 2), Text: Hide(s)}
		w.person(t, &in, wordHit{})
		t.Out = nil
	}
	t.Log = append(t.Log, entry{Seq: 1, From: "person", Text: string(make([]byte, 300))}, entry{Seq: 2, From: "adviser", Text: string(make([]byte, 300))})
	key, err := store.NewKey(rand.Reader)
	if err != nil {
		return store.Record{}, err
	}
	return seal(t, name, key)
}

// A turn without disk: open, understand, step, say, seal, and render the one text that goes out. Beside one open and
// seal of the same bytes.
func BenchmarkTurn(b *testing.B) {
	bt, _ := benchBot(b, true)
	name := store.NewName(bt.secret, "text", "447700900123")
	rec, err := kilobyte(bt, name)
	if err != nil {
		b.Fatal(err)
	}
	turn := func(i int) {
		t, _, err := unseal(rec, name)
		if err != nil {
			b.Fatal(err)
		}
		w := bt.world("")
		in := Inbound{Channel: "text", Address: Hide("447700900123"), ID: "x", Text: Hide("1")}
		tn, _ := w.person(t, &in, wordHit{})
		if _, err := seal(tn.t, name, rec.Key); err != nil {
			b.Fatal(err)
		}
		if len(tn.t.Out) == 0 {
			b.Fatal("nothing is said")
		}
		bt.render(w.Content, tn.t, &tn.t.Out[0], flows.Limits{})
	}
	_, plain, err := store.Open(rec.Key, name, rec.Due, rec.Sealed)
	if err != nil {
		b.Fatal(err)
	}
	cipher := func(int) {
		_, p, err := store.Open(rec.Key, name, rec.Due, rec.Sealed)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := store.Seal(rec.Key, name, rec.Due, formatTalk, p); err != nil {
			b.Fatal(err)
		}
	}
	const n = 3000
	timed := func(f func(int)) float64 {
		start := time.Now()
		for i := range n {
			f(i)
		}
		return float64(time.Since(start).Nanoseconds()) / n
	}
	var turns, ciphers []float64
	for range rounds {
		turns = append(turns, timed(turn))
		ciphers = append(ciphers, timed(cipher))
	}
	b.ReportMetric(median(turns)/median(ciphers), "x-open+seal")
	b.ReportMetric(median(turns), "ns/turn")
	b.ReportMetric(median(ciphers), "ns/open+seal")
	b.ReportMetric(float64(len(plain)), "bytes")
	b.ReportMetric(testing.AllocsPerRun(1000, func() { turn(0) }), "allocs/turn")
	b.ReportMetric(0, "ns/op")
}

// Durable turns of 64 conversations at once, beside what the store alone does with equal values; and delivered
// messages, which are two swaps.
func BenchmarkDurableTurns(b *testing.B) {
	for _, memory := range []bool{false, true} {
		kind := map[bool]string{false: "disk", true: "memory"}[memory]
		b.Run(kind, func(b *testing.B) {
			bt, st := benchBot(b, memory)
			const people, talks = 64, 40
			taps := []string{"yes", "no", "me", "housing", "need", "safety"}
			per := talks * len(taps)
			var n atomic.Int64
			var sizes atomic.Int64
			// turns is 64 people at once, each walking through the questions in one conversation after the other.
			turns := func() float64 {
				start := time.Now()
				var wg sync.WaitGroup
				for range people {
					wg.Go(func() {
						for range talks {
							who := Hide(strconv.FormatInt(n.Add(1), 10))
							for i, tap := range taps {
								in := Inbound{Channel: "web", Page: true, Address: who, ID: strconv.Itoa(i), Choice: tap, Lang: "en", Country: "GB"}
								if taken, err := bt.Take(b.Context(), in); err != nil || taken.Stale {
									b.Error(err, taken, tap)
									return
								}
							}
						}
					})
				}
				wg.Wait()
				return float64(people*per) / time.Since(start).Seconds()
			}
			turns()
			names := 0
			for ch, err := range st.Watch(b.Context()) {
				if err != nil || ch.Listed {
					break
				}
				if r, err := st.Get(b.Context(), ch.Name); err == nil && ch.Name != (store.Name{}) {
					sizes.Add(int64(len(r.Sealed)))
					names++
				}
			}
			body := make([]byte, sizes.Load()/int64(names))
			// swaps is the same without a turn: as many new records, each written as often.
			swaps := func() float64 {
				start := time.Now()
				var wg sync.WaitGroup
				for range people {
					wg.Go(func() {
						for range talks {
							name := store.NewName(bt.secret, "bench", strconv.FormatInt(n.Add(1), 10))
							key, err := store.NewKey(rand.Reader)
							if err != nil {
								b.Error(err)
								return
							}
							rev := store.Rev(0)
							for range taps {
								if rev, err = st.Swap(b.Context(), name, rev, store.Record{Key: key, Sealed: body}); err != nil {
									b.Error(err)
									return
								}
							}
						}
					})
				}
				wg.Wait()
				return float64(people*per) / time.Since(start).Seconds()
			}
			swaps()
			var ts, ss []float64
			for range rounds {
				ts = append(ts, turns())
				ss = append(ss, swaps())
			}
			b.ReportMetric(median(ts), "turns/s")
			b.ReportMetric(median(ss), "swaps/s")
			b.ReportMetric(100*median(ts)/median(ss), "%-of-swaps")
			b.ReportMetric(float64(len(body)), "bytes")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// A delivered message is two swaps: the turn, and the receipt of its answer. 64 people write as fast as they are answered.
func BenchmarkDelivered(b *testing.B) {
	for _, memory := range []bool{false, true} {
		b.Run(map[bool]string{false: "disk", true: "memory"}[memory], func(b *testing.B) {
			q := quick{new(sync.Map)}
			bt, _ := benchBotOver(b, memory, q)
			ctx, stop := context.WithCancel(b.Context())
			var done sync.WaitGroup
			done.Go(func() { _ = bt.Run(ctx) })
			const people, talks = 64, 10
			words := []string{"hi", "1", "1", "1", "2", "1"}
			var n atomic.Int64
			deliver := func() float64 {
				start := time.Now()
				var wg sync.WaitGroup
				for range people {
					wg.Go(func() {
						for range talks {
							who := strconv.FormatInt(n.Add(1), 10)
							came := make(chan struct{}, 1)
							q.came.Store(who, came)
							for i, w := range words {
								if _, err := bt.Take(ctx, Inbound{Channel: "text", Address: Hide(who), ID: strconv.Itoa(i), Text: Hide(w)}); err != nil {
									b.Error(err)
									return
								}
								<-came
							}
							q.came.Delete(who)
						}
					})
				}
				wg.Wait()
				return float64(people*talks*len(words)) / time.Since(start).Seconds()
			}
			deliver()
			var ds []float64
			for range rounds {
				ds = append(ds, deliver())
			}
			stop()
			done.Wait()
			b.ReportMetric(median(ds), "messages/s")
			b.ReportMetric(2*median(ds), "swaps/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}
