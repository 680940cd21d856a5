package bolt_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"quietline/store"
	"quietline/store/bolt"
)

// All ratios are taken within one run: rounds of the store and of bbolt alone take turns, and the median counts.
const rounds = 5

// bare is bbolt alone under the best group commit: one goroutine that commits all that waits, up to 1,000.
type bare struct {
	db   *bbolt.DB
	puts chan barePut
	done chan struct{}
}

type barePut struct {
	key, value []byte
	answer     chan error
}

var bareBucket = []byte("bare")

func openBare(b *testing.B, memory bool) *bare {
	b.Helper()
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, &bbolt.Options{
		InitialMmapSize: 1 << 30, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, NoSync: memory, NoGrowSync: memory,
	})
	must(b, err)
	must(b, db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket(bareBucket)
		return err
	}))
	w := &bare{db: db, puts: make(chan barePut, 1000), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for p := range w.puts {
			batch := []barePut{p}
			for more := true; more && len(batch) < 1000; {
				select {
				case p, ok := <-w.puts:
					if more = ok; ok {
						batch = append(batch, p)
					}
				default:
					more = false
				}
			}
			err := db.Update(func(tx *bbolt.Tx) error {
				for _, p := range batch {
					if err := tx.Bucket(bareBucket).Put(p.key, p.value); err != nil {
						return err
					}
				}
				return nil
			})
			for _, p := range batch {
				p.answer <- err
			}
		}
	}()
	b.Cleanup(func() {
		close(w.puts)
		<-w.done
		must(b, db.Close())
	})
	return w
}

// median of each round's figure.
func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// shared is a folder on tmpfs where there is one; in-memory figures are taken there.
func shared(b *testing.B) {
	b.Helper()
	if _, err := os.Stat("/dev/shm"); err == nil {
		b.Setenv("TMPDIR", "/dev/shm")
	}
}

// BenchmarkSwap64 compares swaps of 64 goroutines with equal puts to bbolt alone.
func BenchmarkSwap64(b *testing.B) {
	for _, mode := range []struct {
		name   string
		memory bool
		each   int
	}{{"disk", false, 100}, {"memory", true, 400}} {
		b.Run(mode.name, func(b *testing.B) {
			if mode.memory {
				shared(b)
			}
			const clients = 64
			s := open(b, b.TempDir(), bolt.Options{Memory: mode.memory})
			defer closeStore(b, s)
			alone := openBare(b, mode.memory)
			names, revs, recs := make([]store.Name, clients), make([]store.Rev, clients), make([]store.Record, clients)
			values := make([][]byte, clients)
			for i := range clients {
				names[i] = name(strconv.Itoa(i))
				recs[i] = record(b, names[i], newKey(b), strings.Repeat("x", 1000))
				values[i] = make([]byte, len(recs[i].Sealed)+17)
			}
			perSecond := func(one func(i int) error) float64 {
				var wg sync.WaitGroup
				start := time.Now()
				for i := range clients {
					wg.Go(func() {
						for range mode.each {
							if err := one(i); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				return clients * float64(mode.each) / time.Since(start).Seconds()
			}
			answers := make([]chan error, clients)
			for i := range answers {
				answers[i] = make(chan error, 1)
			}
			swap := func(i int) (err error) {
				revs[i], err = s.Swap(b.Context(), names[i], revs[i], recs[i])
				return err
			}
			put := func(i int) error {
				alone.puts <- barePut{names[i][:], values[i], answers[i]}
				return <-answers[i]
			}
			perSecond(swap) // the first makes the records
			perSecond(put)
			var ratios, rates, bares []float64
			for b.Loop() {
				for range rounds {
					ours, theirs := perSecond(swap), perSecond(put)
					rates, bares, ratios = append(rates, ours), append(bares, theirs), append(ratios, 100*ours/theirs)
				}
			}
			b.ReportMetric(median(rates), "swaps/s")
			b.ReportMetric(median(bares), "bbolt-puts/s")
			b.ReportMetric(median(ratios), "%of-bbolt")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// timings of n calls one after the other, sorted.
func timings(b *testing.B, n int, one func() error) []time.Duration {
	b.Helper()
	all := make([]time.Duration, n)
	for i := range all {
		start := time.Now()
		must(b, one())
		all[i] = time.Since(start)
	}
	slices.Sort(all)
	return all
}

// BenchmarkSwapAlone compares one durable swap at a time with a bare bbolt Update.
func BenchmarkSwapAlone(b *testing.B) {
	s := open(b, b.TempDir(), bolt.Options{})
	defer closeStore(b, s)
	alone := openBare(b, false)
	at := name("a")
	rec := record(b, at, newKey(b), strings.Repeat("x", 1000))
	value := make([]byte, len(rec.Sealed)+17)
	var rev store.Rev
	swap := func() (err error) {
		rev, err = s.Swap(b.Context(), at, rev, rec)
		return err
	}
	update := func() error {
		return alone.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bareBucket).Put(at[:], value) })
	}
	timings(b, 50, swap)
	timings(b, 50, update)
	var ours, theirs, ratios []float64
	for b.Loop() {
		for range rounds {
			p50, bare := timings(b, 300, swap)[150], timings(b, 300, update)[150]
			ours, theirs = append(ours, float64(p50.Microseconds())), append(theirs, float64(bare.Microseconds()))
			ratios = append(ratios, float64(p50)/float64(bare))
		}
	}
	b.ReportMetric(median(ours), "µs-p50")
	b.ReportMetric(median(theirs), "bbolt-µs-p50")
	b.ReportMetric(median(ratios), "×bbolt")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSwapErase measures how long it takes until the key of an erased record is dead, alone and while 32 others
// swap durably.
func BenchmarkSwapErase(b *testing.B) {
	for _, others := range []int{0, 32} {
		b.Run(fmt.Sprintf("others=%d", others), func(b *testing.B) {
			s := open(b, b.TempDir(), bolt.Options{})
			defer closeStore(b, s)
			stop := make(chan struct{})
			var wg sync.WaitGroup
			for i := range others {
				at := name("other" + strconv.Itoa(i))
				rec := record(b, at, newKey(b), strings.Repeat("x", 1000))
				wg.Go(func() {
					for rev, err := store.Rev(0), error(nil); err == nil; {
						select {
						case <-stop:
							return
						default:
							rev, err = s.Swap(b.Context(), at, rev, rec)
						}
					}
				})
			}
			var p99s []float64
			for b.Loop() {
				for range rounds {
					var all []time.Duration
					for i := range 200 {
						at := name(strconv.Itoa(i))
						rev := put(b, s, at, 0, newKey(b), "a")
						start := time.Now()
						_, err := s.Swap(b.Context(), at, rev, store.Record{})
						all = append(all, time.Since(start))
						must(b, err)
					}
					slices.Sort(all)
					p99s = append(p99s, float64(all[len(all)*99/100].Microseconds())/1000)
				}
			}
			close(stop)
			wg.Wait()
			b.ReportMetric(median(p99s), "ms-p99")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkGet reads one record.
func BenchmarkGet(b *testing.B) {
	s := open(b, b.TempDir(), bolt.Options{Memory: true})
	defer closeStore(b, s)
	put(b, s, name("a"), 0, newKey(b), strings.Repeat("x", 1000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Get(b.Context(), name("a")); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHundredThousand fills a store with 100,000 records of 1 KB and looks at what it costs.
func BenchmarkHundredThousand(b *testing.B) {
	shared(b)
	const n = 100_000
	for b.Loop() {
		dir := b.TempDir()
		s := open(b, dir, bolt.Options{Memory: true})
		var wg sync.WaitGroup
		for w := range 64 {
			wg.Go(func() {
				for i := w; i < n; i += 64 {
					at := name(strconv.Itoa(i))
					key, err := store.NewKey(rand.Reader)
					if err != nil {
						b.Error(err)
						return
					}
					if _, err = s.Swap(b.Context(), at, 0, record(b, at, key, strings.Repeat("x", 1000))); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		closeStore(b, s)
		size := 0.0
		for _, file := range []string{"state.db", "state.keys"} {
			info, err := os.Stat(filepath.Join(dir, file))
			must(b, err)
			size += float64(info.Size()) / 1e6
		}
		before := anonymous(b)
		start := time.Now()
		s = open(b, dir, bolt.Options{Memory: true})
		opened := time.Since(start)
		start = time.Now()
		listed := 0
		for c, err := range s.Watch(b.Context()) {
			must(b, err)
			if c.Listed {
				break
			}
			listed++
		}
		if listed != n {
			b.Errorf("%d are listed", listed)
		}
		b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "ms-list")
		b.ReportMetric(float64(opened.Microseconds())/1000, "ms-open")
		b.ReportMetric(anonymous(b)-before, "MB-more-anonymous")
		b.ReportMetric(size, "MB-files")
		start = time.Now()
		must(b, s.EraseAll(b.Context()))
		b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "ms-erase-all")
		closeStore(b, s)
	}
	b.ReportMetric(0, "ns/op")
}

// anonymous is how many MB of this process's memory are backed by no file.
func anonymous(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	must(b, err)
	for line := range strings.Lines(string(status)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "RssAnon: %f kB", &kb); err == nil {
			return kb / 1000
		}
	}
	return 0
}
