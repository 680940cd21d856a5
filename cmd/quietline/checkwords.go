package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"quietline/bot"
)

// maxCorpus is the longest file of messages that --words reads, in bytes; one of 400 messages has 20 kB.
const maxCorpus = 4 << 20

// words prints how well the safety words are understood: for each file LANG.tsv of a folder its confusion table, then
// every message that is taken for something else.
func (c checkCmd) words(p *program, got *bot.Content) error {
	files, err := filepath.Glob(filepath.Join(c.Words, "*.tsv"))
	if err != nil {
		return fmt.Errorf("--words: %w", err)
	}
	if len(files) == 0 {
		return fmt.Errorf("--words: there is no LANG.tsv in %s: write one message a line, as intent TAB message TAB note", c.Words)
	}
	for i, file := range files {
		lang, _ := strings.CutSuffix(filepath.Base(file), ".tsv")
		if _, ok := got.Words.Table().Find(lang); !ok {
			return fmt.Errorf("--words: %s: %q is no language of this line; there are %s", filepath.Base(file), lang, strings.Join(tags(got.Words), ", "))
		}
		b, err := readFile(file, maxCorpus)
		if err != nil {
			return fmt.Errorf("--words: %w", err)
		}
		table, err := got.Words.Confusion(lang, bytes.NewReader(b), c.Numbers, nil)
		if err != nil {
			return fmt.Errorf("--words: %w", err)
		}
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		for line := range strings.Lines(string(b)) { // who wrote it, and who has read it
			if !strings.HasPrefix(line, "#") {
				break
			}
			fmt.Fprint(p.stdout, line)
		}
		fmt.Fprint(p.stdout, table)
		for _, m := range table.Mistakes {
			fmt.Fprintf(p.stdout, "%s:%d: %s is taken for %s: %s\n", filepath.Base(file), m.Line, m.Want, m.Got, m.Text)
		}
	}
	return nil
}
