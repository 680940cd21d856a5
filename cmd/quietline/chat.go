package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"quietline/bot"
	"quietline/flows"
	"quietline/line"
)

// chatCmd plays the conversation in the terminal.
type chatCmd struct {
	Country    string `default:"GB" placeholder:"CC" help:"The country of the code that was scanned, two letters."`
	Lang       string `default:"en" placeholder:"TAG" help:"The language chosen."`
	Content    string `type:"path" placeholder:"DIR" help:"Play this content folder."`
	Transcript string `type:"path" placeholder:"FILE" help:"Play the lines of this file that begin with \"> \", and compare everything else with what comes back; the exit code is 1 where they differ."`
}

// Help is the command's page of the manual.
func (chatCmd) Help() string {
	return `Plays the whole conversation as a text channel carries it: type a number, a key or words, and
press Enter. Nobody is at the desk. Ctrl-D or Ctrl-C ends it, and erases everything it made.

What stands on the screen at the end can be saved to a file and kept as a test:

    quietline chat --country GB --lang en
    quietline chat --country GB --lang en --transcript saved.txt`
}

// terminalLimits are what this channel carries: it has no buttons, and any length.
var terminalLimits = flows.Limits{Channel: terminalName}

const (
	terminalName = "terminal"
	prompt       = "> "
)

// A terminal is a bot.Channel that prints. Nothing can be withdrawn from a screen.
type terminal struct{ out io.Writer }

// Name implements bot.Channel.
func (t *terminal) Name() string { return terminalName }

// Limits implements bot.Channel.
func (t *terminal) Limits() flows.Limits { return terminalLimits }

// Send prints one message, its choices below it as digits.
func (t *terminal) Send(_ context.Context, out bot.Outbound) (bot.Receipt, error) {
	var b strings.Builder
	for _, l := range strings.Split(strings.TrimRight(out.Text.Reveal(), "\n"), "\n") {
		b.WriteString(l + "\n")
	}
	for _, c := range out.Choices {
		fmt.Fprintf(&b, "  %d  %s\n", c.Digit, c.Label)
	}
	_, err := io.WriteString(t.out, b.String())
	return bot.Receipt{}, err
}

// Withdraw implements bot.Channel.
func (t *terminal) Withdraw(_ context.Context, _ bot.Address, rs []bot.Receipt) (later, never []bot.Receipt, err error) {
	return nil, rs, nil
}

// Run implements the command.
func (c chatCmd) Run(p *program) (err error) {
	dir, err := os.MkdirTemp("", "quietline-chat-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, destroy(dir)) }()
	cfg, err := tryCmd{Content: c.Content}.config(dir)
	if err != nil {
		return err
	}
	cfg.PublicURL, cfg.DeskURL = "http://127.0.0.1", "http://127.0.0.1"
	content, err := openContent(cfg.contentDir(), "", loader{languages: []string{c.Lang}}.load, p.logger())
	if err != nil {
		return err
	}
	cfg.Languages = []string{c.Lang}
	c.Country = strings.ToUpper(c.Country)
	if !slices.Contains(content.current().Directory.Countries(), c.Country) {
		return fmt.Errorf("--country: the directory has no country %q", c.Country)
	}
	screen := &terminal{out: p.stdout}
	h, err := openHouse(p.ctx, cfg, houseOptions{alwaysOn: true, still: true, channels: []bot.Channel{screen}}, content, p)
	if err != nil {
		return err
	}
	defer h.close()
	if h.talks.Load().bot == nil {
		return errors.New("the conversation did not open: the log above says why")
	}
	if h.line != nil { // a line without a lead takes no complaint
		if _, _, err := h.line.Invite(p.ctx, "", "lead-1", line.Lead, nil); err != nil {
			return err
		}
	}
	play := &player{house: h, lang: c.Lang, country: c.Country, piped: !typed(p.stdin)}
	if c.Transcript != "" {
		return c.replay(p.ctx, p, play, screen)
	}
	return play.live(p.ctx, p.stdin, p.stdout)
}

// A player hands one person's lines to the bot and waits until all that follows has been said.
type player struct {
	house         *house
	lang, country string
	n             int  // lines said
	piped         bool // what is typed does not show by itself
}

// says takes one line and returns when the bot has said all it has to say.
func (pl *player) says(ctx context.Context, text string) error {
	pl.n++
	in := bot.Inbound{
		Channel: terminalName, Address: bot.Hide(terminalName), ID: strconv.Itoa(pl.n), Text: bot.Hide(text),
		Lang: pl.lang, Country: pl.country,
	}
	b := pl.house.talks.Load().bot
	if _, err := b.Take(ctx, in); err != nil {
		return fmt.Errorf("taking the line: %w", err)
	}
	b.Tend(ctx)
	return nil
}

// firstWords begin a conversation; they are shown like any other line, so that a transcript holds them.
const firstWords = "hello"

// live plays until the input or the program ends.
func (pl *player) live(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := make(chan string)
	go func() { // ends with the input; a terminal's read cannot be interrupted
		defer close(lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	fmt.Fprintln(out, prompt+firstWords)
	if err := pl.says(ctx, firstWords); err != nil {
		return err
	}
	for {
		fmt.Fprint(out, prompt)
		select {
		case <-ctx.Done():
			fmt.Fprintln(out)
			return nil
		case l, ok := <-lines:
			if !ok {
				fmt.Fprintln(out)
				return nil
			}
			if pl.piped {
				fmt.Fprintln(out, l)
			}
			if err := pl.says(ctx, l); err != nil {
				return err
			}
		}
	}
}

// replay plays a transcript and compares.
func (c chatCmd) replay(ctx context.Context, p *program, pl *player, screen *terminal) error {
	b, err := readFile(c.Transcript, 1<<20)
	if err != nil {
		return fmt.Errorf("reading the transcript: %w", err)
	}
	want := strings.ReplaceAll(string(b), "\r\n", "\n")
	var got strings.Builder
	screen.out = &got
	for l := range strings.SplitSeq(want, "\n") {
		said, ok := strings.CutPrefix(l, prompt)
		if !ok {
			continue
		}
		fmt.Fprintln(&got, l)
		if err := pl.says(ctx, said); err != nil {
			return err
		}
	}
	if n, w, g := firstDifference(want, got.String()); n > 0 {
		fmt.Fprint(p.stdout, got.String())
		return fmt.Errorf("%s:%d: the transcript has %q, the conversation %q", filepath.Base(c.Transcript), n, w, g)
	}
	return nil
}

// firstDifference returns the number of the first line in which two texts differ, and both lines; 0 for none. Empty
// lines at the end do not count.
func firstDifference(want, got string) (n int, w, g string) {
	a, b := strings.Split(strings.TrimRight(want, "\n"), "\n"), strings.Split(strings.TrimRight(got, "\n"), "\n")
	for i := range max(len(a), len(b)) {
		w, g = "", ""
		if i < len(a) {
			w = a[i]
		}
		if i < len(b) {
			g = b[i]
		}
		if w != g || i >= len(a) || i >= len(b) {
			return i + 1, w, g
		}
	}
	return 0, "", ""
}

// typed says whether somebody types the input at a terminal, where it shows by itself.
func typed(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
