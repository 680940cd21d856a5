package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// patience is how long a test waits for what must happen: far more than it takes, even under the race detector on a
// busy machine.
const patience = 60 * time.Second

// A process is the real program, started as a person starts it.
type process struct {
	t   testing.TB
	cmd *exec.Cmd
	out *output
	end chan struct{} // closed when it has ended
	err error         // of its end
}

// An output is all that a process has printed, stdout and stderr together.
type output struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	more chan struct{} // closed and replaced at every write
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.more)
	o.more = make(chan struct{})
	return o.buf.Write(b)
}

func (o *output) now() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String(), o.more
}

// start runs quietline in a folder. What is still running at the end of the test is killed.
func start(t testing.TB, dir string, args ...string) *process {
	t.Helper()
	return startCommand(t, dir, "quietline", args...)
}

func startCommand(t testing.TB, dir, name string, args ...string) *process {
	t.Helper()
	p := &process{t: t, out: &output{more: make(chan struct{})}, end: make(chan struct{})}
	p.cmd = exec.Command(name, args...)
	p.cmd.Dir = dir
	p.cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.end)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.end
	})
	return p
}

// prints waits until what the process has printed matches, and returns the groups of the match.
func (p *process) prints(pattern string) []string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	late := time.After(patience)
	for {
		text, more := p.out.now()
		if m := re.FindStringSubmatch(text); m != nil {
			return m
		}
		select {
		case <-more:
		case <-p.end:
			if text, _ := p.out.now(); re.MatchString(text) {
				return re.FindStringSubmatch(text)
			}
			p.t.Fatalf("the program ended (%v) without printing %s:\n%s", p.err, pattern, text)
		case <-late:
			p.t.Fatalf("the program did not print %s:\n%s", pattern, text)
		}
	}
}

// stops asks the process to end as Ctrl-C does, and waits until it has.
func (p *process) stops() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		p.t.Fatal(err)
	}
	p.ended()
	if p.err != nil {
		text, _ := p.out.now()
		p.t.Fatalf("the program ended with %v:\n%s", p.err, text)
	}
}

// killed ends the process as kill -9 does.
func (p *process) killed() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	p.ended()
}

func (p *process) ended() {
	p.t.Helper()
	select {
	case <-p.end:
	case <-time.After(patience):
		p.t.Fatal("the program did not end")
	}
}

// serves starts serve in a folder and returns the addresses of page and desk.
func serves(t testing.TB, dir string) (p *process, page, desk string) {
	t.Helper()
	p = start(t, dir, "serve")
	m := p.prints(`msg=serving public_page=(\S+) desk=(\S+)`)
	return p, "http://" + m[1], "http://" + m[2]
}

// command runs one command to its end and returns what it printed.
func command(t testing.TB, dir string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "quietline", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// must runs a command that must work.
func must(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := command(t, dir, args...)
	if err != nil {
		t.Fatalf("quietline %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// authenticator is what an authenticator app shows now for a key.
func authenticator(t testing.TB, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// lineFolder is a folder with a quietline.toml of its own.
func lineFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "quietline.toml"), []byte(served), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// soon waits until f is true.
func soon(t testing.TB, what string, f func() bool) {
	t.Helper()
	within(t, patience, what, f)
}

// within is soon with a patience of its own.
func within(t testing.TB, d time.Duration, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(d)
	for !f() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
