package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tries starts try in a folder and reads its one JSON object.
func tries(t testing.TB, dir string, args ...string) (*process, tried) {
	t.Helper()
	p := start(t, dir, append([]string{"try", "--json"}, args...)...)
	m := p.prints(`(?m)^(\{.*\})$`)
	var out tried
	if err := json.Unmarshal([]byte(m[1]), &out); err != nil {
		t.Fatal(err)
	}
	return p, out
}

// findAll returns the files under dir that hold one of the texts, as they are, in UTF-16, or reversed byte order of it.
func findAll(t testing.TB, dir string, texts []string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		for _, text := range texts {
			if strings.Contains(path, text) {
				found = append(found, path+" is named "+text)
			}
		}
		if !d.Type().IsRegular() {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, text := range texts {
			if bytes.Contains(b, []byte(text)) || bytes.Contains(b, utf16le(text)) {
				found = append(found, path+" holds "+text)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func utf16le(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return b
}

// cookies are the values a visitor holds for a page: what reaches them.
func (v *visitor) cookies() []string {
	v.t.Helper()
	req, err := http.NewRequest(http.MethodGet, v.at, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	var out []string
	for _, c := range v.client.Jar.Cookies(req.URL) {
		out = append(out, c.Value)
	}
	return out
}

// The search finds what it is to find, wherever it lies.
func TestFindAll(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/b.db", "\x00\x01canary\x02")
	write(t, dir, "c.db", string(utf16le("canary")))
	write(t, dir, "canary.txt", "")
	if found := findAll(t, dir, []string{"canary"}); len(found) != 3 {
		t.Errorf("found %v", found)
	}
}

// TestWholeProgram drives the program as a person, an adviser and an operator do, with canaries in every text and
// address, and searches everything it wrote. S10, S12: nothing is kept, and nothing is anywhere else meanwhile.
func TestWholeProgram(t *testing.T) {
	dir := t.TempDir()
	p, out := tries(t, dir, "--config", filepath.Join(lineFolder(t), "quietline.toml"))
	if len(out.Codes) < 3 || out.Page == "" || out.Desk == "" {
		t.Fatalf("try printed %+v", out)
	}
	desk := signsIn(t, "adviser-1", out.Desk)
	desk.sees("On duty")

	const fromPerson, fromAdviser, second = "canary-oriole-person", "canary-heron-adviser", "canary-wren-second"
	ana := scans(t, "ana", out.Page)
	ana.reads().sees("without anyone seeing")
	ana.returns().taps("yes").taps("no")
	canaries := []string{fromPerson, fromAdviser, second}
	for _, c := range ana.cookies() { // what reaches the person, as it is and as the bot's address
		sum := sha256.Sum256([]byte(c))
		canaries = append(canaries, c, hex.EncodeToString(sum[:]), string(sum[:]))
	}
	ana.presses("person")
	handle := desk.claims()
	ana.returns().writes(fromPerson)
	desk.reads(handle).sees(fromPerson)
	desk.writes(handle, fromAdviser)
	ana.reads().sees(fromAdviser)
	ana.returns().writes(second)
	desk.reads(handle).sees(second)

	// While the conversation lives its texts are in no file in the clear.
	if found := findAll(t, dir, canaries); len(found) > 0 {
		t.Errorf("while the conversation lives: %v", found)
	}
	ana.presses("erase")
	if ana.status != http.StatusSeeOther || !strings.HasPrefix(ana.header.Get("Location"), "https://") {
		t.Errorf("erase answered %d to %q, not the way out", ana.status, ana.header.Get("Location"))
	}
	desk.reads(handle).sees("gone").doesNotSee(fromPerson).doesNotSee(fromAdviser)
	ana.opens(out.Page).doesNotSee(fromPerson).doesNotSee(fromAdviser)

	canaries = append(canaries, handle)
	if found := findAll(t, dir, canaries); len(found) > 0 {
		t.Errorf("after erase: %v", found)
	}
	p.stops()
	text, _ := p.out.now()
	for _, c := range append(canaries, "Go-http-client") {
		if strings.Contains(text, c) {
			t.Errorf("the program printed %q:\n%s", c, text)
		}
	}
	if !strings.Contains(text, "Erased: every key was overwritten") {
		t.Errorf("try did not say that it erased:\n%s", text)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("try left %v, %v", left, err)
	}
}
