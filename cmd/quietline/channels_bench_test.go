package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quietline/bot/telegram"
	"quietline/bot/twilio"
	"quietline/bot/twilio/twiliotest"
)

var profileDir = flag.String("profiles", "", "write CPU profiles of BenchmarkChannels into this folder")

// benchChats is how many people write; each has at most one message on its way.
const benchChats = 10_000

// A bencher writes to a child process and is the provider that takes its answers.
type bencher struct {
	b       *testing.B
	child   *process
	at      string // of the child
	api     *http.Server
	url     string
	client  *http.Client
	signer  *twiliotest.Server
	next    atomic.Int64 // ids
	sent    [2][]atomic.Int64
	handed  chan time.Duration
	dropped atomic.Int64 // answers to nothing that was asked
}

// The channels that are measured, and a handler that only reads.
const (
	benchTelegram = iota
	benchSMS
	benchBare
)

// A row is one measurement.
type benchRow struct {
	name                string
	rate                int
	commit50, commit99  time.Duration
	hand50, hand99      time.Duration
	backlog, refused    int
	drained             time.Duration
	cpu, rss, anonymous float64 // CPU in seconds, of the line alone
}

// BenchmarkChannels: a message comes in by webhook, is committed, and its answer is handed to the provider. At 500 a second
// (p99 to commit ≤ 25 ms, to hand-over ≤ 100 ms) and at 2,000 a second for 30 s (no backlog), on a disk and in memory,
// beside a handler that only reads; from a steady clock, whatever the line does.
func BenchmarkChannels(b *testing.B) {
	var rows []benchRow
	for _, state := range []string{"./state", "memory"} {
		name := map[string]string{"./state": "disk", "memory": "memory"}[state]
		m := newBencher(b, name, state)
		if state == "./state" {
			rows = append(rows, m.runs("bare net/http", benchBare, 500, 10*time.Second), m.runs("bare net/http", benchBare, 2000, 10*time.Second))
		}
		for ch, channel := range []string{benchTelegram: "Telegram", benchSMS: "SMS"} {
			m.warms(ch)
			rows = append(rows, m.runs(channel+", "+name, ch, 500, 10*time.Second), m.runs(channel+", "+name, ch, 2000, 30*time.Second))
		}
		m.child.stops()
	}
	for b.Loop() { // measured above, against the clock
	}
	var t strings.Builder
	fmt.Fprintf(&t, "%-18s %6s %18s %18s %8s %8s %9s %6s %12s\n", "", "per s", "commit p50/p99 ms", "hand p50/p99 ms", "refused", "backlog", "drained", "CPU s", "RSS/anon MB")
	for _, r := range rows {
		fmt.Fprintf(&t, "%-18s %6d %8.1f / %7.1f %8.1f / %7.1f %8d %8d %6d ms %6.1f %6.0f/%5.0f\n", r.name, r.rate, ms(r.commit50), ms(r.commit99), ms(r.hand50), ms(r.hand99),
			r.refused, r.backlog, r.drained.Milliseconds(), r.cpu, r.rss, r.anonymous)
		if r.rate == 500 && r.hand99 > 0 {
			unit := strings.NewReplacer(", ", "-", " ", "-").Replace(r.name)
			b.ReportMetric(ms(r.commit99), unit+"-commit-p99-ms")
			b.ReportMetric(ms(r.hand99), unit+"-hand-p99-ms")
		}
	}
	b.ReportMetric(0, "ns/op")
	fmt.Print("\n" + t.String()) // a benchmark's own log is cut after ten lines
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func newBencher(b *testing.B, name, state string) *bencher {
	b.Helper()
	m := &bencher{b: b, handed: make(chan time.Duration, 1<<20), client: &http.Client{Timeout: 30 * time.Second,
		Transport: &http.Transport{MaxIdleConns: 2048, MaxIdleConnsPerHost: 2048, MaxConnsPerHost: 300}}}
	for i := range m.sent {
		m.sent[i] = make([]atomic.Int64, benchChats)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	m.url, m.api = "http://"+l.Addr().String(), &http.Server{Handler: m, ReadHeaderTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = m.api.Serve(l) // ends with Close
	}()
	b.Cleanup(func() {
		_ = m.api.Close() // it ends
		<-ended
	})
	if m.signer, err = twiliotest.New(twiliotest.Options{}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(m.signer.Close)
	dir := b.TempDir()
	write(b, dir, "quietline.toml", strings.Replace(served, `"./state"`, `"`+state+`"`, 1))
	profile := ""
	if *profileDir != "" {
		profile = filepath.Join(*profileDir, name+".pprof")
	}
	m.child = startCommand(b, dir, benchName, m.url, profile)
	m.at = m.child.prints(`listening (\S+)`)[1]
	return m
}

// ServeHTTP is the provider: it notes when an answer has arrived whole.
func (m *bencher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	now := time.Now()
	id := m.next.Add(1)
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasSuffix(r.URL.Path, "/sendMessage"):
		who := benchChatID.FindSubmatch(body)
		if who == nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		m.arrived(benchTelegram, string(who[1]), now)
		fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":%d,"chat":{"id":%s,"type":"private"}}}`, id, now.Unix(), "70"+string(who[1]))
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Messages.json"):
		form, err := url.ParseQuery(string(body))
		if err != nil || len(form.Get("To")) < 6 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		m.arrived(benchSMS, form.Get("To")[6:], now)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"sid":"SM%032x","status":"queued"}`, id)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case strings.HasSuffix(r.URL.Path, "/Messages.json"):
		_, _ = io.WriteString(w, `{"messages":[],"next_page_uri":null}`)
	default:
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	}
}

var benchChatID = regexp.MustCompile(`\s70(\d{8})\s`)

func (m *bencher) arrived(channel int, number string, now time.Time) {
	i, err := strconv.Atoi(number)
	if err != nil || i >= benchChats {
		m.dropped.Add(1)
		return
	}
	if since := m.sent[channel][i].Swap(0); since != 0 {
		m.handed <- now.Sub(time.Unix(0, since))
		return
	}
	m.dropped.Add(1)
}

// posts sends one message of a person and reports the status.
func (m *bencher) posts(channel, i int, text string) int {
	id := m.next.Add(1)
	var req *http.Request
	var err error
	switch channel {
	case benchSMS:
		sid := fmt.Sprintf("SM%032x", id)
		form := url.Values{"AccountSid": {twiliotest.AccountSID}, "ApiVersion": {"2010-04-01"}, "From": {fmt.Sprintf("+44770%08d", i)}, "To": {ourNumber}, "Body": {text},
			"MessageSid": {sid}, "SmsSid": {sid}, "SmsMessageSid": {sid}, "SmsStatus": {"received"}, "NumSegments": {"1"}, "NumMedia": {"0"}, "FromCountry": {"GB"}}
		req, err = http.NewRequest(http.MethodPost, "http://"+m.at+twilio.InboundPath, strings.NewReader(form.Encode()))
		if err == nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("X-Twilio-Signature", m.signer.Sign(benchPublic+twilio.InboundPath, form))
		}
	default:
		path := map[int]string{benchTelegram: telegramPath, benchBare: "/bare"}[channel]
		body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1,"chat":{"id":70%08d,"type":"private"},"from":{"id":70%08d,"is_bot":false,"first_name":"x"},"text":%q}}`, id, id, i, i, text)
		req, err = http.NewRequest(http.MethodPost, "http://"+m.at+path, strings.NewReader(body))
		if err == nil {
			req.Header.Set("X-Telegram-Bot-Api-Secret-Token", telegram.Secret(botToken))
		}
	}
	if err != nil {
		return 0
	}
	resp, err := m.client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // nothing of interest
	return resp.StatusCode
}

// warms makes everybody's conversation.
func (m *bencher) warms(channel int) {
	m.b.Helper()
	var all sync.WaitGroup
	var next, bad atomic.Int64
	for range 64 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < benchChats; i = int(next.Add(1)) - 1 {
				m.sent[channel][i].Store(time.Now().UnixNano())
				if m.posts(channel, i, "hi")/100 != 2 {
					bad.Add(1)
				}
			}
		})
	}
	all.Wait()
	if bad.Load() > 0 {
		m.b.Fatalf("%d first messages were not taken", bad.Load())
	}
	m.drains(channel, patience)
	m.counted()
}

func (m *bencher) waiting(channel int) int {
	n := 0
	for i := range m.sent[channel] {
		if m.sent[channel][i].Load() != 0 {
			n++
		}
	}
	return n
}

// drains waits until every answer has been handed over.
func (m *bencher) drains(channel int, patience time.Duration) {
	m.b.Helper()
	late := time.Now().Add(patience)
	for m.waiting(channel) > 0 {
		if time.Now().After(late) {
			said, _ := m.child.out.now()
			m.b.Fatalf("%d answers are missing; the line said:\n%s", m.waiting(channel), said[max(0, len(said)-2000):])
		}
		waits(context.Background(), time.Millisecond)
	}
}

// counted are the hand-overs so far, sorted.
func (m *bencher) counted() []time.Duration {
	var out []time.Duration
	for {
		select {
		case d := <-m.handed:
			out = append(out, d)
		default:
			slices.Sort(out)
			return out
		}
	}
}

// runs writes at a rate, from a clock that waits for nobody.
func (m *bencher) runs(name string, channel, rate int, d time.Duration) benchRow {
	m.b.Helper()
	cpu := m.cpu()
	var mu sync.Mutex
	var commits []time.Duration
	var bad atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	total := rate * int(d/time.Second)
	for n := 0; n < total; {
		due := min(total, int(time.Since(begun)*time.Duration(rate)/time.Second)+1)
		for ; n < due; n++ {
			at, i := begun.Add(time.Duration(n)*time.Second/time.Duration(rate)), n%benchChats
			if channel != benchBare {
				m.sent[channel][i].Store(at.UnixNano())
			}
			all.Go(func() {
				if m.posts(channel, i, "hello")/100 != 2 {
					bad.Add(1)
					if channel != benchBare { // nobody answers it; a provider would come again
						m.sent[channel][i].Store(0)
					}
				}
				took := time.Since(at)
				mu.Lock()
				defer mu.Unlock()
				commits = append(commits, took)
			})
		}
		waits(context.Background(), 500*time.Microsecond)
	}
	row := benchRow{name: name, rate: rate}
	if channel != benchBare {
		row.backlog = m.waiting(channel)
	}
	ended := time.Now()
	all.Wait()
	if channel != benchBare {
		m.drains(channel, 3*patience)
	}
	row.drained, row.cpu = time.Since(ended), m.cpu()-cpu
	row.rss, row.anonymous = memory(m.b, m.child, "VmRSS"), memory(m.b, m.child, "RssAnon")
	row.refused = int(bad.Load())
	slices.Sort(commits)
	row.commit50, row.commit99 = commits[len(commits)/2], commits[len(commits)*99/100]
	if hands := m.counted(); len(hands) > 0 {
		row.hand50, row.hand99 = hands[len(hands)/2], hands[len(hands)*99/100]
	}
	return row
}

// cpu is what the child has used so far, in seconds.
func (m *bencher) cpu() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", m.child.cmd.Process.Pid))
	if err != nil {
		m.b.Fatal(err)
	}
	f := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	user, _ := strconv.ParseFloat(string(f[11]), 64)
	system, _ := strconv.ParseFloat(string(f[12]), 64)
	return (user + system) / 100 // USER_HZ is 100 on Linux
}
