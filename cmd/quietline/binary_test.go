package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestBinary builds the program as make build does, and looks at what came out.
func TestBinary(t *testing.T) {
	file := builds(t)
	t.Run("deps", func(t *testing.T) { depsOf(t, file) })
	t.Run("static", func(t *testing.T) {
		out, err := exec.Command("go", "version", "-m", file).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"CGO_ENABLED=0", "-trimpath=true"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("the binary was not built with %s", want)
			}
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(root(t))) {
			t.Error("the binary holds the path of the folder it was built in")
		}
	})
	t.Run("alone", func(t *testing.T) { runsAlone(t, file) })
}

// TestDeps compares the modules in the binary with deps.txt: a new one is a line to argue for.
func TestDeps(t *testing.T) { depsOf(t, builds(t)) }

func builds(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "quietline")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "quietline/cmd/quietline")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return file
}

func depsOf(t *testing.T, file string) {
	t.Helper()
	out, err := exec.Command("go", "version", "-m", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var linked []string
	for _, m := range regexp.MustCompile(`(?m)^\tdep\t(\S+)\t(\S+)`).FindAllStringSubmatch(string(out), -1) {
		linked = append(linked, m[1]+" "+m[2])
	}
	slices.Sort(linked)
	name := filepath.Join(root(t), "deps.txt")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for l := range strings.Lines(string(b)) {
		if l = strings.TrimSpace(strings.SplitN(l, "#", 2)[0]); l != "" {
			listed = append(listed, strings.Join(strings.Fields(l), " "))
		}
	}
	slices.Sort(listed)
	for _, d := range linked {
		if !slices.Contains(listed, d) {
			t.Errorf("the binary holds %s, which deps.txt does not list", d)
		}
	}
	for _, d := range listed {
		if !slices.Contains(linked, d) {
			t.Errorf("deps.txt lists %s, which the binary does not hold", d)
		}
	}
}

// runsAlone starts the static binary as nobody, in a root that holds nothing else and cannot be written: what the
// Dockerfile makes, without a container engine.
func runsAlone(t *testing.T, file string) {
	bwrap, err := exec.LookPath("bwrap")
	if err != nil {
		t.Fatalf("bwrap is missing: apt-get install -y --no-install-recommends bubblewrap (%v)", err)
	}
	dir := t.TempDir()
	etc := filepath.Join(dir, "etc")
	text := strings.NewReplacer(`"./state"`, `"memory"`, `"./run"`, `"/run/quietline"`, `"./line"`, `"/var/lib/quietline"`).Replace(served) +
		"\n[[shift]]\ndays = [\"mon\"]\nfrom = \"10:00\"\nto = \"18:00\"\nzone = \"Europe/London\"\nlangs = [\"en\"]\n"
	write(t, etc, "quietline.toml", text)
	if err := os.Chmod(etc, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(etc, "quietline.toml"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := startCommand(t, dir, bwrap,
		"--unshare-all", "--share-net", "--die-with-parent", "--uid", "65532", "--gid", "65532", "--cap-drop", "ALL", "--clearenv",
		"--ro-bind", file, "/quietline", "--ro-bind", etc, "/etc/quietline",
		"--tmpfs", "/run/quietline", "--tmpfs", "/var/lib/quietline", "--proc", "/proc", "--remount-ro", "/",
		"--", "/quietline", "serve", "--config", "/etc/quietline/quietline.toml")
	m := p.prints(`msg=serving public_page=(\S+) desk=(\S+) chat=true`)
	ana := scans(t, "ana", "http://"+m[1]+"/")
	if ana.status != 200 {
		t.Errorf("the page answers %d", ana.status)
	}
	ana.sees("Notices")

	out, err := exec.Command(bwrap, "--unshare-all", "--uid", "65532", "--gid", "65532", "--cap-drop", "ALL", "--clearenv",
		"--ro-bind", file, "/quietline", "--proc", "/proc", "--remount-ro", "/", "--", "/quietline", "try").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "temporary folder") {
		t.Errorf("the root can be written: try said %v, %s", err, out)
	}
}
