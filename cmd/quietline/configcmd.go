package main

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/BurntSushi/toml"
)

// configCmd prints the manual of quietline.toml, or checks one.
type configCmd struct {
	Config string `type:"path" placeholder:"FILE" help:"Check this quietline.toml, and print the value of each key in force."`
}

// Help is the command's page of the manual.
func (configCmd) Help() string {
	return `Without --config it prints every key that quietline.toml may hold, what it means, and what
holds without it. A key that it does not print is refused.

With --config FILE it reads the file as serve would: every fault is printed with its line and
how to mend it, and the exit code is 1; otherwise the values in force are printed.`
}

// Run implements the command.
func (c configCmd) Run(p *program) error {
	if c.Config == "" {
		for i, k := range keys() {
			if i > 0 {
				fmt.Fprintln(p.stdout)
			}
			fmt.Fprintln(p.stdout, k.describe())
		}
		return nil
	}
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	e := toml.NewEncoder(p.stdout)
	e.Indent = ""
	if err := e.Encode(plain(cfg)); err != nil {
		return fmt.Errorf("printing the configuration: %w", err)
	}
	return nil
}

// plain copies a config for printing, with secrets hidden: the content of a *_file key is never read for it, and its
// path is no secret, so that nothing else is needed.
func plain(c *config) map[string]any {
	out := map[string]any{}
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("toml"), ",")
		if name != "" && !v.Field(i).IsZero() {
			out[name] = v.Field(i).Interface()
		}
	}
	return out
}
