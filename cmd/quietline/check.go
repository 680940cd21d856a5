package main

import (
	"errors"
	"fmt"
	"io/fs"
)

// checkCmd proves a content folder.
type checkCmd struct {
	Content string `arg:"" optional:"" type:"path" help:"The content folder to check, laid over what is built in. Without it, what is built in is checked."`
	Config  string `type:"path" placeholder:"FILE" help:"Check for the languages, countries, flows and content folder of this quietline.toml."`
}

// Help is the command's page of the manual.
func (checkCmd) Help() string {
	return `Walks every flow in every language and through every channel, and reads every text and number,
as serve does before anyone meets them. Each fault is one line: the file, the step, and how to
mend it; the exit code is then 1.

    quietline check my-content
    quietline check --config quietline.toml`
}

// Run implements the command.
func (c checkCmd) Run(p *program) error {
	var l loader
	var cfg *config
	dir := c.Content
	if c.Config != "" {
		var err error
		if cfg, err = readConfig(c.Config); err != nil {
			return err
		}
		l = cfg.loader()
		if dir == "" {
			dir = cfg.contentDir()
		}
	}
	var content fs.FS
	if dir != "" {
		var err error
		if content, _, err = snapshotDir(dir); err != nil {
			return err
		}
	}
	got, faults, err := l.load(content)
	if err != nil {
		return err
	}
	if c.Config != "" && got != nil {
		faults = add(faults, cfg.against(got))
	}
	for _, f := range faults {
		fmt.Fprintln(p.stdout, f)
	}
	switch len(faults) {
	case 0:
	case 1:
		return errors.New("1 fault")
	default:
		return fmt.Errorf("%d faults", len(faults))
	}
	for _, n := range got.Directory.Notes() {
		fmt.Fprintln(p.stdout, "note: "+n)
	}
	for _, f := range got.Words.Faults() {
		if isReview(f) {
			fmt.Fprintln(p.stdout, "note: "+f.String())
		}
	}
	fmt.Fprintf(p.stdout, "No fault in %d flows, %d languages, %d countries.\n", len(got.Book.Flows()), len(got.Words.Languages()), len(got.Directory.Countries()))
	return nil
}

// loader is how content is loaded for this line.
func (c *config) loader() loader {
	allowed := c.UntriedFlows
	if allowed == nil {
		allowed = []string{}
	}
	return loader{languages: c.Languages, countries: c.Countries, allowed: allowed}
}
