package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestFlowDrawings: the drawings in docs/ are of the flows and words as they are now, and none is of a flow that is gone.
func TestFlowDrawings(t *testing.T) {
	content, faults, err := loader{}.load(nil)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	dir := t.TempDir()
	if err := draw(content, dir); err != nil {
		t.Fatal(err)
	}
	docs := filepath.Join(root(t), "docs")
	names := []string{"flows.md"}
	for _, pattern := range []string{filepath.Join(dir, "flows", "*"), filepath.Join(docs, "flows", "*")} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			names = append(names, filepath.Join("flows", filepath.Base(f)))
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("docs/%s shows a flow that is gone: remove it", name)
			continue
		}
		if got, err := os.ReadFile(filepath.Join(docs, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/%s is stale: run make flows", name)
		}
	}
}
