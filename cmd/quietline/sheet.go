package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"filippo.io/age"

	"quietline/desk"
)

// sheetCmd is for whoever gets a referral: a partner makes a key and reads a sheet.
type sheetCmd struct {
	Keygen sheetKeygenCmd `cmd:"" help:"Make a key with which you can read sheets, and print its public half."`
	Open   sheetOpenCmd   `cmd:"" help:"Read a sheet."`
}

// Help is the command's page of the manual.
func (sheetCmd) Help() string {
	return `For a partner to whom a line refers people, on the partner's own computer; it needs no line and no
configuration. The sheet is an ordinary age file: age -d reads it, too.`
}

type sheetKeygenCmd struct {
	Out string `type:"path" default:"sheet.key" placeholder:"FILE" help:"Where the secret key goes; sheet.key by default. It must not exist."`
}

// Help is the command's page of the manual.
func (sheetKeygenCmd) Help() string {
	return `Writes a secret key into a new file that only you can read, and prints the public key, which you
give to the line: read its first and last letters to them by telephone. Whoever has the file can
read every sheet made for you; without it nobody can, so keep a copy in a safe place.

    quietline sheet keygen`
}

// Run implements the command.
func (c sheetKeygenCmd) Run(p *program) error {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return errors.New("there is a file of this name already: nothing was written; name another with --out")
	}
	if err != nil {
		return fmt.Errorf("writing the key: %w", err)
	}
	_, err = fmt.Fprintf(f, "# public key: %s\n%s\n", id.Recipient(), id)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the key: %w", err)
	}
	fmt.Fprintln(p.stdout, id.Recipient())
	return nil
}

type sheetOpenCmd struct {
	File string `arg:"" type:"path" help:"The sheet, or - for standard input."`
	Key  string `type:"path" default:"sheet.key" placeholder:"FILE" help:"The secret key; sheet.key by default."`
}

// Help is the command's page of the manual.
func (sheetOpenCmd) Help() string {
	return `Prints what the sheet says. Nothing is written to disk.

    quietline sheet open sheet.age.txt`
}

// Run implements the command.
func (c sheetOpenCmd) Run(p *program) error {
	key, err := os.Open(c.Key)
	if err != nil {
		return fmt.Errorf("reading the key: %w", err)
	}
	defer func() { _ = key.Close() }()
	var file io.Reader = p.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("reading the sheet: %w", err)
		}
		defer func() { _ = f.Close() }()
		file = f
	}
	text, err := desk.OpenSheet(file, key)
	if err != nil {
		return err
	}
	_, err = io.WriteString(p.stdout, text)
	return err
}
