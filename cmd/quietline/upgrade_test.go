package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"quietline/flows"
)

// testdata/upgrade/N/ holds a small state as the binary of format N left it: state.zip, the line's whole folder, and
// told.json, what is known of it. A folder there is never written again; a new format adds one.

var writeUpgrade = flag.String("write-upgrade", "", "write the state of today's binary into this new folder")

// A told is what is known of a stored state.
type told struct {
	Written  time.Time
	Code     string // opens GB
	Name     string // of a lead
	Password string
	Recovery []string
	Claimed  string // handle of a conversation that the lead holds
	Said     string // what its person wrote
	Answered string // what the lead answered
	Cookie   http.Cookie
	Waiting  string        // handle of a conversation that waits
	Channels *toldChannels `json:",omitempty"` // from format 2 on
}

// TestUpgrade opens every state that an earlier format left, with the clock at the moment it was written.
func TestUpgrade(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(root(t), "testdata", "upgrade", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no stored states: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) { opensOld(t, folder) })
	}
}

func opensOld(t *testing.T, folder string) {
	b, err := os.ReadFile(filepath.Join(folder, "told.json"))
	if err != nil {
		t.Fatal(err)
	}
	var k told
	if err := json.Unmarshal(b, &k); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	unzip(t, filepath.Join(folder, "state.zip"), dir)
	namesNewFlows(t, filepath.Join(dir, "quietline.toml"))
	clock := &clock{from: k.Written, begun: time.Now()}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	o := &old{provided: &provided{t: t, dir: dir, ctx: ctx, serving: &process{t: t, out: &output{more: make(chan struct{})}}}, clock: clock}
	if k.Channels != nil {
		o = k.Channels.reopens(o.provided, clock)
	}
	o.begins()
	page, desk := o.page, o.desk

	lead := member{adviser: adviser{visits(t, k.Name)}, name: k.Name, password: k.Password, recovery: k.Recovery}
	in := lead.signsInAgain(desk)
	in.reads(k.Claimed).sees(k.Said).sees(k.Answered)
	in.opens(desk + "/list").sees(k.Waiting)
	ana := person{visits(t, "ana")}
	address, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	ana.client.Jar.SetCookies(address, []*http.Cookie{&k.Cookie})
	visits(t, "mai").opens(page + "/" + k.Code).sees("999")
	ana.opens(page + "/" + k.Code)
	ana.reads().sees(k.Answered)
	ana.returns().writes("still here")
	in.reads(k.Claimed).sees("still here")
	ana.returns().presses("erase")
	in.reads(k.Claimed).sees("gone")
	if k.Channels != nil {
		o.goesOn(in)
		o.leavesNothing()
		o.comesOnce()
	}
}

// TestWriteUpgrade makes a state as people make one. It keeps it only with -write-upgrade; it runs always, so that it
// works on the day it is needed.
func TestWriteUpgrade(t *testing.T) {
	v := provides(t, modePoll, true).serves()
	dir, page, desk := v.dir, v.page, v.desk
	lead := enrols(t, "lead-1", desk, must(t, dir, "staff", "add", "lead-1", "--role", "lead", "--lang", "en"))
	lead.posts("/duty", url.Values{"on": {"1"}})
	k := told{Name: lead.name, Password: lead.password, Recovery: lead.recovery, Code: madeCode(t, dir),
		Said: "I can write in the evening.", Answered: "I will be here in the evening."}
	ana := scans(t, "ana", page+"/"+k.Code)
	ana.taps("yes").presses("person")
	k.Claimed = lead.claims()
	ana.returns().writes(k.Said)
	lead.writes(k.Claimed, k.Answered)
	ana.reads().sees(k.Answered)
	address, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	k.Cookie = *ana.client.Jar.Cookies(address)[0]
	k.Channels = v.toldBy(lead.adviser, k.Code)
	mai := scans(t, "mai", page+"/"+k.Code)
	mai.taps("yes").presses("person")
	soon(t, "a second one waits", func() bool {
		for _, m := range regexp.MustCompile(`action="/c/([0-9A-Z]+)/claim"`).FindAllStringSubmatch(lead.opens(desk+"/list").body, -1) {
			if m[1] != k.Channels.Queued {
				k.Waiting = m[1]
			}
		}
		return k.Waiting != ""
	})
	v.ok(v.telegram.Taken())
	v.serving.stops()
	v.twilio.Wait()
	k.Channels.Telegram, k.Channels.Twilio = v.telegram.Kept(), v.twilio.Kept()
	k.Written = time.Now().UTC().Truncate(time.Second)

	folder := *writeUpgrade
	if folder == "" {
		folder = t.TempDir()
	} else if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatalf("a stored state is never written again: %v", err)
	}
	zipDir(t, dir, filepath.Join(folder, "state.zip"))
	b, err := json.MarshalIndent(k, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "told.json"), append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
	opensOld(t, folder)
}

// servesInside runs serve within the test, at its own time, until stop or the test's end.
func servesInside(t testing.TB, dir string, now func() time.Time) (p *process, page, desk string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, end := &output{more: make(chan struct{})}, make(chan struct{})
	prog := &program{ctx: ctx, stdin: bytes.NewReader(nil), stdout: out, stderr: out, now: now, rand: rand.Reader}
	go func() {
		defer close(end)
		c := serveCmd{configFlag{Config: filepath.Join(dir, "quietline.toml")}}
		if err := c.Run(prog); err != nil {
			_, _ = out.Write([]byte(err.Error() + "\n"))
		}
	}()
	stop = func() { cancel(); <-end }
	t.Cleanup(stop)
	p = &process{t: t, out: out, end: end}
	m := p.prints(`msg=serving public_page=(\S+) desk=(\S+) chat=true`)
	return p, "http://" + m[1], "http://" + m[2], stop
}

// namesNewFlows does what an update asks of the operator: a flow that came with it has been tried by nobody, and is named.
func namesNewFlows(t *testing.T, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	book, err := flows.Load(flows.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, f := range book.Flows() {
		if name := strconv.Quote(f.Name); !strings.Contains(text, name) {
			text = strings.Replace(text, `untried_flows = [`, `untried_flows = [`+name+`, `, 1)
		}
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func zipDir(t *testing.T, dir, file string) {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	if err := z.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func unzip(t *testing.T, file, dir string) {
	t.Helper()
	r, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.CopyFS(dir, r); err != nil {
		t.Fatal(err)
	}
	// The zip does not say who may read.
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o600)
	}); err != nil {
		t.Fatal(err)
	}
}
