package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"quietline/bot"
	"quietline/check"
)

// checkCmd proves a content folder.
type checkCmd struct {
	Content string `arg:"" optional:"" type:"path" help:"The content folder to check, laid over what is built in. Without it, what is built in is checked."`
	Config  string `type:"path" placeholder:"FILE" help:"Check for the languages, countries, flows and content folder of this quietline.toml."`

	Audit      bool     `help:"Instead: prove that the audit of the line of --config (quietline.toml by default) is as it was written."`
	Graph      string   `type:"path" placeholder:"DIR" help:"If there is no fault, draw every flow: DIR/flows.md shows them all, DIR/flows/NAME.svg is one."`
	Transcript string   `placeholder:"LANG" help:"If there is no fault, print every way through the flows in this language, each once."`
	Words      string   `type:"path" placeholder:"DIR" help:"If there is no fault, tell how well the words for leaving, erasing, a person, danger and self-harm are understood in the messages of DIR/LANG.tsv."`
	Numbers    []string `default:"112,911,999" placeholder:"NUMBER,..." help:"With --words: the emergency numbers that count in them."`
	Flow       string   `placeholder:"NAME" help:"With --transcript: this flow only."`
}

// Help is the command's page of the manual.
func (checkCmd) Help() string {
	return `Walks every flow in every language and through every channel, and reads every text and number,
as serve does before anyone meets them. Each fault is one line: the file, the step, and how to
mend it; the exit code is then 1.

    quietline check my-content
    quietline check --config quietline.toml

For whoever reviews the conversation, without programming: --graph draws it, with the English words,
and --transcript prints it, in any language. A step is shown once, and every answer once.

    quietline check --graph drawings
    quietline check --transcript es --flow handoff

Each entry of the audit carries the hash of the one before: --audit reads them all and names the first that
was changed, taken out or put in. It works while serve runs, and without it.

    quietline check --audit

For the words that are understood anywhere, --words reads messages that somebody wrote down, one a
line: what it means (leave, erase, person, back, danger, selfharm, none), a tab, the message, a tab
and perhaps the note hard. It prints how many were understood, and each that was not.`
}

// Run implements the command.
func (c checkCmd) Run(p *program) error {
	if c.Audit {
		config := c.Config
		if config == "" {
			config = "quietline.toml"
		}
		return p.say(config, request{Do: doAudit})
	}
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
	if c.Transcript != "" {
		return c.transcript(p, got)
	}
	if c.Flow != "" {
		return errors.New("--flow: goes with --transcript LANG")
	}
	if c.Words != "" {
		return c.words(p, got)
	}
	if c.Graph != "" {
		if err := draw(got, c.Graph); err != nil {
			return err
		}
	}
	for _, n := range got.Directory.Notes() {
		fmt.Fprintln(p.stdout, "note: "+n)
	}
	for _, f := range got.Words.Faults() {
		if isReview(f) {
			fmt.Fprintln(p.stdout, "note: "+f.String())
		}
	}
	fmt.Fprintf(p.stdout, "No fault in %d flows, %d languages, %d countries; %d kinds of fault were looked for.\n",
		len(got.Book.Flows()), len(got.Words.Languages()), len(got.Directory.Countries()), len(check.Classes()))
	return nil
}

// transcript prints the flows as they read in one language.
func (c checkCmd) transcript(p *program, got *bot.Content) error {
	l, ok := got.Words.Table().Find(c.Transcript)
	if !ok {
		return fmt.Errorf("--transcript: there is no language %q; there are %s", c.Transcript, strings.Join(tags(got.Words), ", "))
	}
	var names []string
	for _, f := range got.Book.Flows() {
		names = append(names, f.Name)
	}
	if c.Flow != "" && !slices.Contains(names, c.Flow) {
		return fmt.Errorf("--flow: there is no flow %q; there are %s", c.Flow, strings.Join(names, ", "))
	}
	_, err := p.stdout.Write(check.Transcript(got.Words, l.Tag, got.Book, c.Flow))
	return err
}

// draw writes the drawings of all flows and the page that shows them into a folder, made if it is not there.
func draw(got *bot.Content, dir string) error {
	const drawings = "flows"
	if err := os.MkdirAll(filepath.Join(dir, drawings), 0o755); err != nil {
		return fmt.Errorf("making the folder for the drawings: %w", err)
	}
	files := map[string][]byte{drawings + ".md": check.Page(got.Book, drawings)}
	for _, f := range got.Book.Flows() {
		files[filepath.Join(drawings, f.Name+".svg")] = check.Draw(got.Words, "en", f)
	}
	for _, name := range sorted(files) {
		if err := writeFile(filepath.Join(dir, name), files[name], 0o644); err != nil {
			return fmt.Errorf("writing the drawings: %w", err)
		}
	}
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
