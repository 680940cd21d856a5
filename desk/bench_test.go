package desk

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"quietline/line"
)

const (
	benchAdvisers = 200
	benchTalks    = 1000 // open conversations, each on an adviser's screen
	benchRate     = 500  // messages of people in a second
	benchFor      = 20 * time.Second
)

// A screen is an open page of a conversation, as desk.js keeps it: it listens to its stream and asks for what changed.
type screen struct {
	client *http.Client
	cookie string
	url    string
	path   string // what it asks for when the conversation changed
	stream string

	mu   sync.Mutex
	want map[string]time.Time // texts that were written and are not on the screen
	took []time.Duration
	bad  error
}

// listen is the page's stream, until the context ends.
func (s *screen) listen(ctx context.Context, ready *sync.WaitGroup) {
	once := sync.OnceFunc(ready.Done)
	defer once()
	res, err := s.ask(ctx, s.stream)
	if err != nil {
		s.fail(ctx, err)
		return
	}
	defer func() { _ = res.Body.Close() }()
	in := bufio.NewScanner(res.Body)
	for in.Scan() {
		if strings.HasPrefix(in.Text(), "retry") {
			once()
		}
		kind, ok := strings.CutPrefix(in.Text(), "event: ")
		switch {
		case !ok:
		case kind == "talk":
			s.look(ctx)
		default: // "queue", "tick": the number in the bar
			s.read(ctx, "/waiting")
		}
	}
}

func (s *screen) ask(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Cookie", s.cookie)
	return s.client.Do(req)
}

func (s *screen) read(ctx context.Context, path string) string {
	res, err := s.ask(ctx, path)
	if err != nil {
		s.fail(ctx, err)
		return ""
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.fail(ctx, err)
	}
	return string(b)
}

func (s *screen) fail(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bad = err
}

// look is what the page does when it hears of a change.
func (s *screen) look(ctx context.Context) {
	body := s.read(ctx, s.path)
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for text, at := range s.want {
		if strings.Contains(body, text) {
			s.took = append(s.took, now.Sub(at))
			delete(s.want, text)
		}
	}
}

func (s *screen) expects(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.want[text] = time.Now()
}

// measured prints what came of one run.
func measured(b *testing.B, name string, screens []*screen, sent int, cpu time.Duration) {
	var all []time.Duration
	lost := 0
	for _, s := range screens {
		s.mu.Lock()
		if s.bad != nil {
			b.Errorf("%s: a screen failed: %v", name, s.bad)
		}
		all = append(all, s.took...)
		lost += len(s.want)
		s.mu.Unlock()
	}
	slices.Sort(all)
	if len(all) == 0 {
		b.Fatalf("%s: nothing reached a screen", name)
	}
	at := func(p float64) time.Duration { return all[int(p*float64(len(all)-1))].Round(100 * time.Microsecond) }
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Printf("%-14s %d advisers, %d conversations, %d messages a second: %d of %d on a screen; p50 %v, p95 %v, p99 %v; %.0f %% of a core, heap %d MB, %d goroutines\n",
		name, benchAdvisers, benchTalks, benchRate, len(all), sent, at(.5), at(.95), at(.99), 100*cpu.Seconds()/benchFor.Seconds(), m.HeapInuse>>20, runtime.NumGoroutine())
	b.ReportMetric(float64(at(.95).Microseconds())/1000, "ms-p95-"+strings.ReplaceAll(name, " ", "-"))
}

func cpuNow() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// steady calls write benchRate times a second from a steady clock, whatever the line does, and returns how often.
func steady(write func(n int)) (sent int) {
	start := time.Now()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		since := time.Since(start)
		if since > benchFor {
			return sent
		}
		for due := int(since.Seconds() * benchRate); sent < due; sent++ {
			write(sent)
		}
	}
	return sent
}

// BenchmarkDesk: 200 advisers hold 1,000 conversations, all of them open on screens, and people write 500 messages a second:
// how long from a person's message to the adviser's screen, over HTTP, the screens' own work in the same process. Beside it a
// bare stream that tells 1,000 screens to fetch a page of the same size.
func BenchmarkDesk(b *testing.B) {
	for range b.N {
		benchDesk(b)
		benchBare(b)
	}
}

func benchTransport() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4 * benchTalks, MaxIdleConns: 4 * benchTalks}}
}

func benchDesk(b *testing.B) {
	h := newHouseWith(b, line.Options{AlwaysOn: true})
	client := benchTransport()
	var screens []*screen
	var people []*person
	for i := range benchAdvisers {
		id, link := h.staff(fmt.Sprintf("adviser-%d", i), line.Adviser)
		c := h.client()
		c.post(link, nil).is(http.StatusSeeOther)
		u := c.http.Jar.Cookies(mustURL(b, h.url))
		for j := range benchTalks / benchAdvisers {
			p := h.person(fmt.Sprintf("%d of adviser %d", j, i), "en")
			handle := p.handedTo(id)
			people = append(people, p)
			screens = append(screens, &screen{client: client, cookie: u[0].Name + "=" + u[0].Value, url: h.url,
				path: "/c/" + handle + "/log", stream: "/live?c=" + handle, want: map[string]time.Time{}})
		}
	}
	run(b, "desk", screens, func(n int) {
		i := n % len(screens)
		text := fmt.Sprintf("message %d of them.", n)
		screens[i].expects(text)
		people[i].writes(text)
	})
}

// run lets the screens listen, writes, and prints.
func run(b *testing.B, name string, screens []*screen, write func(n int)) {
	ctx, stop := context.WithCancel(context.Background())
	var ready, ended sync.WaitGroup
	ready.Add(len(screens))
	for _, s := range screens {
		ended.Go(func() { s.listen(ctx, &ready) })
	}
	ready.Wait()
	type job struct{ n int }
	jobs := make(chan job, 1<<16)
	var writers sync.WaitGroup
	for range 16 {
		writers.Go(func() {
			for j := range jobs {
				write(j.n)
			}
		})
	}
	before := cpuNow()
	sent := steady(func(n int) { jobs <- job{n} })
	close(jobs)
	writers.Wait()
	until(b, "all is on a screen", func() bool {
		return !slices.ContainsFunc(screens, func(s *screen) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			return len(s.want) > 0 && s.bad == nil
		})
	})
	measured(b, name, screens, sent, cpuNow()-before)
	stop()
	client := screens[0].client
	client.CloseIdleConnections()
	ended.Wait()
}

// benchBare is the same with nothing behind it: a stream for each screen and a page of the size of a conversation.
func benchBare(b *testing.B) {
	streams := make([]chan struct{}, benchTalks)
	texts := make([]string, benchTalks)
	var mu sync.Mutex
	for i := range streams {
		streams[i] = make(chan struct{}, 64)
	}
	page := strings.Repeat("<p>nothing to see</p>\n", 200)
	mux := http.NewServeMux()
	at := func(r *http.Request) (i int) { _, _ = fmt.Sscan(r.PathValue("i"), &i); return i }
	mux.HandleFunc("GET /live/{i}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		rc := http.NewResponseController(w)
		_, _ = fmt.Fprint(w, "retry: 2000\n\n")
		for rc.Flush() == nil {
			select {
			case <-r.Context().Done():
				return
			case <-streams[at(r)]:
				_, _ = fmt.Fprint(w, "event: talk\ndata: 1\n\n")
			}
		}
	})
	mux.HandleFunc("GET /page/{i}", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		text := texts[at(r)]
		mu.Unlock()
		_, _ = io.WriteString(w, page+text)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	client := benchTransport()
	var screens []*screen
	for i := range streams {
		screens = append(screens, &screen{client: client, url: srv.URL, path: fmt.Sprintf("/page/%d", i), stream: fmt.Sprintf("/live/%d", i), want: map[string]time.Time{}})
	}
	run(b, "bare stream", screens, func(n int) {
		i := n % len(screens)
		text := fmt.Sprintf("message %d of them.", n)
		screens[i].expects(text)
		mu.Lock()
		texts[i] += text
		mu.Unlock()
		streams[i] <- struct{}{}
	})
}
