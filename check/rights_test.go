package check_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"quietline/check"
	"quietline/directory"
)

// An operator's row of rights.csv has words, or it is a fault that says which message is missing.
func TestRightsHaveWords(t *testing.T) {
	row := "id,country,topic,statement,source_url,source_title,confidence,read_on\ngb-silent-call,GB,silent_call,Stay on the line.,https://example.org,Page,high,2026-01-31\n"
	dir, err := directory.Load(directory.Data(), fstest.MapFS{"rights.csv": {Data: []byte(row)}})
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]int{"": 1, "[\"right.gb-silent-call\"]\nother = \"Stay on the line.\"\n": 0} {
		in := load(t, files(t), fstest.MapFS{"en.toml": {Data: []byte(words)}})
		in.Directory = dir
		found := 0
		for _, f := range check.Check(in) {
			if f.Class == check.Missing && f.Step == "right.gb-silent-call" && strings.Contains(f.Error(), "en.toml") {
				found++
			} else {
				t.Errorf("also %s", f)
			}
		}
		if found != want {
			t.Errorf("%d faults with the words %q, want %d", found, words, want)
		}
	}
}
