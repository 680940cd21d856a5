package main

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A member is somebody on the staff with a password and recovery codes.
type member struct {
	adviser
	name, password string
	recovery       []string
}

// enrols follows an enrolment link: password, authenticator, recovery codes.
func enrols(t testing.TB, name, deskURL, said string) member {
	t.Helper()
	m := regexp.MustCompile(`/new/\S+`).FindString(said)
	if m == "" {
		t.Fatalf("no enrolment link in:\n%s", said)
	}
	a := member{adviser: adviser{visits(t, name)}, name: name, password: "four random words here"}
	a.opens(deskURL + m)
	a.sends("", url.Values{"password": {a.password}, "again": {a.password}})
	key := regexp.MustCompile(`<code class="key">([A-Z2-7]+)</code>`).FindStringSubmatch(a.body)
	if key == nil {
		t.Fatalf("%s is shown no key:\n%s", name, a.body)
	}
	for _, c := range regexp.MustCompile(`<li><code>([^<]+)</code>`).FindAllStringSubmatch(a.body, -1) {
		a.recovery = append(a.recovery, html.UnescapeString(c[1]))
	}
	a.sends("", url.Values{"code": {authenticator(t, key[1])}})
	a.sees("Sign out")
	return a
}

// signsInAgain signs in from a new browser with a recovery code.
func (m *member) signsInAgain(deskURL string) adviser {
	m.t.Helper()
	a := adviser{visits(m.t, m.name)}
	a.opens(deskURL + "/in")
	a.sends("", url.Values{"name": {m.name}, "password": {m.password}, "code": {m.recovery[0]}})
	m.recovery = m.recovery[1:]
	a.sees("Sign out")
	return a
}

// TestS11_Killed kills serve right after it has acknowledged something, again and again: nothing is lost, and nothing is
// there twice.
func TestS11_Killed(t *testing.T) {
	dir := lineFolder(t)
	p, page, desk := serves(t, dir)
	one := enrols(t, "adviser-1", desk, must(t, dir, "staff", "add", "adviser-1", "--role", "adviser", "--lang", "en")).adviser
	one.posts("/duty", url.Values{"on": {"1"}})
	ana := scans(t, "ana", page+"/"+madeCode(t, dir))
	ana.taps("yes").presses("person")
	handle := one.claims()
	for i := range 4 {
		said, answered := fmt.Sprintf("line %d of ana.", i), fmt.Sprintf("answer %d of the adviser.", i)
		ana.returns().writes(said)
		p.killed()
		p, page, desk = serves(t, dir)
		ana.at, one.at = page+"/", desk+"/"
		one.reads(handle)
		if n := strings.Count(one.body, said); n != 1 {
			t.Fatalf("after kill %d the adviser sees the person's line %d times:\n%s", i, n, one.body)
		}
		one.writes(handle, answered)
		p.killed()
		p, page, desk = serves(t, dir)
		ana.at, one.at = page+"/", desk+"/"
		ana.reads()
		if n := strings.Count(ana.body, answered); n != 1 {
			t.Fatalf("after kill %d the person sees the pending answer %d times:\n%s", i, n, ana.body)
		}
	}
	ana.returns().presses("erase")
	p.killed()
	_, page, desk = serves(t, dir)
	ana.at, one.at = page+"/", desk+"/"
	one.reads(handle).sees("gone")
	ana.opens(page + "/").doesNotSee("of the adviser")
}

// TestReturnWords leaves while waiting and comes back with the words from another phone, after a kill -9; with the forced
// words only the cover is there, and the adviser is warned.
func TestReturnWords(t *testing.T) {
	dir := lineFolder(t)
	p, page, desk := serves(t, dir)
	one := enrols(t, "adviser-1", desk, must(t, dir, "staff", "add", "adviser-1", "--role", "adviser", "--lang", "en")).adviser
	one.posts("/duty", url.Values{"on": {"1"}})
	code := madeCode(t, dir)
	ana := scans(t, "ana", page+"/"+code)
	for _, choice := range []string{"yes", "no", "me", "housing", "write", "yes", "yes", "words"} {
		ana.taps(choice)
	}
	m := regexp.MustCompile(`Your words: (\S+ \S+ \S+)\. .*instead: (\S+ \S+ \S+)\.`).FindStringSubmatch(html.UnescapeString(ana.reads().body))
	if m == nil {
		t.Fatalf("no words on the page:\n%s", ana.body)
	}
	ana.returns().taps("done").writes("something for the adviser to read")
	ana.reads().doesNotSee(m[1])
	ana.returns().presses("leave")
	p.killed()
	_, page, desk = serves(t, dir)
	one.at = desk + "/"

	back := scans(t, "ana elsewhere", page+"/"+code).writes(m[1])
	back.reads().sees("Hello again.").doesNotSee("something for the adviser to read")
	back.returns().taps("yes")
	back.reads().sees("You are waiting for a person.").sees("something for the adviser to read")
	handle := one.claims()
	one.reads(handle).sees("something for the adviser to read")
	one.writes(handle, "A bed is free tonight.")
	back.reads().sees("A bed is free tonight.")
	back.returns().presses("leave")

	forced := scans(t, "somebody with her words", page+"/"+code).writes(m[2])
	forced.reads().sees("Hello again.").doesNotSee("A bed is free tonight.")
	forced.returns().taps("yes").doesNotSee("A bed is free tonight.")
	forced.reads().doesNotSee("A bed is free tonight.").doesNotSee("something for the adviser to read")
	soon(t, "the desk is warned", func() bool { return strings.Contains(one.opens(origin(one.at)+"/list").body, "duress") })
}

func madeCode(t testing.TB, dir string) string {
	t.Helper()
	out := must(t, dir, "code", "new", "--country", "GB", "--kind", "poster")
	first, _, _ := strings.Cut(out, "\n")
	return strings.TrimSpace(first[strings.LastIndex(first, "/")+1:])
}

// slots are the keys in a keyring file: whatever is not zeros, by 32 bytes, after its header.
func slots(t testing.TB, file string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for b = b[64:]; len(b) >= 32; b = b[32:] {
		if !bytes.Equal(b[:32], make([]byte, 32)) {
			out = append(out, b[:32:32])
		}
	}
	return out
}

// TestEraseAll destroys the keyring of the conversations while the line runs: no conversation can be read, staff still
// sign in, every printed code still opens, and the line answers anew.
func TestEraseAll(t *testing.T) {
	dir := lineFolder(t)
	p, page, desk := serves(t, dir)
	one := enrols(t, "adviser-1", desk, must(t, dir, "staff", "add", "adviser-1", "--role", "lead", "--lang", "en"))
	one.posts("/duty", url.Values{"on": {"1"}})
	code := madeCode(t, dir)
	ana := scans(t, "ana", page+"/"+code)
	ana.taps("yes").presses("person")
	handle := one.claims()
	ana.returns().writes("a line that must go")

	keyring := filepath.Join(dir, "state", "talks.keys")
	old := slots(t, keyring)
	if len(old) < 2 {
		t.Fatalf("the keyring holds %d keys before", len(old))
	}
	oldDB, err := os.ReadFile(filepath.Join(dir, "state", "talks.db"))
	if err != nil {
		t.Fatal(err)
	}
	if out := must(t, dir, "erase", "--all"); !strings.Contains(out, "answers anew") {
		t.Fatalf("erase --all said %q", out)
	}
	raw, err := os.ReadFile(keyring)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range old {
		if bytes.Contains(raw, key) {
			t.Fatal("a key of before is still in the keyring")
		}
	}
	one.reads(handle).sees("gone").doesNotSee("must go")
	ana.opens(ana.at).doesNotSee("must go").sees("999")
	second := one.signsInAgain(desk)
	second.posts("/duty", url.Values{"on": {"1"}})
	mai := scans(t, "mai", page+"/"+code)
	mai.taps("yes").presses("person")
	if fresh := second.claims(); fresh == handle {
		t.Error("a handle came back")
	}
	if out := must(t, dir, "code", "list"); !strings.Contains(out, "GB") {
		t.Errorf("the codes are gone:\n%s", out)
	}
	if _, err := command(t, dir, "erase", handle); err == nil {
		t.Error("an erased conversation was erased again")
	}

	// Whoever kept the old database cannot read it with the keyring of now.
	p.stops()
	if err := os.WriteFile(filepath.Join(dir, "state", "talks.db"), oldDB, 0o600); err != nil {
		t.Fatal(err)
	}
	p, page, _ = serves(t, dir)
	p.prints("keyring belongs to another database")
	mai.opens(page + "/" + code).sees("999")
	mai.doesNotSee(`value="start"`)
}

// TestEraseHandle erases one conversation through the running server, and without one.
func TestEraseHandle(t *testing.T) {
	dir := lineFolder(t)
	p, page, desk := serves(t, dir)
	one := enrols(t, "adviser-1", desk, must(t, dir, "staff", "add", "adviser-1", "--role", "adviser", "--lang", "en")).adviser
	one.posts("/duty", url.Values{"on": {"1"}})
	handles := map[string]person{}
	for _, name := range []string{"ana", "mai"} {
		who := scans(t, name, page+"/"+madeCode(t, dir))
		who.taps("yes").presses("person")
		handles[one.claims()] = who
	}
	running := true
	for handle, who := range handles {
		if !running {
			p.stops()
		}
		must(t, dir, "erase", handle)
		if !running {
			_, page, desk = serves(t, dir)
			who.at, one.at = page+"/", desk+"/"
		}
		one.reads(handle).sees("gone")
		who.reads().doesNotSee("without anyone seeing")
		running = false
	}
}

// TestBrokenStores starts serve over stores that do not open: the chat is off, the log says which and what to do, the
// page stays on and tells the person nothing, and what can be mended is mended by erase --all.
func TestBrokenStores(t *testing.T) {
	whole := lineFolder(t)
	p, _, _ := serves(t, whole)
	code := madeCode(t, whole)
	p.stops()
	for _, tt := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		says  string
		mends bool
	}{
		{"no keyring", func(t *testing.T, dir string) { remove(t, dir, "state/talks.keys") }, "the keyring is missing .put talks.keys back", true},
		{"no database", func(t *testing.T, dir string) { remove(t, dir, "state/talks.db") }, "", true},
		{"foreign keyring", func(t *testing.T, dir string) {
			other := lineFolder(t)
			p, _, _ := serves(t, other)
			p.stops()
			copyFile(t, filepath.Join(other, "state", "talks.keys"), filepath.Join(dir, "state", "talks.keys"))
		}, "belongs to another database", true},
		{"damaged database", func(t *testing.T, dir string) { overwrite(t, dir, "state/talks.db") }, "talks.db .*is damaged", true},
		{"damaged keyring", func(t *testing.T, dir string) { overwrite(t, dir, "state/talks.keys") }, "keyring: .*is damaged", true},
		{"locked", func(t *testing.T, dir string) {
			other := filepath.Join(dir, "other.toml")
			text := strings.Replace(strings.Replace(served, `"./run"`, `"./run2"`, 1), `"./line"`, `"./line2"`, 1)
			if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			start(t, dir, "serve", "--config", "other.toml").prints("msg=serving")
		}, "another process has it open", false},
		{"no room", func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, "state")); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "state"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "folder for talks.db", false},
		{"line damaged", func(t *testing.T, dir string) { overwrite(t, dir, "line/line.db") }, "line.db .*is damaged", false},
		{"line's keyring missing", func(t *testing.T, dir string) { remove(t, dir, "line/line.keys") }, "put line.keys back", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			tt.spoil(t, dir)
			p, page, desk := serves(t, dir)
			chat := p.prints(`chat=(\w+)`)[1]
			ana := visits(t, "ana")
			ana.opens(page + "/" + code).sees("999")
			if tt.says == "" { // an emptied state begins anew, with the keys of nothing
				return
			}
			p.prints(tt.says)
			if chat != "false" {
				t.Error("the chat is on")
			}
			ana.doesNotSee(`value="start"`)
			for _, telling := range []string{"keyring", "database", "damaged", "error"} {
				ana.doesNotSee(telling)
			}
			want := 200 // staff sign in without the conversations, but not without the line
			if strings.HasPrefix(tt.name, "line") {
				want = 503
			}
			if got := visits(t, "adviser-1").opens(desk + "/in").status; got != want {
				t.Errorf("the desk answers %d, want %d", got, want)
			}
			if tt.mends {
				must(t, dir, "erase", "--all")
				scans(t, "ana", page+"/"+code).reads().sees("without anyone seeing")
			}
		})
	}
}

func remove(t testing.TB, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t testing.TB, dir, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), bytes.Repeat([]byte("not a store. "), 4000), 0o600); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestFullDisk starts a line whose files may not grow: nothing can be stored, and the page works.
func TestFullDisk(t *testing.T) {
	dir := lineFolder(t)
	quietline, err := exec.LookPath("quietline")
	if err != nil {
		t.Fatal(err)
	}
	p := startCommand(t, dir, "bash", "-c", `ulimit -f 1000; exec "$0" serve`, quietline)
	m := p.prints(`msg=serving public_page=(\S+) desk=\S+ chat=false`)
	p.prints("the disk has room")
	visits(t, "ana").opens("http://" + m[1] + "/").sees("Notices")
}

// TestTwoServers: one line has one server.
func TestTwoServers(t *testing.T) {
	dir := lineFolder(t)
	p, page, _ := serves(t, dir)
	if out, err := command(t, dir, "serve"); err == nil || !strings.Contains(out, "another server of this line answers") {
		t.Errorf("a second server: %v, %s", err, out)
	}
	visits(t, "ana").opens(page + "/").sees("Notices")
	p.killed() // leaves its socket behind
	_, page, _ = serves(t, dir)
	visits(t, "ana").opens(page + "/").sees("Notices")
	info, err := os.Stat(filepath.Join(dir, "run", socketName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info.Mode(), err)
	}
}
