package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what testdata/chat and testdata/deps should be, to be read before it is kept")

// TestTranscripts plays every saved conversation: LANG-COUNTRY-what.txt.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "chat", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		parts := strings.SplitN(strings.TrimSuffix(filepath.Base(file), ".txt"), "-", 3)
		t.Run(strings.Join(parts, "-"), func(t *testing.T) {
			abs, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			out, err := command(t, dir, "chat", "--lang", parts[0], "--country", parts[1], "--transcript", abs)
			if err != nil && *update {
				if end := strings.LastIndex(out, "quietline: "); end > 0 {
					if err := os.WriteFile(file, []byte(out[:end]), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			} else if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("chat left %v", left)
			}
		})
	}
}

// TestTranscriptDiffers: a transcript that is not what is said fails, and names the line.
func TestTranscriptDiffers(t *testing.T) {
	for text, says := range map[string]string{
		"> hello\nHello. This is Somebody.\n": ":2: the transcript has",
		"> hello\n":                           ":2: the transcript has",
		"Hello.\n> hello\n":                   ":1: the transcript has",
	} {
		file := filepath.Join(t.TempDir(), "saved.txt")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := command(t, t.TempDir(), "chat", "--transcript", file)
		if err == nil || !strings.Contains(out, "saved.txt"+says) {
			t.Errorf("%q: %v, %s", text, err, out)
		}
	}
}

func FuzzFirstDifference(f *testing.F) {
	f.Add("a\nb", "a\nc")
	f.Fuzz(func(t *testing.T, a, b string) {
		n, _, _ := firstDifference(a, b)
		if same := strings.TrimRight(a, "\n") == strings.TrimRight(b, "\n"); same != (n == 0) {
			t.Errorf("%q and %q differ in line %d", a, b, n)
		}
	})
}
