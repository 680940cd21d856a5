package main

import (
	"fmt"

	"quietline/qr"
)

// codeCmd makes and revokes codes.
type codeCmd struct {
	New    codeNewCmd    `cmd:"" help:"Make a code and print its address."`
	List   codeListCmd   `cmd:"" help:"List all codes."`
	Revoke codeRevokeCmd `cmd:"" help:"Let a code lead nowhere in particular."`
}

// Help is the command's page of the manual.
func (codeCmd) Help() string {
	return `A code stands for one printed batch put up in one kind of place: GB-7K2M-Z. It opens the public
page in its country. Where a batch hangs is written nowhere.

These commands work while serve runs, and without it.`
}

type codeNewCmd struct {
	configFlag
	Country string `required:"" placeholder:"CC" help:"The country in which it is put up, two letters."`
	Kind    string `required:"" placeholder:"WORD" help:"What kind of thing or place: poster, card, toilet, bus."`
	PNG     string `name:"png" type:"path" placeholder:"FILE" help:"Draw the code as a picture for screens."`
	SVG     string `name:"svg" type:"path" placeholder:"FILE" help:"Draw the code for print."`
}

// Help is the command's page of the manual.
func (codeNewCmd) Help() string {
	return `A drawing is made only after it has been read back.

    quietline code new --country GB --kind toilet --svg toilet.svg`
}

// Run implements the command.
func (c codeNewCmd) Run(p *program) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	out, err := p.ask(cfg, request{Do: doCodeNew, Country: c.Country, Kind: c.Kind})
	if err != nil {
		return err
	}
	fmt.Fprint(p.stdout, out.Text)
	if c.PNG == "" && c.SVG == "" {
		return nil
	}
	drawn, err := qr.New(out.URL)
	if err != nil {
		return fmt.Errorf("drawing the code: %w", err)
	}
	if c.PNG != "" {
		b, err := drawn.PNG(pngModule * drawn.Modules())
		if err != nil {
			return fmt.Errorf("drawing the code: %w", err)
		}
		if err := writeFile(c.PNG, b, 0o644); err != nil {
			return fmt.Errorf("writing the code: %w", err)
		}
	}
	if c.SVG != "" {
		if err := writeFile(c.SVG, drawn.SVG(), 0o644); err != nil {
			return fmt.Errorf("writing the code: %w", err)
		}
	}
	return nil
}

// pngModule is how many pixels a module of a PNG has: 300 to 500 px in all.
const pngModule = 12

type codeListCmd struct{ configFlag }

// Run implements the command.
func (c codeListCmd) Run(p *program) error { return p.say(c.Config, request{Do: doCodeList}) }

type codeRevokeCmd struct {
	configFlag
	Code string `arg:"" help:"The code, in any case, with or without hyphens."`
}

// Run implements the command.
func (c codeRevokeCmd) Run(p *program) error {
	return p.say(c.Config, request{Do: doCodeRevoke, Code: c.Code})
}
