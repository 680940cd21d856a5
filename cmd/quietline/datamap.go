package main

import (
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"

	"quietline/bot"
	"quietline/line"
)

// datamapCmd prints what is stored.
type datamapCmd struct{}

// Help is the command's page of the manual.
func (datamapCmd) Help() string {
	return `Prints every field that is ever stored, why it is there, in which file, and how long it stays.
It is read from the code that stores it: a field without its purpose and lifetime does not build.
What it prints is meant for your record of processing activities.`
}

// Run implements the command.
func (datamapCmd) Run(p *program) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, part := range []struct {
		title, where string
		structs      []any
	}{
		{"CONVERSATIONS: sealed, each with a key of its own; nothing else is kept about a person", talksName + ".db", bot.Stored()},
		{"THE LINE: staff, codes, counts; nothing about a person", lineName + ".db", line.Stored()},
	} {
		fmt.Fprintf(w, "%s\n\n", part.title)
		fmt.Fprintln(w, "WHAT\tWHERE\tWHY\tHOW LONG")
		for _, s := range part.structs {
			t := reflect.TypeOf(s)
			if t.Kind() == reflect.Pointer {
				t = t.Elem()
			}
			for _, f := range stored(t) {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.name, part.where, f.why, f.long)
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "In the clear in both files: for each record a keyed hash as its name, a version number, and the")
	fmt.Fprintln(w, "minute at which somebody must look at it again. The keys lie in the .keys file beside each; when a")
	fmt.Fprintln(w, "record goes, its key is overwritten.")
	return w.Flush()
}

// A storedField is one field of a sealed struct.
type storedField struct{ name, why, long string }

// stored reads the keep tags of a sealed struct: "why; how long".
func stored(t reflect.Type) []storedField {
	var out []storedField
	for i := range t.NumField() {
		f := t.Field(i)
		why, long, _ := strings.Cut(f.Tag.Get("keep"), ";")
		out = append(out, storedField{strings.ToLower(t.Name() + "." + f.Name), strings.TrimSpace(why), strings.TrimSpace(long)})
	}
	return out
}
