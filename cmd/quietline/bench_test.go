package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quietline/bot"
)

// benchServes starts the real binary in a folder and returns the addresses of page and desk.
func benchServes(b *testing.B, binary, dir string) (p *process, page, desk string) {
	b.Helper()
	p = startCommand(b, dir, binary, "serve")
	m := p.prints(`msg=serving public_page=(\S+) desk=(\S+) chat=true`)
	return p, "http://" + m[1], "http://" + m[2]
}

// memory reads a figure of /proc/PID/status in MB.
func memory(b *testing.B, p *process, what string) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	m := regexp.MustCompile(what + `:\s+(\d+) kB`).FindSubmatch(text)
	if m == nil {
		b.Fatalf("no %s in /proc", what)
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kb) / 1024
}

// BenchmarkServeStart: from the start of the process to the first page (≤ 300 ms), and memory when idle (≤ 40 MB).
func BenchmarkServeStart(b *testing.B) {
	binary, dir := builds(b), lineFolder(b)
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	var first time.Duration
	n := 0
	for b.Loop() {
		begun := time.Now()
		p, page, _ := benchServes(b, binary, dir)
		resp, err := http.Get(page + "/")
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		first += time.Since(begun)
		n++
		if n == 1 {
			b.ReportMetric(memory(b, p, "VmRSS"), "MB-resident-idle")
			b.ReportMetric(memory(b, p, "RssAnon"), "MB-anonymous-idle")
		}
		p.stops()
	}
	b.ReportMetric(float64(first.Milliseconds())/float64(n), "ms-to-first-page")
	b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkReplyAfterKill: kill -9 with an adviser's answer acknowledged and not yet seen; from the restart to the
// person's page showing it (≤ 2 s).
func BenchmarkReplyAfterKill(b *testing.B) {
	binary, dir := builds(b), lineFolder(b)
	p, page, desk := benchServes(b, binary, dir)
	one := enrols(b, "adviser-1", desk, must(b, dir, "staff", "add", "adviser-1", "--role", "adviser", "--lang", "en")).adviser
	one.posts("/duty", map[string][]string{"on": {"1"}})
	ana := scans(b, "ana", page+"/"+madeCode(b, dir))
	ana.taps("yes").presses("person")
	handle := one.claims()
	var back time.Duration
	n := 0
	for b.Loop() {
		answer := fmt.Sprintf("answer %d.", n)
		one.writes(handle, answer)
		p.killed()
		begun := time.Now()
		p, page, desk = benchServes(b, binary, dir)
		ana.at, one.at = page+"/", desk+"/"
		soon(b, "the person sees the answer", func() bool { return strings.Contains(ana.reads().body, answer) })
		back += time.Since(begun)
		n++
	}
	b.ReportMetric(float64(back.Milliseconds())/float64(n), "ms-to-reply-after-kill")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkFullLine: 100,000 live conversations, of which 1,000 wait for an adviser. Anonymous memory (≤ 80 MB), the
// database's size (≤ 260 MB), from the start of the process to the desk's whole queue (≤ 2 s), and erasing all (≤ 1 s).
func BenchmarkFullLine(b *testing.B) {
	const live, wait = 100_000, 1_000
	binary, dir := builds(b), b.TempDir()
	write(b, dir, "quietline.toml", strings.Replace(served, `"./state"`, `"memory"`, 1))
	fill(b, dir, live, wait)
	p, _, desk := benchServes(b, binary, dir)
	one := enrols(b, "adviser-1", desk, must(b, dir, "staff", "add", "adviser-1", "--role", "adviser", "--lang", "en")).adviser
	p.stops()
	db, err := os.Stat(filepath.Join(dir, "run", talksName+".db"))
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	p, _, desk = benchServes(b, binary, dir)
	whole := fmt.Sprintf(`data-count="%d"`, wait)
	soon(b, "the queue is whole", func() bool { return strings.Contains(one.opens(desk+"/waiting").body, whole) })
	queue, anonymous := time.Since(begun), memory(b, p, "RssAnon")
	begun = time.Now()
	must(b, dir, "erase", "--all")
	erased := time.Since(begun)
	p.stops()
	for b.Loop() { // measured above, once: filling takes most of the time
	}
	b.ReportMetric(float64(queue.Milliseconds()), "ms-to-whole-queue")
	b.ReportMetric(anonymous, "MB-anonymous")
	b.ReportMetric(float64(db.Size())/1e6, "MB-file")
	b.ReportMetric(float64(erased.Milliseconds()), "ms-erase-all")
	b.ReportMetric(0, "ns/op")
}

// fill makes live conversations through the bot, of which some wait, on the line's own files.
func fill(b *testing.B, dir string, live, wait int) {
	b.Helper()
	cfg, err := readConfig(filepath.Join(dir, "quietline.toml"))
	if err != nil {
		b.Fatal(err)
	}
	p := &program{ctx: context.Background(), stdout: io.Discard, stderr: io.Discard, now: time.Now, rand: rand.Reader}
	content, err := openContent("", "", cfg.loader().load, p.logger())
	if err != nil {
		b.Fatal(err)
	}
	h, err := openHouse(p.ctx, cfg, houseOptions{channels: []bot.Channel{&terminal{out: io.Discard}}}, content, p)
	if err != nil {
		b.Fatal(err)
	}
	defer h.close()
	var next atomic.Int64
	var failed atomic.Value
	var all sync.WaitGroup
	for range 256 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < live && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				address := bot.Hide(fmt.Sprintf("%064x", i))
				says := []string{"hello", "1", "2", "1"}
				if i < wait {
					says = []string{"hello", "1", "9"}
				}
				for turn, text := range says {
					in := bot.Inbound{Channel: terminalName, Address: address, ID: fmt.Sprint(turn), Text: bot.Hide(text), Lang: "en", Country: "GB"}
					if _, err := h.talks.Load().bot.Take(p.ctx, in); err != nil {
						failed.Store(err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	h.talks.Load().bot.Tend(p.ctx) // what is still to be sent
	if err := failed.Load(); err != nil {
		b.Fatal(err)
	}
}
