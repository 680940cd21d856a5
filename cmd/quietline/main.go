// Command quietline is a helpline in one binary: the public page that a printed code opens, the chat behind it, and the
// desk at which advisers answer.
//
// Every command has its own file here; [run] is the whole program as a function, so that tests start the real one.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

func main() {
	// A signal ends the context, and the program stops in two steps; a second signal takes the default way: at once.
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // a closed terminal: try must still erase; under nohup it is ignored
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// A program is what a command has of the world outside.
type program struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	rand           io.Reader
}

// commands is the command tree. A command's help is its page of the manual.
type commands struct {
	Try     tryCmd     `cmd:"" help:"Try the whole line on this machine: page, chat and desk."`
	Serve   serveCmd   `cmd:"" help:"Run a line for real."`
	Chat    chatCmd    `cmd:"" help:"Play the conversation in this terminal."`
	Check   checkCmd   `cmd:"" help:"Check flows, texts and numbers before anyone meets them."`
	Config  configCmd  `cmd:"" help:"Print every key of quietline.toml with its meaning."`
	Staff   staffCmd   `cmd:"" help:"Let people in, list them, put them out."`
	Code    codeCmd    `cmd:"" help:"Make, list and revoke codes."`
	Sheet   sheetCmd   `cmd:"" help:"For a partner: make a key, and read a referral sheet."`
	Erase   eraseCmd   `cmd:"" help:"Destroy one conversation, or all of them."`
	Connect connectCmd `cmd:"" help:"Tell Telegram and Twilio where the line is."`
	Doctor  doctorCmd  `cmd:"" help:"Say how a running line is; try its channels with a phone of your own."`
	Datamap datamapCmd `cmd:"" help:"Print everything that is stored: why, where, how long."`
}

// Exit codes.
const (
	exitOK    = 0
	exitFail  = 1 // it was tried and did not work, or something is wrong with what was checked
	exitUsage = 2 // the command line is not understood
)

// errSaid ends a command with exitFail when it has printed all there is to say.
var errSaid = errors.New("said")

// run is the program: it runs one command line and returns its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now, rand: rand.Reader}
	var cli commands
	exited := -1
	k, err := kong.New(&cli,
		kong.Name("quietline"),
		kong.Description("A helpline in one binary. Begin with: quietline try"),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 90}),
		kong.Bind(p),
	)
	if err != nil {
		fmt.Fprintf(stderr, "quietline: %v\n", err)
		return exitFail
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := k.Parse(args)
	if exited >= 0 {
		return exited // --help has been printed
	}
	if err != nil {
		fmt.Fprintf(stderr, "quietline: %v\nquietline %s--help says how.\n", err, known(k, args))
		return exitUsage
	}
	switch err := command.Run(); {
	case err == nil:
		return exitOK
	case errors.Is(err, errSaid):
		return exitFail
	default:
		fmt.Fprintf(stderr, "quietline: %v\n", err)
		return exitFail
	}
}

// known returns the leading words of args that name commands, each with a space after it.
func known(k *kong.Kong, args []string) string {
	node, out := k.Model.Node, ""
	for _, a := range args {
		var next *kong.Node
		for _, c := range node.Children {
			if c.Name == a {
				next = c
			}
		}
		if next == nil {
			break
		}
		node, out = next, out+a+" "
	}
	return out
}
