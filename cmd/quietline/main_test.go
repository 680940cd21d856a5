package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets this test binary be the program: whatever starts it under the name quietline gets the real main, under
// [laterName] a serve whose clock is ahead, under [benchName] a line that is measured.
func TestMain(m *testing.M) {
	// Under the race detector a program waits a second before it exits; hundreds are started here.
	if os.Getenv("GORACE") == "" {
		os.Setenv("GORACE", "atexit_sleep_ms=0")
	}
	testscript.Main(m, map[string]func(){"quietline": main, laterName: later, benchName: benchChild})
}

// TestScripts runs the command line as people type it; each command has its script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			tmp := filepath.Join(e.WorkDir, "tmp")
			e.Setenv("TMPDIR", tmp)
			e.Setenv("GORACE", os.Getenv("GORACE"))
			if err := os.Mkdir(tmp, 0o700); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "quietline.toml"), []byte(served), 0o600)
		},
		RequireExplicitExec: true,
	})
}

// served is a quietline.toml with which serve starts in a folder of its own, on free ports.
const served = `public_url = "http://127.0.0.1:8080"
public_listen = "127.0.0.1:0"
desk_url = "http://127.0.0.1:8081"
desk_listen = "127.0.0.1:0"
cover = "Notices"
exit_url = "https://weather.example/"
languages = ["en"]
state = "./state"
runtime_dir = "./run"
line_dir = "./line"
untried_flows = [
  "arrival", "check", "checkin", "child", "closing", "complaint", "consent", "handoff", "happening", "hurt", "later",
  "other", "outcomes", "plan", "return", "rights", "traces",
]

[duties]
statement = "If a child is in danger we must tell the local authority."
name = "Trustee on duty"
date = "2026-01-31"
`

// Every command has a script of its own.
func TestEveryCommandHasAScript(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, s := range scripts {
		b, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	for _, c := range commandNames(t) {
		if !strings.Contains(all.String(), "quietline "+c) {
			t.Errorf("no script runs quietline %s", c)
		}
	}
}

// commandNames are the commands as they are typed, "staff add" among them.
func commandNames(t *testing.T) []string {
	t.Helper()
	k, err := kong.New(&commands{}, kong.Name("quietline"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, leaf := range k.Model.Leaves(true) {
		_, name, _ := strings.Cut(leaf.FullPath(), " ")
		out = append(out, name)
	}
	return out
}
