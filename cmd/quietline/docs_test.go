package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// documented returns every command that README.md and docs/ show: lines of sh blocks, and inline code.
func documented(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range append(files, filepath.Join(root(t), "README.md")) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		var found []string
		for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(text, -1) {
			found = append(found, strings.Split(block[1], "\n")...)
		}
		text = regexp.MustCompile("(?s)```.*?```").ReplaceAllString(text, "")
		for _, code := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
			found = append(found, code[1])
		}
		for _, c := range found {
			c = strings.Join(strings.Fields(strings.Replace(strings.TrimSpace(c), "go run ./cmd/quietline", "quietline", 1)), " ")
			if (strings.HasPrefix(c, "quietline ") || strings.HasPrefix(c, "make ") || strings.HasPrefix(c, "go ")) && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// TestDocumentedCommands runs every command that README.md and docs/ show; those that go on for long are started and
// stopped. A make target is only looked for: it would run this test.
func TestDocumentedCommands(t *testing.T) {
	all := documented(t)
	if len(all) < 15 {
		t.Fatalf("only %d commands were found: %q", len(all), all)
	}
	v := provides(t, modeWebhook, true)
	dir := v.dir
	write(t, dir, "my-content/locales/en.toml", words("My own words"))
	saved, err := os.ReadFile(filepath.Join("testdata", "chat", "en-GB-walk.txt"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "saved.txt", string(saved))
	for _, c := range all {
		t.Run(c, func(t *testing.T) {
			args := strings.Fields(c)
			switch args[0] {
			case "make":
				cmd := exec.Command("make", "-n", args[1])
				cmd.Dir = root(t)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
				return
			case "go":
				cmd := exec.Command("go", args[1:]...)
				cmd.Dir = root(t)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
				return
			}
			args = args[1:]
			switch args[0] {
			case "try":
				p := start(t, dir, args...)
				p.prints("Ctrl-C ends this and erases everything")
				p.stops()
				p.prints("Erased: every key was overwritten")
			case "serve":
				p := start(t, dir, args...)
				p.prints("msg=serving .*chat=true")
				p.stops()
			case "doctor":
				p, _, _ := serves(t, dir)
				v.twilio.PointWhatsApp(ourNumber, v.public+"/in/s")
				must(t, dir, "connect", "telegram")
				if slices.Contains(args, "--live") {
					live := start(t, dir, args...)
					live.prints(`write [A-Z]{6} to`)
					live.killed()
				} else {
					must(t, dir, args...)
				}
				p.stops()
			case "staff":
				if args[1] == "reset" {
					must(t, dir, "staff", "add", args[2], "--role", "adviser")
				}
				must(t, dir, args...)
			case "sheet":
				if args[1] == "open" {
					writeSheet(t, filepath.Join(dir, "sheet.key"), filepath.Join(dir, args[2]))
				}
				must(t, dir, args...)
			default:
				must(t, dir, args...)
			}
		})
	}
}

// writeSheet makes what a partner with this secret key is handed.
func writeSheet(t *testing.T, key, file string) {
	t.Helper()
	f, err := os.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ids, err := age.ParseIdentities(f)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	text := armor.NewWriter(&b)
	in, err := age.Encrypt(text, ids[0].(*age.X25519Identity).Recipient())
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(in, "about = \"A referral\"\n")
	if err := errors.Join(err, in.Close(), text.Close(), os.WriteFile(file, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// TestExampleConfig: the pieces of quietline.toml that docs/operating.md shows are together one that serve takes.
func TestExampleConfig(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root(t), "docs", "operating.md"))
	if err != nil {
		t.Fatal(err)
	}
	var text string
	for _, m := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllSubmatch(b, -1) {
		text += string(m[1]) + "\n"
	}
	cfg, err := readConfig(writeConfig(t, text))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Telegram == nil || cfg.Twilio == nil || len(cfg.Shifts) == 0 {
		t.Error("docs/operating.md leaves a table out")
	}
	content, faults, err := cfg.loader().load(nil)
	if err != nil || len(faults) > 0 {
		t.Fatalf("%v, %v", faults, err)
	}
	if err := cfg.against(content); err != nil {
		t.Error(err)
	}
}

// TestDocsNameWhatIsThere: every file and package that README.md and docs/ link to is there, and the architecture stays
// on one screen.
func TestDocsNameWhatIsThere(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root(t), "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, filepath.Join(root(t), "README.md")) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(string(b), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
		}
		if filepath.Base(file) == "architecture.md" && strings.Count(string(b), "\n") > 40 {
			t.Errorf("architecture.md has %d lines: one screen is 40", strings.Count(string(b), "\n"))
		}
	}
}

// TestArchitectureTable: the table of docs/architecture.md is the one that TestImports holds.
func TestArchitectureTable(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root(t), "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| (`[^|]+`) \\|.*\\| ([^|]+) \\|$").FindAllStringSubmatch(string(b), -1) {
		may := m[2]
		if of, ok := strings.CutPrefix(may, "as "); ok {
			may = rows[strings.Trim(of, "`")]
		}
		for _, name := range strings.Split(m[1], " · ") {
			rows[strings.Trim(name, "`")] = may
		}
	}
	for name, allowed := range mayImport {
		if strings.HasPrefix(name, "store/") {
			continue // they stand in the row of store
		}
		want := strings.Join(allowed, ", ")
		if want == "" {
			want = "–"
		}
		if got := rows[name]; got != want && !(name == "store" && strings.HasPrefix(got, "–")) {
			t.Errorf("architecture.md lets %s import %q, TestImports %q", name, got, want)
		}
	}
}
