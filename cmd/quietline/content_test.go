package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// write puts an edited file into the content folder of a line.
func write(t testing.TB, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func words(text string) string { return "[\"page.write\"]\nother = \"" + text + "\"\n" }

// TestContentEdited edits an operator's own words while try shows them: an edit is seen, a broken one changes nothing
// and says what to mend, and mending it is seen again.
func TestContentEdited(t *testing.T) {
	dir, content := t.TempDir(), t.TempDir()
	write(t, content, "locales/en.toml", words("First words"))
	p, out := tries(t, dir, "--config", filepath.Join(lineFolder(t), "quietline.toml"), "--content", content)
	ana := visits(t, "ana")
	sees := func(text string) {
		t.Helper()
		soon(t, "the page shows "+text, func() bool { return strings.Contains(ana.opens(out.Page).body, text) })
	}
	sees("First words")
	edited := time.Now()
	write(t, content, "locales/en.toml", words("Second words"))
	sees("Second words")
	t.Logf("an edit was seen after %d ms", time.Since(edited).Milliseconds())
	write(t, content, "flows/check.toml", "flow = \"check\"\nstrat = \"unseen\"\n")
	p.prints(`the last content that passed stays in force" fault=.*check.toml.*strat`)
	sees("Second words")
	write(t, content, "locales/en.toml", words("Third words"))
	if err := os.Remove(filepath.Join(content, "flows", "check.toml")); err != nil {
		t.Fatal(err)
	}
	sees("Third words")
	p.stops()
}

// TestContentBrokenAtStart starts serve over content that was broken meanwhile: the last content that passed is in
// force, across restarts too.
func TestContentBrokenAtStart(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "quietline.toml", "content_dir = \"content\"\n"+served)
	write(t, dir, "content/locales/en.toml", words("Words that passed"))
	p, page, _ := serves(t, dir)
	code := "/" + madeCode(t, dir)
	ana := visits(t, "ana")
	ana.opens(page + code).sees("Words that passed")
	p.stops()
	write(t, dir, "content/locales/en.toml", "not toml")
	for range 2 {
		p, page, _ = serves(t, dir)
		p.prints(`the last content that passed stays in force" fault=.*en.toml`)
		ana.opens(page + code).sees("Words that passed")
		p.stops()
	}

	// Without content that ever passed there is nothing to serve.
	fresh := t.TempDir()
	write(t, fresh, "quietline.toml", "content_dir = \"content\"\n"+served)
	write(t, fresh, "content/locales/en.toml", "not toml")
	if out, err := command(t, fresh, "serve"); err == nil || !strings.Contains(out, "en.toml") {
		t.Errorf("serve over broken content alone: %v, %s", err, out)
	}
}

// TestContentFolder: what lies in the folder and is read by nobody is named, an editor's own files are not.
func TestContentFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ".git/config", "")
	write(t, dir, "locales/en.toml~", "half a file")
	write(t, dir, "locales/.en.toml.swp", "half a file")
	if _, _, err := snapshotDir(dir); err != nil {
		t.Errorf("an editor's own files: %v", err)
	}
	write(t, dir, "directroy.csv", "id")
	_, _, err := snapshotDir(dir)
	if err == nil || !strings.Contains(err.Error(), `directroy.csv: nothing reads this; the nearest known name is "directory.csv"`) {
		t.Errorf("a wrong name: %v", err)
	}
	if _, _, err := snapshotDir(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there was read")
	}
}
